"""Writes the folder that Classroom 50 runs: an assignment's visible checks, and their runner.

The folder belongs at `CLASSROOM/autograders/ASSIGNMENT/` in the service's configuration repository.
The service publishes it on GitHub Pages for everybody to read, so it holds only files that students
have.
"""

import shutil
from pathlib import Path

from autograder.assignment import SETTINGS_FILE, Assignment, Course
from autograder.errors import AssignmentError, DistributionError

ENTRYPOINT = "autograder.py"
CHECKS = "checks"
_PLAIN = (SETTINGS_FILE, "pyproject.toml", "requirements.txt")
_NAMES = frozenset({ENTRYPOINT, CHECKS, *_PLAIN})


def write_bundle(course: Course, assignment: Assignment, output: Path) -> tuple[str, ...]:
    """Write an assignment's bundle.

    Args:
        course: The checkout.
        assignment: Whose visible checks.
        output: A new or empty folder, or one with an earlier bundle, which is replaced.

    Returns:
        The names of the files, sorted.

    Raises:
        AssignmentError: The assignment lacks visible checks.
        DistributionError: The folder holds something else, or cannot be written.
    """
    source = course.assignments / assignment.id
    for name in (*_PLAIN, CHECKS):
        if not (source / name).exists():
            raise AssignmentError(f"{source / name} is missing: a bundle is made of visible checks")
    try:
        others = (
            sorted({path.name for path in output.iterdir()} - _NAMES) if output.exists() else []
        )
        if others:
            raise DistributionError(
                f"{output} holds {others[0]!r}, which no bundle has: give a new folder"
            )
        output.mkdir(parents=True, exist_ok=True)
        if (output / CHECKS).exists():
            shutil.rmtree(output / CHECKS)
        shutil.copytree(
            source / CHECKS, output / CHECKS, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
        for name in _PLAIN:
            shutil.copyfile(source / name, output / name)
        shutil.copyfile(Path(__file__).with_name("entrypoint.py"), output / ENTRYPOINT)
        written = [path for path in output.rglob("*") if path.is_file()]
    except OSError as error:
        raise DistributionError(f"{output} cannot be written: {error.strerror}") from None
    return tuple(sorted(path.relative_to(output).as_posix() for path in written))
