"""Closes a course's assignment once the deadline is over: what follows from the grades of a class.

Each step writes whole files and can be repeated, so a run that was killed at any moment is simply
started again. It ends in the same state.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.course.class_run import NOTEBOOKS, write_pages
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.results import RESULTS
from autograder.errors import AutograderError, ExportError
from autograder.files import make_folder, remove_leftovers, write_whole
from autograder.gradebook.book import Book
from autograder.gradebook.entries import BookEntry
from autograder.gradebook.exports import FORMATS
from autograder.gradebook.standing import StandingStatus
from autograder.text import counted

EXPORTS = "exports"
LOCK = ".lock"


@dataclass(frozen=True)
class ClosedBook:
    """The gradebook of a class after its grades were written into it."""

    entries: tuple[BookEntry, ...]
    problems: tuple[str, ...]
    """A line for each result that could not be taken."""
    exports: Mapping[str, str]
    """For each format, why it was not written; empty if it was."""


@contextmanager
def only_run_in(output: Path) -> Iterator[None]:
    """Hold an output folder for one run, and remove what killed runs left in it.

    Raises:
        AutograderError: Another run is writing there, or it cannot be made.
    """
    make_folder(output)
    try:
        descriptor = os.open(output / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise AutograderError(f"{output} cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AutograderError(f"{output}: another run is writing there") from None
        remove_leftovers(output)
        yield
    finally:
        os.close(descriptor)


def close_book(book: Book, submissions: ClassSubmissions, output: Path) -> ClosedBook:
    """Write a class's grades into the gradebook, then its feedback pages and exports.

    Args:
        book: The gradebook; its folder exists.
        submissions: What was graded.
        output: The folder of the class run.

    Raises:
        AutograderError: Something cannot be written.
    """
    if submissions.handins:
        book.note_handins(submissions.handins)
    results = [output / RESULTS / f"{work.student}.json" for work in submissions.handed_in]
    problems = book.sync([path for path in results if path.exists()]).problems
    write_pages(book, output)
    entries = book.entries()
    return ClosedBook(entries, problems, _export(book, entries, output / EXPORTS))


def _export(book: Book, entries: tuple[BookEntry, ...], folder: Path) -> dict[str, str]:
    """Write each export for which the roster has what it needs."""
    make_folder(folder)
    refused: dict[str, str] = {}
    for name, write in FORMATS.items():
        file = folder / f"{name}.csv"
        try:
            text = write(
                book.assignment.id, book.assignment.title, [entry.standing for entry in entries]
            )
        except ExportError as error:
            refused[name] = str(error).splitlines()[0]
            file.unlink(missing_ok=True)
        else:
            refused[name] = ""
            write_whole(file, text)
    return refused


def left_for_people(
    closed: ClosedBook, submissions: ClassSubmissions, output: Path
) -> Iterator[str]:
    """Say what people have to do before the grades are final, a line each."""
    to_mark = [entry for entry in closed.entries if entry.to_mark]
    if to_mark:
        answers = sum(len(entry.to_mark) for entry in to_mark)
        yield (
            f"{counted(answers, 'open answer')} of {counted(len(to_mark), 'student')} to mark:"
            f" autograder gradebook mark {output / NOTEBOOKS}"
        )
    failed = [
        entry.student.id
        for entry in closed.entries
        if entry.standing.status is StandingStatus.UNDECIDED and not entry.to_mark
    ]
    if failed:
        yield f"{counted(len(failed), 'student')} with open points: grade again ({failed[0]})"
    if submissions.unseen:
        yield f"{counted(len(submissions.unseen), 'student')} could not be looked up: run it again"
