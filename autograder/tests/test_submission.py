"""Reading a student's folder: which files are graded, left out or refused."""

import os
from itertools import count
from pathlib import Path

import pytest

from autograder.admission import (
    MAX_COMPARED,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_FOLDERS,
    MAX_NOTES,
    READ_SECONDS,
)
from autograder.assignment import Assignment, Course
from autograder.errors import SubmissionError
from autograder.submission import read_submission
from autograder.tests.processor_time import processor_seconds

WRITER = "kinesis_multi_shard.py"
READER = "kinesis_read_shards.py"


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """Load the assignment of module 6."""
    return Course.of_this_checkout().load("m06_partitioned_logs")


def test_graded_files_helpers_and_packages_are_taken(
    tmp_path: Path, assignment: Assignment
) -> None:
    """Modules next to the graded files are included; other files are not."""
    (tmp_path / WRITER).write_text("x = 1\n")
    (tmp_path / "helper.py").write_text("y = 2\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("")
    (tmp_path / "parts" / "inner.py").write_text("z = 3\n")
    (tmp_path / "notes.txt").write_text("not code")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "numbers.csv").write_text("1")

    submission = read_submission(tmp_path, assignment)

    assert sorted(submission.files) == [
        "helper.py",
        WRITER,
        "parts/__init__.py",
        "parts/inner.py",
    ]
    assert submission.refused == ()


def test_the_digest_depends_on_names_and_contents_alone(
    tmp_path: Path, assignment: Assignment
) -> None:
    """The same files have the same digest in any folder; one more byte changes it."""
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
        (folder / WRITER).write_text("x = 1\n")
    (folders[2] / WRITER).write_text("x = 1\n\n")

    first, same, longer = (read_submission(folder, assignment).digest for folder in folders)

    assert first == same
    assert first != longer


def test_a_link_is_refused_and_never_followed(tmp_path: Path, assignment: Assignment) -> None:
    """A link could point at the grader's own files, so its target is not read."""
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    folder = tmp_path / "student"
    folder.mkdir()
    (folder / WRITER).symlink_to(secret)

    submission = read_submission(folder, assignment)

    assert submission.files == {}
    assert [refusal.file for refusal in submission.refused] == [WRITER]


def test_a_second_name_of_another_file_is_refused(tmp_path: Path, assignment: Assignment) -> None:
    """A hard link, as an archive may hold it, could be one of the grader's own files."""
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    folder = tmp_path / "student"
    folder.mkdir()
    os.link(secret, folder / WRITER)

    submission = read_submission(folder, assignment)

    assert submission.files == {}
    assert "hard link" in submission.refused[0].reason


def test_a_pipe_in_place_of_a_file_is_refused_immediately(
    tmp_path: Path, assignment: Assignment
) -> None:
    """It is not opened: opening a FIFO waits for a writer, without end."""
    os.mkfifo(tmp_path / READER)

    submission = read_submission(tmp_path, assignment)

    assert [refusal.file for refusal in submission.refused] == [READER]


