"""Lets people mark open answers in nbgrader's formgrader, on copies without any code.

nbgrader's autograding runs a notebook's code. Here that step is left out: closed answers were
marked by the hidden tests, and the copies for marking leave out the student's code.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.errors import GradebookError
from autograder.gradebook.book import Book
from autograder.gradebook.marking.copies import copy_for_marking

MARKED = "for-marking.json"
CONFIG = '''"""Made by `autograder gradebook mark`; changes are overwritten."""

from nbgrader.preprocessors import (
    AssignLatePenalties, CheckCellMetadata, ClearOutput, DeduplicateIds, OverwriteCells,
    OverwriteKernelspec, SaveAutoGrades,
)

c = get_config()  # noqa: F821 - Jupyter's
c.CourseDirectory.course_id = "course"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = {url!r}
# Nothing is run: closed answers are marked by the hidden tests.
c.Autograde.sanitize_preprocessors = [
    ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata
]
c.Autograde.autograde_preprocessors = [SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
'''


@dataclass(frozen=True)
class MarkingCopies:
    """The copies for marking that were made."""

    students: tuple[str, ...]
    """Ids of the students whose answers are new or changed since the last time."""
    problems: tuple[str, ...]
    """A line for each student who is not in the gradebook's roster."""


def notebook_of(assignment: Assignment) -> str:
    """Return the name of the file with the open answers.

    Raises:
        GradebookError: The assignment has none.
    """
    for name in assignment.files:
        if name.endswith(".ipynb"):
            return name
    raise GradebookError(f"{assignment.id} has no notebook, so no answer waits for a mark")


def prepare(book: Book, course: Course, notebooks: Iterable[tuple[str, bytes]]) -> MarkingCopies:
    """Make a copy for marking of each new or changed notebook, and tell nbgrader of them.

    Args:
        book: The gradebook.
        course: Where the notebook and its solution are.
        notebooks: The id of each student, and the notebook as it was handed in.

    Raises:
        GradebookError: nbgrader fails; the gradebook stays as it was.
    """
    file = notebook_of(book.assignment)
    released = (course.assignments / book.assignment.id / file).read_text(encoding="utf-8")
    solved = (course.solutions / book.assignment.id / file).read_text(encoding="utf-8")
    _write_config(book)
    _release(book, released, file)
    roster = book.roster()
    done = _done(book)
    changed: dict[str, str] = {}
    problems: list[str] = []
    for name, notebook in notebooks:
        student = roster.find(name)
        if student is None:
            problems.append(f"{name!r} is not in the gradebook's roster")
            continue
        copy = copy_for_marking(released, solved, notebook)
        digest = hashlib.sha256(copy.encode()).hexdigest()
        if done.get(student.id) != digest:
            _hand_in(book, student.id, file, copy)
            changed[student.id] = digest
    _autograde(book, changed)
    (book.folder / MARKED).write_text(json.dumps({**done, **changed}, indent=1, sort_keys=True))
    return MarkingCopies(tuple(sorted(changed)), tuple(problems))


def serve(book: Book, port: int) -> int:
    """Run Jupyter with formgrader until it is interrupted; return its exit code."""
    return subprocess.call(serving_command(book, port), cwd=book.folder, env=environment(book))


def serving_command(book: Book, port: int) -> list[str]:
    """Write the command that serves formgrader, on this machine only."""
    return [
        sys.executable, "-m", "jupyter", "server", "--no-browser", "--ip=127.0.0.1",
        f"--port={port}", "--allow-root", f"--ServerApp.root_dir={book.folder.resolve()}",
        "--ServerApp.default_url=/formgrader",
    ]  # fmt: skip


def environment(book: Book) -> dict[str, str]:
    """Return Jupyter's environment, with its files in the gradebook and without our tokens."""
    passed_on = {
        key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ
    }
    runtime = book.folder.resolve() / ".jupyter"
    programs = os.pathsep.join([str(Path(sys.executable).parent), passed_on.get("PATH", "")])
    return {
        **passed_on,
        "PATH": programs,
        "JUPYTER_CONFIG_DIR": str(runtime),
        "JUPYTER_DATA_DIR": str(runtime / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime / "run"),
        "JUPYTER_TOKEN": os.environ.get("JUPYTER_TOKEN", ""),
    }


def _write_config(book: Book) -> None:
    root = book.folder.resolve()
    url = f"sqlite:///{root / 'gradebook.db'}"
    text = CONFIG.format(root=str(root), url=url)
    (book.folder / "nbgrader_config.py").write_text(text, encoding="utf-8")
    settings = book.folder / ".jupyter"
    settings.mkdir(exist_ok=True)
    (settings / "nbgrader_config.py").write_text(text, encoding="utf-8")


def _release(book: Book, released: str, file: str) -> None:
    """Release the notebook in nbgrader, unless that is done and the notebook has not changed."""
    source = book.folder / "source" / book.notebook_assignment / file
    if source.is_file() and source.read_text(encoding="utf-8") == released:
        return
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(released, encoding="utf-8")
    _nbgrader(book, "generate_assignment", book.notebook_assignment, "--create", "--force")


def _hand_in(book: Book, student: str, file: str, copy: str) -> None:
    place = book.folder / "submitted" / student / book.notebook_assignment
    place.mkdir(parents=True, exist_ok=True)
    (place / file).write_text(copy, encoding="utf-8")
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    (place / "timestamp.txt").write_text(now)
    shutil.rmtree(
        book.folder / "autograded" / student / book.notebook_assignment, ignore_errors=True
    )


def _autograde(book: Book, changed: Iterable[str]) -> None:
    if list(changed):
        _nbgrader(book, "autograde", book.notebook_assignment, "--create")


def _done(book: Book) -> Mapping[str, str]:
    try:
        found = json.loads((book.folder / MARKED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _nbgrader(book: Book, *arguments: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=book.folder, env=environment(book), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        errors = [line for line in ran.stderr.splitlines() if re.search(r"ERROR|Error", line)]
        last = (errors or ran.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise GradebookError(f"nbgrader {arguments[0]} failed: {last[:300]}")
