"""The files of a class run that follow from its results: pages, the table, kept notebooks."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from autograder.course.class_outcomes import StudentOutcome, grades_table, with_entries
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.results import FEEDBACK, NOTEBOOK, NOTEBOOKS, RESULTS
from autograder.files import write_whole
from autograder.gradebook.book import Book
from autograder.gradebook.entries import BookEntry
from autograder.gradebook.notes import feedback_page
from autograder.grading.grade import Grade
from autograder.submission import Submission

TABLE = "grades.csv"


def write_notebook(student: str, submission: Submission, output: Path) -> None:
    """Keep the notebook as it was handed in: people mark it without asking the source again."""
    file = notebook_file(student, output)
    found = next((name for name in submission.graded if name.endswith(NOTEBOOK)), None)
    if found in submission.files:
        write_whole(file, submission.files[found])
    else:
        file.unlink(missing_ok=True)


def notebook_file(student: str, output: Path) -> Path:
    """Return where a student's notebook is kept."""
    return output / NOTEBOOKS / f"{student}{NOTEBOOK}"


def files_to_sync(submissions: ClassSubmissions, output: Path) -> list[Path]:
    """Return the results of a class run that a gradebook takes.

    If there are none, it is their folder, where a list names the students without a grade.
    """
    results = [output / RESULTS / f"{work.student}.json" for work in submissions.handed_in]
    return [path for path in results if path.exists()] or [output / RESULTS]


def write_from_book(
    book: Book, outcomes: Sequence[StudentOutcome], output: Path, moment: datetime
) -> tuple[tuple[BookEntry, ...], list[StudentOutcome]]:
    """Write the pages and the table of a class run again from the gradebook, with people's marks.

    Args:
        book: The gradebook.
        outcomes: Those of the run.
        output: Its folder.
        moment: When students see the pages.

    Returns:
        The gradebook's entries, and the outcomes by them.
    """
    entries = book.entries()
    for entry in entries:
        if (output / RESULTS / f"{entry.student.id}.json").exists() and entry.grade is not None:
            page = feedback_page(entry, book.assignment.title, book.policy, moment)
            write_whole(output / FEEDBACK / f"{entry.student.id}.html", page)
    known = with_entries(outcomes, entries)
    write_whole(output / TABLE, grades_table(known, book.assignment))
    return entries, known


def write_page(
    entry: BookEntry, submissions: ClassSubmissions, output: Path, moment: datetime
) -> None:
    """Write the feedback page of a student who has a grade."""
    page = feedback_page(entry, submissions.title, submissions.policy, moment)
    write_whole(output / FEEDBACK / f"{entry.student.id}.html", page)


def has_notebook(student: str, grade: Grade, output: Path) -> bool:
    """Whether the notebook of a graded submission is kept; true if it lacks a notebook."""
    handed_in = any(name.endswith(NOTEBOOK) for name in grade.submission.files)
    return not handed_in or notebook_file(student, output).exists()
