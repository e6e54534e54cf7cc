"""The record of the last whole validation: what has not changed since is not validated again."""

import shutil
from pathlib import Path

import pytest

from autograder.assignment import Assignment, Course
from autograder.validation.record import is_checked_at_home, is_validated, note_validated

SECOND = Path(__file__).parents[1] / "second_assignment"
ID = "m07_word_count"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Make a course with a small assignment."""
    return Course(shutil.copytree(SECOND, tmp_path / "course"))


@pytest.fixture
def assignment(course: Course) -> Assignment:
    """Load the small assignment."""
    return course.load(ID)


def test_nothing_is_validated_before_the_first_time(course: Course, assignment: Assignment) -> None:
    """The record is missing or broken."""
    (course.suites / ID / "validated.json").write_text("[")

    assert not is_validated(course, assignment)
    assert not is_checked_at_home(course, assignment)


def test_the_visible_checks_are_recorded_separately(course: Course, assignment: Assignment) -> None:
    """A validation without them leaves what was recorded of them."""
    note_validated(course, assignment, with_checks=False)
    without = is_validated(course, assignment), is_checked_at_home(course, assignment)
    note_validated(course, assignment, with_checks=True)
    note_validated(course, assignment, with_checks=False)

    assert without == (True, False)
    assert is_validated(course, assignment)
    assert is_checked_at_home(course, assignment)


@pytest.mark.parametrize(
    ("changed", "validated", "checked"),
    [
        (f"autograder/suites/{ID}/test_counting.py", False, True),
        (f"solutions/{ID}/word_count.py", False, False),
        (f"assignments/{ID}/README.md", False, False),
        (f"autograder/suites/{ID}/submissions/wrong/keeps_capitals.txt", False, True),
        (f"assignments/{ID}/.pytest_cache/lastfailed", True, True),
    ],
)
def test_a_change_invalidates_what_depends_on_it(
    changed: str, validated: bool, checked: bool, course: Course, assignment: Assignment
) -> None:
    """The visible checks do not know the hidden tests; caches matter to neither."""
    note_validated(course, assignment, with_checks=True)
    file = course.assignments.parent / changed
    file.parent.mkdir(exist_ok=True)
    file.write_text("changed")

    assert is_validated(course, assignment) == validated
    assert is_checked_at_home(course, assignment) == checked
