"""The helpers that make and remove folders report errors in one line."""

from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.files import make_folder, scratch_folder


def test_a_scratch_folder_is_gone_afterwards() -> None:
    """With everything in it."""
    with scratch_folder() as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "file").write_text("x")

    assert not folder.exists()


def test_where_no_temporary_file_can_be_written_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))

    with (
        pytest.raises(AutograderError, match=r"temporary files cannot be written to .*none"),
        scratch_folder(),
    ):
        pass


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """A file has its name."""
    (tmp_path / "file").write_text("")

    with pytest.raises(AutograderError, match=r"file/inner cannot be made: Not a directory"):
        make_folder(tmp_path / "file" / "inner")
