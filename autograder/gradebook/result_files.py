"""Grades as files that a gradebook takes: found, read, and matched to the roster by their names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import AutograderError, GradebookError
from autograder.gradebook.roster import Roster
from autograder.gradebook.ungraded import read_ungraded
from autograder.grading.grade import Grade
from autograder.grading.results import load_grade

RESULTS = "results"
"""The folder of grades in a gradebook."""


@dataclass(frozen=True)
class ReadResults:
    """Results that were found, as far as they could be taken."""

    taken: Mapping[str, Grade]
    """By student id."""
    problems: tuple[str, ...]
    """A line for each file that cannot be taken."""
    strangers: tuple[str, ...]
    """The names of results whose students are not in the roster."""


def read_results(results: Iterable[Path], assignment: Assignment, roster: Roster) -> ReadResults:
    """Read grades; one that cannot be taken stops no other.

    Args:
        results: Files of JSON, or folders of them, each named after its student.
        assignment: What they must be grades of.
        roster: Who is in the course.

    Raises:
        GradebookError: A path does not exist.
    """
    taken: dict[str, Grade] = {}
    problems: list[str] = []
    strangers: list[str] = []
    found = [(path, roster.find(path.stem)) for path in _files(results)]
    exact = {student.id for path, student in found if student and student.id == path.stem}
    for path, student in found:
        if student is None:
            strangers.append(path.stem)
            continue
        if student.id in exact and student.id != path.stem:
            continue  # an earlier id's result, which the student's own has replaced
        try:
            taken[student.id] = _read_result(path, assignment)
        except AutograderError as error:
            problems.append(str(error))
    return ReadResults(taken, tuple(problems), tuple(strangers))


def _read_result(path: Path, assignment: Assignment) -> Grade:
    grade = load_grade(path)
    if grade.assignment != assignment.id:
        raise GradebookError(f"{path}: is a grade of {grade.assignment!r}")
    wanted = [checkpoint.id for checkpoint in assignment.checkpoints]
    if [checkpoint.id for checkpoint in grade.checkpoints] != wanted:
        raise GradebookError(f"{path}: is not a grade of all checkpoints: {', '.join(wanted)}")
    return grade


def _files(results: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that are given, and those in folders that are given.

    Raises:
        GradebookError: A path does not exist.
    """
    for path in results:
        if path.is_dir():
            yield from sorted(file for file in path.glob("*.json") if not file.name.startswith("."))
        elif path.exists():
            yield path
        else:
            raise GradebookError(f"{path} does not exist: give results of `autograder grade`")


def names_of_results(folder: Path) -> list[str]:
    """Return the names of the results in a folder; they are ids of students."""
    files = folder.glob("*.json")
    return sorted(file.stem for file in files if not file.name.startswith("."))


def check_synced(folder: Path) -> None:
    """Refuse a gradebook without results, in which everybody would have handed in nothing.

    Args:
        folder: The gradebook's.

    Raises:
        GradebookError: Nothing has been synced yet.
    """
    if not names_of_results(folder / RESULTS) and not read_ungraded(folder):
        raise GradebookError(
            f"{folder} contains no results yet: write them into it with"
            " `autograder gradebook sync RESULTS`"
        )
