"""Intake: what is taken from a student's folder, and what is refused by name."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder.assignment import Assignment, Course
from autograder.errors import SubmissionError
from autograder.submission import MAX_FILE_BYTES, MAX_NOTES, Entry, read_source, read_submission

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")

WRITER = "kinesis_multi_shard.py"
READER = "kinesis_read_shards.py"


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """The module's own assignment."""
    return Course.of_this_checkout().load("m06_partitioned_logs")


def test_graded_files_helpers_and_packages_are_taken(
    tmp_path: Path, assignment: Assignment
) -> None:
    """Modules beside the graded files come along; other files do not."""
    (tmp_path / WRITER).write_text("x = 1\n")
    (tmp_path / "helper.py").write_text("y = 2\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("")
    (tmp_path / "parts" / "inner.py").write_text("z = 3\n")
    (tmp_path / "notes.txt").write_text("not code")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "loose.py").write_text("")

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
    """The same files give the same digest, wherever they lie; one byte more gives another."""
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
        (folder / WRITER).write_text("x = 1\n")
    (folders[2] / WRITER).write_text("x = 1\n\n")

    one, two, three = (read_submission(folder, assignment).digest for folder in folders)

    assert one == two
    assert one != three


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


def test_a_pipe_in_place_of_a_file_is_refused_at_once(
    tmp_path: Path, assignment: Assignment
) -> None:
    """Opening a FIFO would wait for ever; it is refused instead."""
    os.mkfifo(tmp_path / READER)

    submission = read_submission(tmp_path, assignment)

    assert [refusal.file for refusal in submission.refused] == [READER]


def test_graded_files_are_found_in_a_folder_too_large_to_list(
    tmp_path: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the listing ends early, a file that is there isn't called missing."""
    monkeypatch.setattr("autograder.submission.MAX_ENTRIES", 1)
    (tmp_path / WRITER).write_text("x = 1\n")
    (tmp_path / READER).write_text("x = 2\n")

    submission = read_submission(tmp_path, assignment)

    assert set(submission.files) == {WRITER, READER}


def test_a_package_that_hides_a_graded_file_is_refused(
    tmp_path: Path, assignment: Assignment
) -> None:
    """Python imports the package, so the file that everyone reads would not be what runs."""
    (tmp_path / WRITER).write_text("x = 1\n")
    package = tmp_path / WRITER.removesuffix(".py")
    package.mkdir()
    (package / "__init__.py").write_text("x = 2\n")

    submission = read_submission(tmp_path, assignment)

    assert set(submission.files) == {WRITER}
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
    """A broken writer does not cost the reader."""
    (tmp_path / WRITER).mkdir()
    (tmp_path / READER).write_text("x = 1\n")

    submission = read_submission(tmp_path, assignment)

    assert submission.refusal_for((WRITER,)) is not None
    assert submission.refusal_for((READER,)) is None


@pytest.mark.parametrize("name", ["boto3.py", "json.py", "botocore.py"])
def test_a_helper_that_hides_a_needed_module_is_refused_for_every_file(
    tmp_path: Path, assignment: Assignment, name: str
) -> None:
    """Such a file would replace what the run imports; the sentence says to rename it."""
    (tmp_path / WRITER).write_text("x = 1\n")
    (tmp_path / name).write_text("")

    refusal = read_submission(tmp_path, assignment).refusal_for((WRITER,))

    assert refusal is not None
    assert refusal.file == name
    assert "rename" in refusal.reason


def test_a_path_that_is_no_folder_is_one_clear_line(tmp_path: Path, assignment: Assignment) -> None:
    """A missing path and a file are told apart."""
    file = tmp_path / "file"
    file.write_text("")

    with pytest.raises(SubmissionError, match="does not exist"):
        read_submission(tmp_path / "nothing", assignment)
    with pytest.raises(SubmissionError, match="is not a folder"):
        read_submission(file, assignment)


def test_a_pointer_of_git_lfs_is_refused(tmp_path: Path, assignment: Assignment) -> None:
    """It is not what the student meant to hand in, and Python would only find it strange."""
    (tmp_path / WRITER).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")

    submission = read_submission(tmp_path, assignment)

    assert submission.files == {}
    assert [refusal.file for refusal in submission.refused] == [WRITER]
    assert "LFS" in submission.refused[0].reason


class Listed:
    """A source of empty files that exist in a listing alone, and a clock that it moves."""

    def __init__(self, names: Sequence[str], seconds_each: float = 0.0) -> None:
        self.names = names
        self.now = 0.0
        self._seconds_each = seconds_each

    def entries(self, folder: str) -> list[Entry]:
        """List all names at the top."""
        self.now += self._seconds_each
        return [] if folder else [Entry(name, is_folder=False) for name in self.names]

    def exists(self, name: str) -> bool:
        """Whether a name is there."""
        return name in self.names

    def is_file(self, name: str) -> bool:
        """All are files."""
        return name in self.names

    def read(self, name: str) -> bytes | str:
        """Read a file that holds its name, slowly."""
        self.now += self._seconds_each
        return name.encode()


def processor_seconds(names: Sequence[str]) -> float:
    """Tell what reading a source with these names takes."""
    begin = time.process_time()
    read_source(Listed(names), ASSIGNMENT)
    return time.process_time() - begin


def test_giant_names_are_ignored_with_a_note_and_cost_nothing() -> None:
    """A commit may hold names that no file system does."""
    giant = "x" * 300 + ".ipynb"

    submission = read_source(Listed(["kinesis_multi_shard.py", giant]), ASSIGNMENT)

    assert list(submission.files) == ["kinesis_multi_shard.py"]
    assert submission.refused == ()
    assert len(submission.notes) == 1
    assert "is ignored: its name is longer than 255 bytes" in submission.notes[0]
    assert len(submission.notes[0]) < 120


def test_many_giant_names_make_few_notes() -> None:
    """The rest is counted."""
    submission = read_source(Listed([f"{n:04}{'é' * 200}.py" for n in range(500)]), ASSIGNMENT)

    assert len(submission.notes) == MAX_NOTES + 1
    assert submission.notes[-1] == f"{500 - MAX_NOTES} more names are that long"


@pytest.mark.parametrize(
    "names",
    [
        [f"{'n' * 2000}{number}.ipynb" for number in range(4900)],
        ["n" * (2 << 20) + ".ipynb"],
        [f"{'n' * 240}{number}.ipynb" for number in range(4900)],
    ],
    ids=["many_long", "one_giant", "many_allowed"],
)
def test_names_of_notebooks_cost_about_what_other_names_do(names: list[str]) -> None:
    """Looking for the notebook that was meant compares a few short names."""
    plain = [f"{'n' * 240}{number}.txt" for number in range(4900)]

    spent = min(processor_seconds(names) for _ in range(3))

    assert spent < 20 * min(processor_seconds(plain) for _ in range(3)) + 0.05


def test_a_source_that_takes_too_long_ends_its_own_reading() -> None:
    """The limit is on the whole hand-in, however many small steps it takes."""
    source = Listed([f"m{number}.py" for number in range(90)], seconds_each=1.0)

    with pytest.raises(SubmissionError, match="within 60 seconds"):
        read_source(source, ASSIGNMENT, clock=lambda: source.now)