def test_graded_files_are_found_in_a_folder_too_large_to_list(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file after the end of a truncated listing is not reported as missing."""
    monkeypatch.setattr("autograder.admission.MAX_ENTRIES", 1)
    (tmp_path / WRITER).write_text("x = 1\n")
    (tmp_path / READER).write_text("x = 2\n")

    submission = read_submission(tmp_path, assignment)

    assert set(submission.files) == {WRITER, READER}


def test_a_package_that_hides_a_graded_file_is_refused(
    tmp_path: Path, assignment: Assignment
) -> None:
    """Python would import the package, and not the file that people read."""
    (tmp_path / WRITER).write_text("x = 1\n")
    package = tmp_path / WRITER.removesuffix(".py")
    package.mkdir()
    (package / "__init__.py").write_text("x = 2\n")

    submission = read_submission(tmp_path, assignment)

    assert submission.files == {}
    assert f"hides {WRITER}" in submission.refused[0].reason


def test_a_giant_file_is_refused(tmp_path: Path, assignment: Assignment) -> None:
    """Size is checked before anything is read into memory."""
    with (tmp_path / WRITER).open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)

    submission = read_submission(tmp_path, assignment)

    assert "larger than 1 MiB" in submission.refused[0].reason


def test_a_refused_file_concerns_its_own_checkpoint_only(
    tmp_path: Path, assignment: Assignment
) -> None:
    """A broken writer costs no points of the reader."""
    (tmp_path / WRITER).mkdir()
    (tmp_path / READER).write_text("x = 1\n")

    submission = read_submission(tmp_path, assignment)

    assert submission.refusal_for((WRITER,)) is not None
    assert submission.refusal_for((READER,)) is None


def test_a_path_that_is_not_a_folder_is_one_clear_line(
    tmp_path: Path, assignment: Assignment
) -> None:
    """The message says whether the path is missing or is a file."""
    file = tmp_path / "file"
    file.write_text("")

    with pytest.raises(SubmissionError, match="does not exist"):
        read_submission(tmp_path / "nothing", assignment)
    with pytest.raises(SubmissionError, match="is not a folder"):
        read_submission(file, assignment)


def test_a_pointer_of_git_lfs_is_refused(tmp_path: Path, assignment: Assignment) -> None:
    """The student meant to hand in the file itself; Python would report a syntax error."""
    (tmp_path / WRITER).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")

    submission = read_submission(tmp_path, assignment)

    assert submission.files == {}
    assert [refusal.file for refusal in submission.refused] == [WRITER]
    assert "LFS" in submission.refused[0].reason


def test_a_missing_notebook_is_compared_with_a_limited_number_of_others(
    tmp_path: Path, assignment: Assignment
) -> None:
    """The first ones by name; a more similar one after them is not found."""
    for number in range(MAX_COMPARED):
        (tmp_path / f"a{number:02}.ipynb").write_text("{}")
    (tmp_path / "concept.ipynb").write_text("{}")

    submission = read_submission(tmp_path, assignment)

    assert "concept.ipynb" not in submission.missing["concepts.ipynb"]


def test_long_names_of_notebooks_take_little_time(tmp_path: Path, assignment: Assignment) -> None:
    """Comparing 1,500 of them with a missing one would take seconds of processor time."""
    plain, hostile = tmp_path / "plain", tmp_path / "hostile"
    for folder, ending in ((plain, ".txt"), (hostile, ".ipynb")):
        folder.mkdir()
        for number in range(1500):
            (folder / f"{number:04}{'concepts.' * 26}{ending}").touch()

    allowed = 10 * processor_seconds(lambda: read_submission(plain, assignment))

    assert processor_seconds(lambda: read_submission(hostile, assignment)) < allowed


def test_refused_files_count_among_those_looked_at(tmp_path: Path, assignment: Assignment) -> None:
    """Otherwise, any number of files that are too large would be read up to the limit."""
    for number in range(MAX_FILES + 50):
        with (tmp_path / f"a{number:03}.py").open("wb") as file:
            file.truncate(MAX_FILE_BYTES + 1)

    submission = read_submission(tmp_path, assignment)

    assert submission.refused == ()
    assert submission.notes[0] == "a000.py is left out: it is larger than 1 MiB"
    assert submission.notes[-1] == f"{MAX_FILES + 1 - MAX_NOTES} more are left out"


def test_the_number_of_searched_folders_is_limited(tmp_path: Path, assignment: Assignment) -> None:
    """Notes name some of the ignored folders, and the last note counts the rest."""
    (tmp_path / WRITER).write_text("x = 1\n")
    for number in range(MAX_FOLDERS + MAX_NOTES + 5):
        (tmp_path / f"p{number:03}").mkdir()

    submission = read_submission(tmp_path, assignment)

    assert (set(submission.files), submission.refusal_for((WRITER,))) == ({WRITER}, None)
    assert submission.notes[0] == (
        f"p{MAX_FOLDERS - 1} is left out: there are too many files and folders"
    )
    assert submission.notes[MAX_NOTES:] == ("6 more are left out",)


def test_the_number_of_names_in_all_folders_is_limited(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that comes after them is ignored, with a note."""
    monkeypatch.setattr("autograder.admission.MAX_ALL_ENTRIES", 4)
    for name in ("p", "q"):
        (tmp_path / name).mkdir()
        for module in ("__init__.py", "a.py", "b.py"):
            (tmp_path / name / module).write_text("")

    submission = read_submission(tmp_path, assignment)

    assert sorted(name.split("/")[0] for name in submission.files) == ["p", "p"]
    assert submission.notes == (
        "the folder p has too many files: the first 2 are looked at",
        "q is left out: there are too many files and folders",
    )


def test_notes_belong_to_the_identity_of_a_submission(
    tmp_path: Path, assignment: Assignment
) -> None:
    """Otherwise, a kept grade would still show notes about files that are gone."""
    (tmp_path / WRITER).write_text("x = 1\n")
    before = read_submission(tmp_path, assignment).digest
    for number in range(MAX_FOLDERS):
        (tmp_path / f"p{number:03}").mkdir()

    assert read_submission(tmp_path, assignment).digest != before


@pytest.mark.parametrize("step", [READ_SECONDS, READ_SECONDS / 3])
def test_reading_ends_at_its_time_limit(
    tmp_path: Path, assignment: Assignment, step: float
) -> None:
    """It is checked before each folder and file. This test's clock advances whenever it is read."""
    for number in range(5):
        (tmp_path / f"a{number}.py").write_text("")

    with pytest.raises(SubmissionError, match="takes more than 60 seconds"):
        read_submission(tmp_path, assignment, clock=count(0.0, step).__next__)


def test_reading_within_its_time_limit_continues(tmp_path: Path, assignment: Assignment) -> None:
    """Up to the last second."""
    for number in range(5):
        (tmp_path / f"a{number}.py").write_text("")

    submission = read_submission(tmp_path, assignment, clock=count(0.0, READ_SECONDS / 10).__next__)

    assert len(submission.files) == 5
