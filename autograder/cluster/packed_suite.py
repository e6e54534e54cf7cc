"""Packs a hidden suite as bytes: all that a machine needs to grade, apart from this package."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.assignment import SETTINGS_FILE, Assignment, Course
from autograder.errors import AssignmentError
from autograder.grading.judge.plan import read_plan


@dataclass(frozen=True)
class PackedSuite:
    """A suite, the settings of its assignment, and its digest."""

    assignment: str
    digest: str
    files: Mapping[str, bytes] = field(repr=False)
    """By path in a checkout."""


def pack(course: Course, assignment: Assignment) -> PackedSuite:
    """Pack a suite.

    Raises:
        AssignmentError: The suite has mistakes.
    """
    suite = course.suites / assignment.id
    root = course.assignments.parent
    paths = [
        *suite.glob("*.py"),
        *suite.glob("*.toml"),
        course.suites / "__init__.py",
        course.assignments / assignment.id / SETTINGS_FILE,
        # The stubs: feedback quotes their signatures.
        *(course.assignments / assignment.id).glob("*.py"),
    ]
    return PackedSuite(
        assignment.id,
        read_plan(assignment, suite).digest,
        {str(path.relative_to(root)): path.read_bytes() for path in sorted(paths)},
    )


def unpack(packed: PackedSuite, folder: Path) -> Course:
    """Write a suite into a folder, as in a checkout.

    Args:
        packed: The suite.
        folder: An empty folder.

    Raises:
        AssignmentError: It is not the suite that was sent.
    """
    for name, content in packed.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise AssignmentError(f"the packed suite has a file outside of it: {name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    course = Course(folder)
    assignment = course.load(packed.assignment)
    if read_plan(assignment, course.suites / assignment.id).digest != packed.digest:
        raise AssignmentError("the packed suite is not the one that was sent")
    return course
