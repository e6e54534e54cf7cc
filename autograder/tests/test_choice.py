"""How a command chooses its assignment, in a course with two."""

import json
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.choice import choose_assignment, choose_assignments
from autograder.errors import AssignmentError

SETTINGS = """
id = "{id}"
title = "{id}"
python = "3.12"
[[checkpoints]]
id = "only"
title = "Only"
points = 1
files = ["{file}"]
"""
LOGS, WORDS = "m06_logs", "m07_words"
BOTH = f"there are: {LOGS}, {WORDS}"


def course_of(folder: Path, *ids: str) -> Course:
    """Make a course; the graded file of `m06_logs` is `logs.py`."""
    for name in ids:
        settings = folder / "assignments" / name / "assignment.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS.format(id=name, file=f"{name.partition('_')[2]}.py"))
    return Course(folder)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Make a course with two assignments."""
    return course_of(tmp_path / "checkout", LOGS, WORDS)


def write(path: Path, text: str = "") -> Path:
    """Write a file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_only_assignment_needs_no_name(tmp_path: Path) -> None:
    """Even if the given files name an assignment of another course."""
    course = course_of(tmp_path, LOGS)
    other = write(tmp_path / "ada.json", '{"assignment": "m99"}')

    assert choose_assignment(course).id == LOGS
    assert choose_assignment(course, submissions=tmp_path, results=[other]).id == LOGS


def test_without_assignments_the_error_says_where_to_be(tmp_path: Path) -> None:
    """A tool that was installed from a wheel finds the course's checkout by the current folder."""
    with pytest.raises(AssignmentError, match="run this in a checkout of the course"):
        choose_assignment(course_of(tmp_path))


def test_of_several_one_must_be_named(course: Course, tmp_path: Path) -> None:
    """The error is one line with the ids to choose from."""
    with pytest.raises(AssignmentError, match=BOTH) as caught:
        choose_assignment(course, submissions=tmp_path, results=[tmp_path], course_file=tmp_path)

    assert "--assignment" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_submission_that_does_not_exist_is_named(course: Course, tmp_path: Path) -> None:
    """The message does not ask for an assignment, because that would not help."""
    with pytest.raises(AssignmentError, match="missing does not exist"):
        choose_assignment(course, submissions=tmp_path / "missing")


def test_the_option_comes_first(course: Course, tmp_path: Path) -> None:
    """Even if the files name another assignment."""
    submission = write(tmp_path / WORDS / "words.py").parent

    assert choose_assignment(course, LOGS, submissions=submission).id == LOGS
    with pytest.raises(AssignmentError, match=f"unknown assignment 'm99'; {BOTH}"):
        choose_assignment(course, "m99", submissions=submission)


@pytest.mark.parametrize(
    "file",
    [
        f"{WORDS}/notes.txt",  # the folder's name
        "ada/words.py",  # the graded file
        "class/ada/words.py",  # that of a student in a class
        "words.py",  # a file by mistake, about which the command has its own words
        "canvas/lovelaceada_LATE_98765_4711_words.py",
    ],
)
def test_an_assignment_is_recognised_by_the_names_of_files(
    file: str, course: Course, tmp_path: Path
) -> None:
    """Of a submission, or of a folder of submissions."""
    write(tmp_path / file)

    found = choose_assignment(course, submissions=tmp_path / file.partition("/")[0])

    assert found.id == WORDS


def test_a_submission_with_files_of_both_needs_the_option(course: Course, tmp_path: Path) -> None:
    """The message asks for it."""
    write(tmp_path / "ada" / "words.py")
    write(tmp_path / "ada" / "logs.py")

    with pytest.raises(AssignmentError, match=BOTH):
        choose_assignment(course, submissions=tmp_path / "ada")


@pytest.mark.parametrize("file", ["ada.json", "out/ada.json", "out/results/ada.json"])
def test_an_assignment_is_read_from_a_grade(file: str, course: Course, tmp_path: Path) -> None:
    """From a file, or in a folder of `grade-class` or the gradebook. Broken files are skipped."""
    write(tmp_path / file, json.dumps({"assignment": WORDS}))
    write(tmp_path / "out" / "aaa.json", '{"assignment": ')

    found = choose_assignment(course, results=[tmp_path / file.partition("/")[0]])

    assert found.id == WORDS


def test_an_assignment_is_read_from_a_course_file(course: Course, tmp_path: Path) -> None:
    """An unknown assignment in it is an error, even if only one assignment exists."""
    file = write(tmp_path / "course.toml", f'assignment = "{WORDS}"\n')

    assert choose_assignment(course, course_file=file).id == WORDS
    file.write_text('assignment = "m99"\n')
    with pytest.raises(AssignmentError, match="unknown assignment 'm99'"):
        choose_assignment(course, course_file=file)


def test_all_assignments_are_the_default_of_some_commands(course: Course, tmp_path: Path) -> None:
    """Such as `build`, which works on the whole checkout."""
    assert [found.id for found in choose_assignments(course)] == [LOGS, WORDS]
    assert [found.id for found in choose_assignments(course, WORDS)] == [WORDS]
    with pytest.raises(AssignmentError, match="no assignments found in"):
        choose_assignments(Course(tmp_path / "empty"))


def test_a_course_file_that_does_not_exist_is_named(course: Course, tmp_path: Path) -> None:
    """It would have told which of two assignments is meant."""
    with pytest.raises(AssignmentError, match=r"nowhere\.toml does not exist"):
        choose_assignment(course, course_file=tmp_path / "nowhere.toml")
