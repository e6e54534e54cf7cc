"""Which submission belongs to which student, in a folder of folders and in downloads of LMSs."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from autograder.admission import MAX_FILE_BYTES
from autograder.assignment import Course
from autograder.errors import SubmissionError
from autograder.intake.sources import FoundSubmissions, StudentFolder, find_submissions

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")


def find(folder: Path, tmp_path: Path) -> FoundSubmissions:
    """Return the submissions in a folder."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return find_submissions(folder, ASSIGNMENT, scratch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make an empty folder."""
    made = tmp_path / "class"
    made.mkdir()
    return made


def test_a_folder_per_student(folder: Path, tmp_path: Path) -> None:
    """Students are sorted by id; hidden folders are ignored."""
    for name in ("eve", "ada", ".git", "__MACOSX"):
        (folder / name).mkdir()

    source = find(folder, tmp_path)

    assert [(work.student, work.folder.name) for work in source.handed_in] == [
        ("ada", "ada"),
        ("eve", "eve"),
    ]
    assert source.oddities == ()


def test_moodles_folders_have_the_students_name(folder: Path, tmp_path: Path) -> None:
    """The underscore at the end is optional."""
    (folder / "Ada Lovelace_1234567_assignsubmission_file").mkdir()
    (folder / "Bob van Dyk_1234568_assignsubmission_file_").mkdir()

    source = find(folder, tmp_path)

    assert [work.student for work in source.handed_in] == ["Ada-Lovelace", "Bob-van-Dyk"]


def test_canvas_files_are_grouped_by_student(folder: Path, tmp_path: Path) -> None:
    """They get the graded names, even if they were late or handed in again."""
    (folder / "lovelaceada_98765_4711_compare_with_sqs.py").write_text("first")
    (folder / "lovelaceada_98765_4712_concepts-2.ipynb").write_text("{}")
    (folder / "dykbob_LATE_98766_4713_kinesis_multi_shard-1.py").write_text("late")

    source = find(folder, tmp_path)

    found = {
        work.student: sorted(p.name for p in work.folder.iterdir()) for work in source.handed_in
    }
    assert found == {
        "98765": ["compare_with_sqs.py", "concepts.ipynb"],
        "98766": ["kinesis_multi_shard.py"],
    }


def test_anything_but_a_submission_is_reported_and_left_out(folder: Path, tmp_path: Path) -> None:
    """Such as a loose file, a link, an invalid name, or a second folder of the same student."""
    (folder / "ada").mkdir()
    (folder / "notes.txt").write_text("")
    (folder / "linked").symlink_to(folder / "ada")
    (folder / "Ädä!").mkdir()
    (folder / "ada_1_assignsubmission_file").mkdir()

    source = find(folder, tmp_path)

    assert [work.student for work in source.handed_in] == ["ada"]
    assert len(source.oddities) == 4


def test_nothing_to_grade_is_an_error(folder: Path, tmp_path: Path) -> None:
    """The error says what to give instead."""
    with pytest.raises(SubmissionError, match="give a folder per student"):
        find(folder, tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """In one line."""
    with pytest.raises(SubmissionError, match="cannot be read"):
        find(tmp_path / "nowhere", tmp_path)


def test_a_file_that_is_too_large_is_not_copied_in_full(folder: Path, tmp_path: Path) -> None:
    """The copy is still too large, so it is refused by name."""
    with (folder / "lovelaceada_98765_4711_compare_with_sqs.py").open("wb") as file:
        file.truncate(8 * MAX_FILE_BYTES)

    (handed_in,) = find(folder, tmp_path).handed_in

    (copy,) = handed_in.folder.iterdir()
    assert copy.stat().st_size == MAX_FILE_BYTES + 1
    assert "larger than 1 MiB" in handed_in.read(ASSIGNMENT).refused[0].reason


def test_four_times_as_many_loose_files_take_four_times_as_long(tmp_path: Path) -> None:
    """Students choose the number of files, so the time must not grow quadratically."""

    def processor_seconds(files: int) -> float:
        folder, scratch = tmp_path / f"class{files}", tmp_path / f"scratch{files}"
        folder.mkdir()
        scratch.mkdir()
        for number in range(files):
            (folder / f"lovelaceada_98765_{number}_notes.txt").touch()
        (folder / "ada").mkdir()
        before = time.process_time()
        find_submissions(folder, ASSIGNMENT, scratch)
        return time.process_time() - before

    assert processor_seconds(800) < 8 * processor_seconds(200)


@pytest.mark.skipif(not Path("/dev/shm").exists(), reason="no file system of memory")
def test_a_time_outside_of_the_calendar_is_ignored() -> None:
    """An archive can contain such a time; all its submissions are still read."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        os.utime(name, (2**45, 2**45))

        assert StudentFolder("ada", Path(name)).handed_in_at is None
