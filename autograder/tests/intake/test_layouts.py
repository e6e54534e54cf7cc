"""What is in a hand-in of which nothing can be graded is said in a line."""

import pytest

from autograder.intake.archives import ArchiveFiles
from autograder.intake.layouts import MOST_FOLDERS, NOT_GRADED, contents_of, find_files
from autograder.tests.intake.downloads import READER, WRITER


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "nothing but an empty folder"),
        ([".DS_Store", "__MACOSX/x"], "nothing but an empty folder"),
        (["report.pdf"], "only report.pdf"),
        (["a", "b", "c", "d", "x/e"], "only a, b, c and 2 more"),
        ([f"src/m06/{WRITER}"], f"found src/m06/{WRITER}, 2 folders too deep"),
        (
            [f"old/{WRITER}", f"new/{READER}"],
            f"found new/{READER}, old/{WRITER}, 1 folder too deep",
        ),
        ([WRITER], "the graded files lack all functions that are called"),
    ],
)
def test_the_line_names_what_was_found(names: list[str], said: str) -> None:
    """Files of systems do not count as a hand-in."""
    source = ArchiveFiles(dict.fromkeys(names, b""))

    assert contents_of(source, (WRITER, READER)) == said


@pytest.mark.parametrize(
    ("names", "note"),
    [
        ([WRITER, READER, "other.py"], ""),
        ([WRITER, "final.zip"], f"'final.zip' {NOT_GRADED}"),
        (
            [WRITER, WRITER.replace(".py", " (1).py"), READER.replace(".py", "(12).py")],
            f"'kinesis_multi_shard (1).py' {NOT_GRADED}",
        ),
        ([WRITER, "other (1).py"], ""),
    ],
)
def test_what_may_be_meant_instead_is_noted(names: list[str], note: str) -> None:
    """An archive, or a second copy as a browser or Moodle names it, is not graded."""
    source = ArchiveFiles(dict.fromkeys(names, b""))

    found = find_files(source, (WRITER, READER))

    assert found.source is source
    assert found.note == note


def test_only_so_many_folders_are_looked_at() -> None:
    """A student chooses how many there are."""
    deep = "/".join("d" for _ in range(2 * MOST_FOLDERS))
    source = ArchiveFiles({f"{deep}/{WRITER}": b""})

    assert contents_of(source, (WRITER,)) == "nothing but an empty folder"
