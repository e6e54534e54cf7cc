"""Finds the assignment that a command is about.

`--assignment ID` names it. Without that option, the command's input tells: a course file and a
grade name their assignment, and a submission holds its graded files. If the input does not tell,
and only one assignment exists, the command takes that.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from os.path import abspath, lexists
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError

MOST_ENTRIES = 10_000
"""Files and folders that are looked at in a submission or a class; more only cost time."""


def choose_assignment(
    course: Course,
    asked: str | None = None,
    *,
    course_file: Path | None = None,
    submissions: Path | None = None,
    results: Iterable[Path] = (),
) -> Assignment:
    """Load the assignment that a command is about.

    Args:
        course: The checkout.
        asked: The id given with `--assignment`; it comes first.
        course_file: A `course.toml`, whose key `assignment` tells.
        submissions: A submission, named after its assignment or holding its files, or a folder
            of submissions.
        results: Grades as JSON, or folders of them.

    Raises:
        AssignmentError: No assignment has that id, or nothing tells which of several to take.
            If a submission or course file does not exist, the error names it instead.
    """
    known = course.ids()
    if asked is None and course_file is not None:
        asked = _named_in_course_file(course_file)
    if asked is None and submissions is not None:
        asked = _answered_by(submissions, course)
    if asked is None:
        asked = next((name for name in _named_in_results(results) if name in known), None)
    if asked is None and len(known) == 1:
        (asked,) = known
    for file in (submissions, course_file):
        if asked is None and file is not None and not lexists(file):
            raise AssignmentError(f"{file} does not exist")
    if asked is None and not known:
        raise AssignmentError(
            f"no assignments found in {course.assignments}: run this in a checkout of the course"
        )
    if asked is None:
        raise AssignmentError(
            f"give the assignment with --assignment; there are: {', '.join(known)}"
        )
    return course.load(asked)


def choose_assignments(course: Course, asked: str | None = None) -> tuple[Assignment, ...]:
    """Load the assignment that was asked for; all of the checkout if none was.

    Raises:
        AssignmentError: No assignment has that id, or the checkout holds no assignments.
    """
    if asked is None and course.ids():
        return tuple(map(course.load, course.ids()))
    return (choose_assignment(course, asked),)


def _named_in_course_file(path: Path) -> str | None:
    """Return a course file's `assignment`; a file that cannot be read is its command's matter."""
    with suppress(OSError, ValueError):
        named = tomllib.loads(path.read_text(encoding="utf-8")).get("assignment")
        return named if isinstance(named, str) else None
    return None


def _answered_by(folder: Path, course: Course) -> str | None:
    """Return the assignment that a folder is named after, or the only one whose files it holds."""
    name = Path(abspath(folder)).name  # noqa: PTH100 - resolve() fails on a loop of links
    ids = course.ids()
    if name in ids:
        return name
    if len(ids) < 2:
        return None
    held = set(islice(_file_names(folder), MOST_ENTRIES))
    answered = [found for found in ids if _is_held(course.load(found), held)]
    return answered[0] if len(answered) == 1 else None


def _is_held(assignment: Assignment, names: set[str]) -> bool:
    """Tell whether one of the graded files is there; Canvas writes a prefix and `_` before it."""
    endings = tuple(f"_{file}" for file in assignment.files)
    return any(name in assignment.files or name.endswith(endings) for name in names)


def _file_names(folder: Path) -> Iterator[str]:
    """List the names in a folder, then those in its folders; of a file, its own."""
    if folder.is_file():
        yield folder.name
    folders: list[Path] = []
    for path in _entries(folder):
        if path.is_dir() and not path.is_symlink():
            folders.append(path)
        else:
            yield path.name
    yield from (path.name for inner in folders for path in _entries(inner))


def _entries(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from folder.iterdir()


def _named_in_results(paths: Iterable[Path]) -> Iterator[str]:
    """Yield what each grade that can be read names as its assignment."""
    for path in chain.from_iterable(map(_result_files, paths)):
        with suppress(OSError, ValueError, RecursionError):
            grade = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(grade, dict) and isinstance(grade.get("assignment"), str):
                yield grade["assignment"]


def _result_files(path: Path) -> Iterator[Path]:
    """List a grade, or those in a folder, in a gradebook's or in what `grade-class` wrote."""
    if path.is_dir():
        yield from sorted([*path.glob("*.json"), *path.glob("results/*.json")])
    else:
        yield path
