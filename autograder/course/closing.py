"""Closes a course's assignment once the deadline is over: what follows from the grades of a class.

Each step writes whole files and can be repeated, so a run that was killed at any moment is simply
started again. It ends in the same state.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.assignment import Course
from autograder.course.class_outcomes import StudentOutcome
from autograder.course.class_pages import files_to_sync, write_from_book
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.results import NOTEBOOKS
from autograder.errors import ExportError
from autograder.feedback.content import Detail
from autograder.files import make_folder, write_whole
from autograder.gradebook.book import Book
from autograder.gradebook.entries import BookEntry
from autograder.gradebook.exports import FORMATS
from autograder.gradebook.exports.canvas import new_assignments_line
from autograder.gradebook.marking.copies import digest_of
from autograder.gradebook.marking.folders import own_folder
from autograder.gradebook.marking.preparing import prepare
from autograder.gradebook.marks import cell_name
from autograder.gradebook.notes import written
from autograder.gradebook.people_points import COPIES
from autograder.gradebook.standing import StandingStatus
from autograder.policy import Policy
from autograder.text import counted

EXPORTS = "exports"
CANVAS = "canvas"
MOST_NAMED = 3
"""Students who are named in a line."""
_SHOWN = {
    Detail.SCORE: "only the points of each checkpoint",
    Detail.TITLES: "which tests gave points but not why others did not",
    Detail.EXPLAINED: "everything but cases to rehearse",
    Detail.FULL: "everything",
}


@dataclass(frozen=True)
class ClosedBook:
    """The gradebook of a class after its grades were written into it."""

    entries: tuple[BookEntry, ...]
    outcomes: tuple[StudentOutcome, ...]
    """Those of the run, with people's marks in them."""
    problems: tuple[str, ...]
    """A line for each result that could not be taken."""
    warnings: tuple[str, ...]
    """A line for each thing that a person should check, and that leaves nothing to do if right."""
    exports: Mapping[str, str]
    """For each format, why it was not written; empty if it was."""


def close_book(
    book: Book,
    course: Course,
    submissions: ClassSubmissions,
    outcomes: Sequence[StudentOutcome],
    output: Path,
    moment: datetime,
) -> ClosedBook:
    """Write a class's grades into the gradebook, then its feedback pages, table and exports.

    Args:
        book: The gradebook; its folder exists.
        course: Where the notebook and its solution are.
        submissions: What was graded.
        outcomes: What was done about each student.
        output: The folder of the class run.
        moment: When students see the pages.

    Raises:
        AutograderError: Something cannot be written.
    """
    if submissions.handins:
        book.note_handins(submissions.handins)
    _renew_copies(book, course, output)
    synced = book.sync(files_to_sync(submissions, output))
    entries, known = write_from_book(book, outcomes, output, moment)
    exports = _export(book, entries, output / EXPORTS)
    warnings = [*synced.warnings]
    if not exports[CANVAS]:
        standings = [entry.standing for entry in entries]
        line = new_assignments_line(book.assignment.title, standings)
        warnings += [f"{EXPORTS}/{CANVAS}.csv: {line}"] if line else []
    return ClosedBook(entries, tuple(known), synced.problems, tuple(warnings), exports)


def _renew_copies(book: Book, course: Course, output: Path) -> None:
    """Show markers the notebooks that were graded, if marking has begun with other ones.

    So only the answers that really changed have to be marked again.
    """
    if not (book.folder / COPIES).is_dir():
        return
    own = own_folder(book)
    notebooks = []
    for file in sorted((output / NOTEBOOKS).glob("*.ipynb")):
        copy, content = own.copy_of(file.stem), file.read_bytes()
        if copy is not None and copy.notebook_digest != digest_of(content):
            notebooks.append((file.stem, content))
    if notebooks:
        prepare(book, course, notebooks)


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
    closed: ClosedBook,
    submissions: ClassSubmissions,
    output: Path,
    course_file: Path,
    policy: Policy,
    moment: datetime,
) -> Iterator[str]:
    """Say what people have to do before the grades are final, a line each."""
    to_mark = [entry for entry in closed.entries if entry.to_mark]
    if to_mark:
        answers = sum(len(entry.to_mark) for entry in to_mark)
        yield (
            f"{counted(answers, 'open answer')} of {counted(len(to_mark), 'student')} to mark:"
            f" autograder gradebook mark {output / NOTEBOOKS} --course {course_file}"
        )
    again = [
        f"{entry.student.id} {', '.join(map(cell_name, entry.to_mark_again))}"
        for entry in closed.entries
        if entry.to_mark_again
    ]
    if again:
        answers = sum(len(entry.to_mark_again) for entry in closed.entries)
        more = f" and {counted(len(again) - MOST_NAMED, 'more student')}"
        yield (
            f"{counted(answers, 'open answer')} to mark again, changed since:"
            f" {'; '.join(again[:MOST_NAMED])}{more if len(again) > MOST_NAMED else ''}"
        )
    failed = [
        entry.student.id
        for entry in closed.entries
        if entry.standing.status is StandingStatus.UNDECIDED and not entry.to_mark
    ]
    if failed:
        yield f"{counted(len(failed), 'student')} with open points: grade again ({failed[0]})"
    yield from _open_deadlines(closed, policy, moment)
    if submissions.unseen:
        yield f"{counted(len(submissions.unseen), 'student')} could not be looked up: run it again"


def _open_deadlines(closed: ClosedBook, policy: Policy, moment: datetime) -> Iterator[str]:
    """Say for how many students the deadline is still open, and what their pages show."""
    deadlines = [
        until
        for entry in closed.entries
        for until in [policy.in_time_until(entry.student)]
        if until is not None and until >= moment and not entry.standing.excused
    ]
    if deadlines:
        ends = (min(deadlines), max(deadlines))
        first, last = (written(until, policy.timezone) for until in ends)
        withheld = policy.closed_answers == "after_deadline"
        closed_answers = ", without verdicts on closed answers" if withheld else ""
        yield (
            f"the deadline ({first if first == last else f'{first} to {last}'}) is still open for"
            f" {counted(len(deadlines), 'student')}, whose pages show"
            f" {_SHOWN[policy.detail_at(moment)]}{closed_answers}: close again after it"
        )


def note_on_stage(policy: Policy, moment: datetime) -> Iterator[str]:
    """Say how much the pages show, if that is not all that they will show."""
    detail = policy.detail_at(moment)
    later = [
        stage.begins
        for stage in policy.feedback
        if stage.begins is not None and stage.begins > moment and stage.shown.rank > detail.rank
    ]
    if later:
        yield (
            f"pages show {_SHOWN[detail]}; they may show more from"
            f" {written(later[0], policy.timezone)} on: close again then"
        )
