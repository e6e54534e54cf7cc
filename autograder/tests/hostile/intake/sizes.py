"""Folders and files that are too large, too many or too deep."""

import os
from pathlib import Path

from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import Attack
from autograder.tests.hostile.intake.making import EVIL, GRADED, POINTS, attack, honest

FOUND: list[Attack] = []
MANY = 100_000


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


@attack(FOUND, Outcome.REFUSED, says="larger than 1 MiB")
def graded_file_is_huge(folder: Path) -> None:
    """Has a size of 100 MiB."""
    _sparse(folder / GRADED, 100 << 20)


@attack(FOUND, Outcome.REFUSED, says="larger than 1 MiB")
def graded_file_is_a_tebibyte(folder: Path) -> None:
    """Has a size of 1 TiB, but uses no space on the disk."""
    _sparse(folder / GRADED, 1 << 40)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def unused_helper_is_huge(folder: Path) -> None:
    """Is honest, next to a huge helper that is not imported."""
    honest(folder)
    _sparse(folder / "helper.py", 1 << 40)


@attack(
    FOUND, Outcome.REFUSED, says="uses helper.py, which cannot be graded: it is larger than 1 MiB"
)
def helper_is_huge(folder: Path) -> None:
    """Imports a huge helper."""
    honest(folder, "import helper\n")
    _sparse(folder / "helper.py", 1 << 40)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def data_next_to_it_is_huge(folder: Path) -> None:
    """Is honest, next to a data file, whose size does not matter."""
    honest(folder)
    _sparse(folder / "data.csv", 1 << 40)
    (folder / ".env").write_text("AWS_SECRET_ACCESS_KEY=x\n")


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def a_hundred_thousand_files_are_next_to_it(folder: Path) -> None:
    """Is honest, in a folder that takes long to list."""
    honest(folder)
    here = os.open(folder, os.O_RDONLY)
    for number in range(MANY):
        os.close(os.open(f"0{number}", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=here))
    os.close(here)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def a_hundred_and_one_scratch_files(folder: Path) -> None:
    """Is honest, next to more modules than the grader takes."""
    honest(folder)
    for number in range(101):
        (folder / f"a{number:03}.py").write_text("")


@attack(FOUND, Outcome.REFUSED, says="more than 100 Python files")
def a_hundred_and_one_helpers(folder: Path) -> None:
    """Imports a chain of more modules than the grader takes."""
    honest(folder, "import a000\n")
    for number in range(101):
        (folder / f"a{number:03}.py").write_text(f"import a{number + 1:03}\n")


@attack(FOUND, Outcome.PASSED, Outcome.CRASHED, earns=POINTS)
def helpers_full_of_imports(folder: Path) -> None:
    """Has as many modules as the grader reads, each large and full of imports."""
    honest(folder)
    for number in range(99):
        lines = "".join(f"import a{other:06}.b\n" for other in range(70_000))
        (folder / f"a{number:03}.py").write_text(lines)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def folders_deeper_than_a_path(folder: Path) -> None:
    """Is honest, next to nested packages, so deep that the last path is longer than PATH_MAX.

    There are 300, not 1,000: the cleanup after the tests cannot remove deeper ones.
    """
    honest(folder)
    name = "deeper" * 16
    here = os.open(folder, os.O_RDONLY)
    for _ in range(300):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
        os.close(os.open("__init__.py", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=here))
    os.close(here)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def packages_that_branch_without_end(folder: Path) -> None:
    """Is honest, next to hundreds of packages, three levels deep."""
    honest(folder)
    for outer in range(20):
        for middle in range(20):
            inner = folder / f"p{outer}" / f"p{middle}" / "p"
            inner.mkdir(parents=True)
            for level in (inner, inner.parent, inner.parent.parent):
                (level / "__init__.py").write_text(EVIL)


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def thousands_of_folders_are_next_to_it(folder: Path) -> None:
    """Is honest, next to folders that could all be packages."""
    honest(folder)
    for number in range(2000):
        (folder / f"p{number}").mkdir()
