"""Brings the points of several markers together in the gradebook."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Course
from autograder.errors import AutograderError, GradebookError
from autograder.files import write_whole
from autograder.gradebook.book import Book
from autograder.gradebook.marking.agreement import (
    AgreementState,
    ComparedAnswer,
    Marked,
    compare,
)
from autograder.gradebook.marking.differences_page import differences_page
from autograder.gradebook.marking.differences_table import (
    check_decisions,
    differences_table,
    read_decisions,
)
from autograder.gradebook.marking.folders import (
    MarkingFolder,
    markers_of,
    notebook_of,
    own_folder,
)
from autograder.gradebook.marking.preparing import marking_form
from autograder.gradebook.people_points import MARKERS
from autograder.gradebook.result_files import RESULTS
from autograder.grading.results import load_grade

TABLE, PAGE = "differences.csv", "differences.html"


@dataclass(frozen=True)
class Reconciled:
    """What a comparison of the markers came to."""

    answers: tuple[ComparedAnswer, ...]
    markers: tuple[str, ...]
    outdated: tuple[str, ...]
    """Students who were graded with another notebook than the one that markers see."""

    @property
    def counts(self) -> Mapping[AgreementState, int]:
        """How many answers are in each state."""
        return Counter(answer.state for answer in self.answers)

    @property
    def written(self) -> int:
        """How many answers got their points in the gradebook now."""
        return sum(answer.is_new for answer in self.answers)

    def left_to_mark(self, marker: str) -> list[ComparedAnswer]:
        """Return the answers that wait for a marker, those that changed since included."""
        return [
            answer
            for answer in self.answers
            if answer.state is AgreementState.WAITING and answer.by_marker[marker].points is None
        ]

    def changed_since(self, marker: str) -> list[ComparedAnswer]:
        """Return the answers that wait for a marker since they changed after being marked."""
        left = self.left_to_mark(marker)
        return [answer for answer in left if answer.by_marker[marker].is_stale]


def reconcile(book: Book, course: Course) -> Reconciled:
    """Put equal and agreed points into the gradebook, and write the page and table of differences.

    Repeating it changes nothing, unless somebody marked or decided something since.

    Raises:
        GradebookError: There are not two markers, the table has mistakes, or a database cannot be
            used; nothing is changed.
    """
    folders = markers_of(book)
    if len(folders) < 2:
        raise GradebookError(
            f"{book.folder / MARKERS} has {len(folders)} of the two markers that can be compared: "
            "let each mark with `gradebook mark SOURCE --marker NAME`"
        )
    own = own_folder(book)
    questions = marking_form(book, course).questions
    own_marked = _marked(own)
    markers = {name: _marked(folder) for name, folder in folders.items()}
    decisions = read_decisions(book.folder / TABLE)
    answers = compare(questions, own_marked, markers, decisions)
    check_decisions(book.folder / TABLE, decisions, answers)
    own.write_points(
        {
            answer.key: (answer.in_gradebook, answer.new_comment)
            for answer in answers
            if answer.is_new and answer.in_gradebook is not None
        }
    )
    listed = [
        answer
        for answer in answers
        if answer.state in (AgreementState.DIFFERENT, AgreementState.DECIDED)
        or (answer.note and answer.state is AgreementState.WAITING)
    ]
    write_whole(book.folder / TABLE, differences_table(listed, tuple(markers)))
    result = Reconciled(answers, tuple(markers), tuple(_outdated(book, own_marked)))
    write_whole(book.folder / PAGE, differences_page(book.assignment.title, listed, result.counts))
    return result


def _marked(folder: MarkingFolder) -> Marked:
    given = folder.read_points()
    copies = {student: folder.copy_of(student) for student in {student for student, _ in given}}
    return Marked(given, {student: copy for student, copy in copies.items() if copy is not None})


def _outdated(book: Book, own: Marked) -> list[str]:
    """List the students whose last grade is of another notebook than the copy for marking."""
    file = notebook_of(book.assignment)
    outdated = []
    for student, copy in sorted(own.copies.items()):
        graded = _notebook_digest(book.folder / RESULTS / f"{student}.json", file)
        if graded and copy.notebook_digest and graded != copy.notebook_digest:
            outdated.append(student)
    return outdated


def _notebook_digest(result: Path, file: str) -> str | None:
    try:
        return load_grade(result).submission.files.get(file)
    except AutograderError:
        return None
