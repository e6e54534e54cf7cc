"""The option `--course`: the course's policy and gradebook, for each command that needs them.

And the command `autograder tests`, which names what `[tests]` in a course file may name.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import Assignment, Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId
from autograder.errors import GradebookError
from autograder.files import make_folder
from autograder.gradebook.book import ROSTER, Book, roster_file
from autograder.gradebook.marking.earlier_ids import take_over_earlier_ids
from autograder.grading.judge.plan import read_plan
from autograder.policy import DEFAULT_COURSE, EVERYTHING_COUNTS, Policy, read_policy
from autograder.policy_names import check_names
from autograder.text import counted, inert

CourseFile = Annotated[
    Path | None,
    typer.Option(
        "--course",
        show_default=False,
        help="The course's policy. Default: course/course.toml; if there is none, nothing is late.",
    ),
]
GradebookFolder = Annotated[
    Path | None,
    typer.Option(
        "--gradebook",
        show_default=False,
        help="Folder of the gradebook. Default: the one that the course names, else `gradebook`.",
    ),
]


def course_policy(given: Path | None) -> tuple[Path | None, Policy]:
    """Read the course file that is given, or else the default file.

    Returns:
        The file and its policy; without a file, None and a policy by which everything counts.

    Raises:
        PolicyError: It is missing or wrong.
    """
    if given is None and not DEFAULT_COURSE.exists():
        return None, EVERYTHING_COUNTS
    file = given or DEFAULT_COURSE
    return file, read_policy(file)


def gradebook_folder(given: Path | None, policy: Policy) -> Path:
    """Return the gradebook's folder: the one that is given, or else the policy's."""
    return given or policy.gradebook


def known_roster(
    source: Path, gradebook: Path | None, file: Path | None, policy: Policy
) -> Path | None:
    """Return the roster for a source that names none: the gradebook's, or else the course's.

    Args:
        source: What is graded; a course file names its own roster.
        gradebook: The gradebook's folder, if it is given.
        file: The course file, if any.
        policy: What it says.
    """
    if source.suffix == ".toml" or (gradebook is None and file is None):
        return None
    roster = roster_file(gradebook_folder(gradebook, policy), policy)
    return roster if roster.exists() else None


def unused_roster_line(roster: Path | None, source: Path) -> str:
    """Say that a roster lies where a course would have it, and is not used; empty if none does.

    Args:
        roster: The roster that is used; None if there is none.
        source: What is graded; a course file names its own roster.
    """
    usual = DEFAULT_COURSE.with_name(ROSTER)
    if roster is not None or source.suffix == ".toml" or not usual.exists():
        return ""
    return (
        f"{usual} is not used, since there is no {DEFAULT_COURSE}: make one, or give"
        f" --roster {usual}"
    )


def known_book(
    gradebook: Path | None, file: Path | None, policy: Policy, assignment: Assignment
) -> Book | None:
    """Return the gradebook that is given, or else the course's; None if there is none yet."""
    book = Book(gradebook_folder(gradebook, policy), assignment, policy)
    if gradebook is None and (file is None or not roster_file(book.folder, policy).exists()):
        return None
    return book


def gradebook_to_write(folder: Path, assignment: Assignment, policy: Policy) -> Book:
    """Open a gradebook that a run writes into at its end, and make its folder if it is missing.

    Raises:
        AutograderError: The roster is missing or wrong, so nothing could be written then.
    """
    book = Book(folder, assignment, policy)
    book.roster()
    make_folder(folder)
    return book


def open_book(
    given: Path | None,
    course_file: Path | None,
    assignment: str | None,
    results: Sequence[Path] = (),
) -> tuple[Book, Course]:
    """Open the gradebook that a command is about.

    Args:
        given: The gradebook's folder, as given with `--gradebook`.
        course_file: The policy, as given with `--course`.
        assignment: Its id, as given with `--assignment`.
        results: Grades that tell the assignment.

    Raises:
        AutograderError: There is no such folder, or the policy, the roster or the choice is wrong.
    """
    course = Course.of_this_checkout()
    file, policy = course_policy(course_file)
    folder = gradebook_folder(given, policy)
    chosen = choose_assignment(course, assignment, course_file=file, results=[*results, folder])
    if given is None and file is not None:
        make_folder(folder)
    elif not folder.is_dir():
        raise GradebookError(f"{folder} is not a folder: make it, and put roster.csv into it")
    book = Book(folder, chosen, policy)
    check_policy(policy, book, course)
    for line in take_over_earlier_ids(book).lines:
        typer.echo(inert(line), err=True)
    return book, course


def check_policy(policy: Policy, book: Book, course: Course) -> None:
    """Check that the students and hidden tests that a policy names exist.

    Raises:
        AutograderError: Some do not, or the roster is wrong.
    """
    if policy is not EVERYTHING_COUNTS:
        check_names(policy, book.roster(), test_names(course, book.assignment))


def test_names(course: Course, assignment: Assignment) -> frozenset[str]:
    """Return the names of an assignment's hidden tests."""
    plan = read_plan(assignment, course.suites / assignment.id)
    return frozenset(test.id for test in plan.tests)


def list_tests_command(assignment: AssignmentId = None) -> None:
    """List the hidden tests: their names, as `course.toml` takes them, and titles."""
    course = Course.of_this_checkout()
    file, _ = course_policy(None)
    chosen = choose_assignment(course, assignment, course_file=file)
    for test in read_plan(chosen, course.suites / chosen.id).tests:
        typer.echo(
            f'"{test.id}"  {test.requirement}, {counted(test.points, "point")}: {test.title}'
        )
