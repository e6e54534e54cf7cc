"""Where people's points are kept: the gradebook's own folder, and one folder for each marker.

Each is a course of nbgrader with a database, and a copy for marking of each student's notebook:

    nbgrader_config.py
    gradebook.db
    autograded/ID/m06-concepts/concepts.ipynb
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment
from autograder.errors import GradebookError
from autograder.files import make_folder, write_whole
from autograder.gradebook.book import Book
from autograder.gradebook.database import open_nbgrader
from autograder.gradebook.marking.copies import MarkingCopy, MarkingForm, OpenQuestion, read_copy
from autograder.gradebook.marks import TINY
from autograder.gradebook.people_points import COPIES, MARKERS
from autograder.text import counted, decimal_text, rounded

_MARKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True)
class GivenPoints:
    """What is known of one answer in one folder."""

    points: float | None
    """None while nobody has marked it."""
    comment: str
    by_person: bool
    """False for an answer that was left blank, which gets 0 points by itself."""
    is_stale: bool
    """Whether the answer changed since, and should be marked again."""


@dataclass(frozen=True)
class MarkingFolder:
    """A folder in which points for open answers are given.

    Args:
        path: The folder.
        assignment: The assignment's name in nbgrader.
        notebook: The notebook's name in nbgrader: its file's, without `.ipynb`.
    """

    path: Path
    assignment: str
    notebook: str

    @property
    def database(self) -> Path:
        """The file of nbgrader's database."""
        return self.path / "gradebook.db"

    def copy_of(self, student: str) -> MarkingCopy | None:
        """Read a student's copy; None if there is none."""
        try:
            return read_copy(self._file_of(student).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, GradebookError):
            return None

    def keep(self, form: MarkingForm, copies: Mapping[str, MarkingCopy]) -> list[str]:
        """Write copies, and a place for the points of each answer into the database.

        Points that people gave stay. If their answer has changed, they become stale.

        Args:
            form: The notebook that markers see.
            copies: By student id.

        Returns:
            The students whose copies are new or changed.

        Raises:
            GradebookError: The database cannot be used.
            AutograderError: A file cannot be written.
        """
        earlier = {student: self.copy_of(student) for student in copies}
        make_folder(self.path)
        # formgrader lists the assignments that have a folder here.
        make_folder(self.path / "source" / self.assignment)
        with open_nbgrader(self.database) as gradebook:
            self._prepare(gradebook, form.questions)
            submissions = self._submissions(gradebook)
            for student, copy in copies.items():
                if student not in submissions:
                    gradebook.update_or_create_student(student)
                    submissions[student] = gradebook.add_submission(self.assignment, student)
                self._update(submissions[student], copy, earlier[student])
            gradebook.db.commit()
        # The files come last. If this is killed before, the next run compares with the old ones
        # again, and no change is missed.
        for student, copy in copies.items():
            file, text = self._file_of(student), form.as_notebook(copy)
            if not file.is_file() or file.read_text(encoding="utf-8") != text:
                make_folder(file.parent)
                write_whole(file, text)
        return sorted(
            student
            for student, copy in copies.items()
            for before in [earlier[student]]
            if before is None or before.answers != copy.answers
        )

    def read_points(self) -> dict[tuple[str, str], GivenPoints]:
        """Read what is known of each answer, by student and cell.

        Raises:
            GradebookError: The database cannot be used, or has points that cannot be.
        """
        if not self.database.exists():
            return {}
        with open_nbgrader(self.database) as gradebook:
            impossible = [
                f"{student} {grade.name}: {decimal_text(grade.manual_score)} of"
                f" {counted(grade.max_score, 'point')}"
                for student, submission in self._submissions(gradebook).items()
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.manual_score is not None
                and not -TINY < grade.manual_score < grade.max_score + TINY
            ]
            if impossible:
                raise GradebookError(
                    "\n".join(
                        [f"{self.database}: marks cannot be: correct in formgrader:", *impossible]
                    )
                )
            return {
                (student, grade.name): _given(grade, comments.get(grade.name))
                for student, submission in self._submissions(gradebook).items()
                for notebook in submission.notebooks
                for comments in [{comment.name: comment for comment in notebook.comments}]
                for grade in notebook.grades
            }

    def write_points(self, given: Mapping[tuple[str, str], tuple[float, str | None]]) -> None:
        """Write points and comments as those of a person, all or none.

        Args:
            given: By student and cell; the comment that is there stays where the new one is None.

        Raises:
            GradebookError: The database cannot be used.
        """
        if not given:
            return
        students = {student for student, _ in given}
        with open_nbgrader(self.database) as gradebook:
            for student, submission in self._submissions(gradebook).items():
                for notebook in submission.notebooks if student in students else ():
                    comments = {comment.name: comment for comment in notebook.comments}
                    for grade in notebook.grades:
                        if (student, grade.name) not in given:
                            continue
                        points, comment = given[student, grade.name]
                        beyond = rounded(max(0.0, points - grade.max_score))
                        grade.manual_score = rounded(points - beyond)
                        grade.extra_credit = beyond or None
                        grade.needs_manual_grade = False
                        if comment is not None:
                            comments[grade.name].manual_comment = comment
            gradebook.db.commit()

    def _file_of(self, student: str) -> Path:
        return (self.path / COPIES / student / self.assignment / self.notebook).with_suffix(
            ".ipynb"
        )

    def _prepare(self, gradebook: Any, questions: Iterable[OpenQuestion]) -> None:
        """Make what a submission needs; it gets the cells that are there when it is made."""
        gradebook.update_or_create_assignment(self.assignment)
        gradebook.update_or_create_notebook(self.notebook, self.assignment)
        for question in questions:
            place = (question.cell, self.notebook, self.assignment)
            gradebook.update_or_create_grade_cell(
                *place, max_score=question.points, cell_type="markdown"
            )
            gradebook.update_or_create_solution_cell(*place)  # comments hang on it

    def _submissions(self, gradebook: Any) -> dict[str, Any]:
        if not any(known.name == self.assignment for known in gradebook.assignments):
            return {}
        found = gradebook.find_assignment(self.assignment).submissions
        return {submission.student_id: submission for submission in found}

    @staticmethod
    def _update(submission: Any, copy: MarkingCopy, earlier: MarkingCopy | None) -> None:
        for notebook in submission.notebooks:
            comments = {comment.name: comment for comment in notebook.comments}
            for grade in notebook.grades:
                name = grade.name
                if name not in copy.answers:
                    continue
                blank = copy.is_blank(name)
                grade.auto_score = 0.0 if blank else None
                comments[name].auto_comment = "No response." if blank else None
                if grade.manual_score is None:
                    grade.needs_manual_grade = not blank
                elif earlier and earlier.answers.get(name) != copy.answers[name]:
                    grade.needs_manual_grade = True


