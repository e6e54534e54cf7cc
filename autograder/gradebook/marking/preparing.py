"""Makes the copies for marking, for the gradebook and for each marker.

nbgrader's own `autograde` would do it too, but takes a second and more for each student, since it
starts what could run a notebook. Nothing is run here: closed answers were marked by the hidden
tests, and the copies leave out the student's code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Course
from autograder.files import make_folder, write_whole
from autograder.gradebook.book import Book
from autograder.gradebook.marking.copies import MarkingForm
from autograder.gradebook.marking.folders import (
    MarkingFolder,
    folder_of_marker,
    markers_of,
    notebook_of,
    own_folder,
)
from autograder.gradebook.roster import Roster

TEMPLATE = Path(__file__).with_name("answers.html.j2")
CONFIG = '''"""Made by `autograder gradebook mark`; changes are overwritten."""

from nbgrader.preprocessors import (
    AssignLatePenalties, CheckCellMetadata, ClearOutput, DeduplicateIds, OverwriteCells,
    OverwriteKernelspec, SaveAutoGrades,
)

c = get_config()  # noqa: F821 - Jupyter's
c.CourseDirectory.course_id = "course"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = {url!r}
# Keys from score to score, and nothing from other servers; see the file.
c.HTMLExporter.template_file = {template!r}
# Nothing is run, even if somebody calls `nbgrader autograde`.
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


def prepare(
    book: Book, course: Course, notebooks: Iterable[tuple[str, bytes]], marker: str | None = None
) -> MarkingCopies:
    """Make a copy for marking of each new or changed notebook, in the folders of all markers.

    Students who are excused get none: nobody marks them.

    Args:
        book: The gradebook.
        course: Where the notebook and its solution are.
        notebooks: The id of each student, and the notebook as it was handed in.
        marker: A marker who gets a folder if there is none yet.

    Raises:
        GradebookError: A database cannot be used; it stays as it was.
    """
    form = marking_form(book, course)
    roster = book.roster()
    copies = {}
    problems: list[str] = []
    for name, notebook in notebooks:
        student = roster.find(name)
        if student is None:
            problems.append(f"{name!r} is not in the gradebook's roster")
        elif not book.policy.excuses(student):
            copies[student.id] = form.copy_of(notebook)
    folders = markers_of(book)
    if marker is not None:
        folders[marker] = folder_of_marker(book, marker)
    own = own_folder(book)
    changed = own.keep(form, copies)
    for folder in folders.values():
        folder.keep(form, copies)
    for folder in (own, *folders.values()):
        _write_config(folder)
    return MarkingCopies(tuple(changed), tuple(problems))


def marking_form(book: Book, course: Course) -> MarkingForm:
    """Read the notebook that markers see.

    Raises:
        GradebookError: The assignment has none.
    """
    file = notebook_of(book.assignment)
    return MarkingForm(
        (course.assignments / book.assignment.id / file).read_text(encoding="utf-8"),
        (course.solutions / book.assignment.id / file).read_text(encoding="utf-8"),
    )


def kept_notebooks(folder: Path, roster: Roster) -> list[tuple[str, bytes]] | None:
    """Read the notebooks that were kept when a class was graded, as ID.ipynb each.

    Returns:
        Each file's name without `.ipynb`, and its content; None if the folder holds anything else.
    """
    files = sorted(file for file in folder.glob("*") if not file.name.startswith("."))
    if not all(file.suffix == ".ipynb" and file.is_file() for file in files):
        return None
    # Some systems put hand-ins into one folder too, but name them after more than the student.
    if not any(roster.find(file.stem) for file in files):
        return None
    return [(file.stem, file.read_bytes()) for file in files]


def _write_config(folder: MarkingFolder) -> None:
    root = folder.path.resolve()
    make_folder(root)
    text = CONFIG.format(
        root=str(root), url=f"sqlite:///{root / 'gradebook.db'}", template=str(TEMPLATE)
    )
    write_whole(root / "nbgrader_config.py", text)
