"""Files are written completely or not at all; links, devices and pipes are not replaced."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.files import write_whole

WRITE = "import sys; from pathlib import Path; from autograder.files import write_whole; "
WRITE += "write_whole(Path(sys.argv[1]), 'new\\n')"


def test_a_file_is_replaced_and_no_temporary_file_is_left(tmp_path: Path) -> None:
    """All users may read it, as any new file."""
    path = tmp_path / "grade.json"
    path.write_text("old")

    write_whole(path, "new\r\n")

    assert path.read_bytes() == b"new\r\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_who_may_read_and_write_a_file_stays_as_it_is(tmp_path: Path, mode: int) -> None:
    """A file that only its owner may read is not shown to all, and a shared one stays shared."""
    path = tmp_path / "requests.csv"
    path.write_text("old")
    path.chmod(mode)

    write_whole(path, "new\n")

    assert path.stat().st_mode & 0o777 == mode


def test_a_link_stays_and_leads_to_the_new_text(tmp_path: Path) -> None:
    """Also where the file is in another folder, or does not exist yet."""
    target, link = tmp_path / "elsewhere" / "grade.json", tmp_path / "link"
    target.parent.mkdir()
    link.symlink_to(target)

    write_whole(link, "first")
    write_whole(link, "second")

    assert link.is_symlink()
    assert target.read_text() == "second"


@pytest.mark.parametrize("device", ["/dev/null", "/dev/stdout", "/dev/stderr"])
def test_a_device_stays_a_device(device: str, tmp_path: Path) -> None:
    """Even if root writes, who could replace it by a file."""
    before = os.lstat(device)

    with (tmp_path / "printed").open("wb") as printed:
        subprocess.run([sys.executable, "-c", WRITE, device], check=True, stdout=printed)

    after = os.lstat(device)
    assert (after.st_mode, after.st_ino) == (before.st_mode, before.st_ino)


def test_what_was_printed_before_stays_before_it(tmp_path: Path) -> None:
    """As with `>>`, and if two commands write to the same file."""
    printed = tmp_path / "printed"
    printed.write_text("old\n")

    with printed.open("ab") as file:
        subprocess.run([sys.executable, "-c", WRITE, "/dev/stdout"], check=True, stdout=file)

    assert printed.read_text() == "old\nnew\n"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """A shell makes one for `>(less)`."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        write_whole(pipe, "new\n")
        received = reader.communicate()[0]

    assert received == b"new\n"


@pytest.mark.parametrize("what", ["folder", "no folder", "circle"])
def test_where_nothing_can_be_written_one_line_says_so(what: str, tmp_path: Path) -> None:
    """And no other file is left behind."""
    path = tmp_path / "there" / "grade.json"
    if what == "folder":
        path.mkdir(parents=True)
    elif what == "circle":
        path.parent.mkdir()
        path.symlink_to(path)

    with pytest.raises(AutograderError, match="cannot be written") as caught:
        write_whole(path, "new")

    assert "\n" not in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.name.endswith(".part")] == []