def own_folder(book: Book) -> MarkingFolder:
    """Return the gradebook's own folder."""
    return MarkingFolder(
        book.folder, book.notebook_assignment, notebook_of(book.assignment).removesuffix(".ipynb")
    )


def folder_of_marker(book: Book, marker: str) -> MarkingFolder:
    """Return the folder of a marker, whose points are kept apart from the gradebook's.

    Raises:
        GradebookError: The name cannot be that of a folder.
    """
    if not _MARKER.fullmatch(marker):
        raise GradebookError(
            f"{marker!r} cannot be a marker's name: use letters, digits, - and _, 40 at most"
        )
    own = own_folder(book)
    return MarkingFolder(book.folder / MARKERS / marker, own.assignment, own.notebook)


def markers_of(book: Book) -> dict[str, MarkingFolder]:
    """Return the folders of all markers, by name in alphabetical order."""
    found = sorted((book.folder / MARKERS).glob("*/gradebook.db"))
    return {file.parent.name: folder_of_marker(book, file.parent.name) for file in found}


def notebook_of(assignment: Assignment) -> str:
    """Return the name of the file with the open answers.

    Raises:
        GradebookError: The assignment has none.
    """
    for name in assignment.files:
        if name.endswith(".ipynb"):
            return name
    raise GradebookError(f"{assignment.id} lacks a notebook, so no answer waits for a mark")


def _given(grade: Any, comment: Any) -> GivenPoints:
    by_person = grade.manual_score is not None
    score = grade.manual_score if by_person else grade.auto_score
    open_ = grade.needs_manual_grade and not by_person
    return GivenPoints(
        # Rounded, so that equal points are equal whatever they were added up from.
        points=None if open_ or score is None else rounded(score + (grade.extra_credit or 0.0)),
        comment=(comment.manual_comment or "").strip() if comment is not None else "",
        by_person=by_person,
        is_stale=by_person and bool(grade.needs_manual_grade),
    )
