"""Grades as files that a gradebook takes: found, read, and matched to the roster by their names."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import AutograderError, GradebookError
from autograder.gradebook.roster import Roster
from autograder.grading.grade import Grade
from autograder.grading.results import load_grade
from autograder.some_names import some_of
from autograder.text import counted, plural


def read_results(
    results: Iterable[Path], assignment: Assignment, roster: Roster, roster_file: Path
) -> tuple[dict[str, Grade], tuple[str, ...]]:
    """Read grades; one that cannot be taken stops no other.

    Args:
        results: Files of JSON, or folders of them, each named after its student.
        assignment: What they must be grades of.
        roster: Who is in the course.
        roster_file: Where that was read, for people.

    Returns:
        The grades by student id, and a line for each file that cannot be taken; one line for all
        whose students are not in the roster.

    Raises:
        GradebookError: A path does not exist.
    """
    taken: dict[str, Grade] = {}
    problems: list[str] = []
    strangers: list[str] = []
    for path in _files(results):
        student = roster.find(path.stem)
        if student is None:
            strangers.append(path.stem)
            continue
        try:
            taken[student.id] = _read_result(path, assignment)
        except AutograderError as error:
            problems.append(str(error))
    if strangers:
        problems.append(strangers_line(strangers, roster_file))
    return taken, tuple(problems)


def strangers_line(names: Sequence[str], roster_file: Path) -> str:
    """Say of whom there are results though they are not in the roster, by three examples.

    Args:
        names: The names of the results, not empty.
        roster_file: Where it says who is in the course.
    """
    results = f"{counted(len(names), 'result')} {plural(len(names), 'is', 'are')}"
    return f"{results} of students who are not in {roster_file}: {some_of(names)}"


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
