"""Takes over what a gradebook has on record under an id that a student had before.

An id changes with the roster: a new e-mail address or username, a renamed account on GitHub, an
export of another system. Two rows are of the same person if the new one names the old id in
`earlier_id`. So are two rows that have the same name, if the new one has the old id as another key,
or the same e-mail address. An id that is another person's now stops everything: that person would
get the marks.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import GradebookError
from autograder.files import locked_folder, make_folder
from autograder.gradebook.book import BACKUP, Book
from autograder.gradebook.database import back_up, open_nbgrader
from autograder.gradebook.handins import HANDINS_FILE, rename_in_handins
from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.people_points import COPIES, DATABASE, MARKERS
from autograder.gradebook.result_files import RESULTS, names_of_results
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.some_names import some_of
from autograder.text import counted


@dataclass(frozen=True)
class _Person:
    """Whom the database has under an id."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class TakenOver:
    """Which records under earlier ids were given to their students."""

    new_ids: Mapping[str, str]
    """By earlier id, the student whose records they are now."""
    lines: tuple[str, ...]
    """A line for each, and for each that could not be taken over."""


NOTHING_TAKEN_OVER = TakenOver({}, ())


def take_over_earlier_ids(book: Book) -> TakenOver:
    """Give students of the roster what is on record under their earlier ids.

    That is the result, marks, copies for marking, and the time of the hand-in. If it is killed, the
    next run continues.

    Args:
        book: The gradebook.

    Raises:
        GradebookError: The folder or a database cannot be used, or an id is another person's now.
        RosterError: The roster is wrong.
    """
    if not (book.database.exists() or names_of_results(book.folder / RESULTS)):
        return NOTHING_TAKEN_OVER
    roster = book.roster()
    people = _people(book)
    _refuse_other_people(people, roster)
    new_ids = dict(_renamed(people, roster))
    if not new_ids:
        return NOTHING_TAKEN_OVER
    taken: dict[str, str] = {}
    lines = []
    with locked_folder(book.folder, wait=True):
        back_up(book.database, book.folder / BACKUP)
        for earlier, student in new_ids.items():
            folders = [book.folder, *(book.folder / MARKERS).glob("*/")]
            databases = [folder / DATABASE for folder in folders if (folder / DATABASE).exists()]
            if any(_both_marked(database, earlier, student) for database in databases):
                lines.append(
                    f"{student}: people marked answers under this id and under the earlier"
                    f" {earlier!r}, so nothing was taken over: the marks under {student!r} count"
                )
                continue
            for database in databases:
                _move_marks(database, earlier, student)
            _move_result(book.folder / RESULTS, earlier, student)
            rename_in_handins(book.folder / HANDINS_FILE, roster, earlier, student)
            taken[earlier] = student
            lines.append(f"{student}: results and marks under the earlier id {earlier!r} count now")
    return TakenOver(taken, tuple(lines))


def _people(book: Book) -> tuple[_Person, ...]:
    """Return who is on record."""
    people = {name: _Person(name) for name in names_of_results(book.folder / RESULTS)}
    if book.database.exists():
        with open_nbgrader(book.database) as gradebook:
            people |= {
                student.id: _Person(
                    student.id,
                    f"{student.first_name or ''} {student.last_name or ''}".strip(),
                    student.email or "",
                )
                for student in gradebook.students
            }
    return tuple(people.values())


def _refuse_other_people(people: Iterable[_Person], roster: Roster) -> None:
    """Raise an error if an id on record is another person's in the roster."""
    students = {student.id: student for student in roster.students}
    others = [
        f"{person.id!r} was {person.name} and is now {student.full_name}"
        for person in people
        if (student := students.get(person.id)) is not None
        and person.id != student.earlier_id
        and _may_differ(person, student)
        and not _has_address(person, student)
    ]
    if others:
        raise GradebookError(
            f"{counted(len(others), 'id')} of the roster had another person's name before:"
            f" {some_of(others)}: the student who has the id now would get the other's results and"
            " marks. Give new students ids that nobody had; if it is the same person, write the id"
            " into the column `earlier_id`, too"
        )


def _renamed(people: Iterable[_Person], roster: Roster) -> Iterator[tuple[str, str]]:
    """Yield each id on record that is not in the roster, and the student whose it was."""
    ids = {student.id for student in roster.students}
    for person in people:
        if person.id in ids:
            continue
        with_address = (student for student in roster.students if _has_address(person, student))
        student = roster.find(person.id) or next(with_address, None)
        if student is not None and _is_same(person, student):
            yield person.id, student.id


def _is_same(person: _Person, student: Student) -> bool:
    """Return whether a student of the roster, who has a key of a person, is that person."""
    if Key.of(KeyKind.EARLIER_ID, person.id) in student.keys:
        return True
    if "@" in person.id or Key.of(KeyKind.LOGIN, person.id) in student.keys:
        return not _may_differ(person, student)
    if _has_address(person, student):
        return not _may_differ(person, student)
    return Key.of(KeyKind.NAME, person.name) in student.keys


def _has_address(person: _Person, student: Student) -> bool:
    return "@" in person.email and Key.of(KeyKind.EMAIL, person.email) in student.keys


def _may_differ(person: _Person, student: Student) -> bool:
    """Return whether both names are known, and share no word: people correct and change names."""
    names = [set(comparable(name).split()) for name in (person.name, student.full_name)]
    return all(names) and names[0].isdisjoint(names[1])


def _submissions(gradebook: Any, student: str) -> dict[str, Any]:
    """Return a student's submissions by the names of their assignments."""
    from nbgrader.api import MissingEntry

    with suppress(MissingEntry):
        found = gradebook.find_student(student).submissions
        return {submission.assignment.name: submission for submission in found}
    return {}


def _is_marked(submission: Any) -> bool:
    """Whether a person gave points or wrote a comment."""
    return any(
        grade.manual_score is not None or grade.extra_credit
        for notebook in submission.notebooks
        for grade in notebook.grades
    ) or any(
        comment.manual_comment for notebook in submission.notebooks for comment in notebook.comments
    )


def _both_marked(database: Path, earlier: str, student: str) -> bool:
    with open_nbgrader(database) as gradebook:
        return all(
            any(map(_is_marked, _submissions(gradebook, name).values()))
            for name in (earlier, student)
        )


def _move_marks(database: Path, earlier: str, student: str) -> None:
    """Give a student the submissions of an earlier id, with the copies that markers saw.

    Where both have one, the marked one stays, or else the student's own. The copies come first: as
    long as the database has the earlier id, a run that was killed does this again.
    """
    with open_nbgrader(database) as gradebook:
        own = _submissions(gradebook, student)
        for name, submission in _submissions(gradebook, earlier).items():
            if name in own and not _is_marked(submission):
                continue
            _move_copies(database.parent / COPIES, name, earlier, student)
            if name in own:
                gradebook.remove_submission(name, student)
            submission.student = gradebook.update_or_create_student(student)
            gradebook.db.commit()
        if any(known.id == earlier for known in gradebook.students):
            gradebook.remove_student(earlier)
    shutil.rmtree(database.parent / COPIES / earlier, ignore_errors=True)


def _move_copies(folder: Path, assignment: str, earlier: str, student: str) -> None:
    copies, target = folder / earlier / assignment, folder / student / assignment
    if not copies.is_dir():
        return
    make_folder(target.parent)
    try:
        if target.exists():
            shutil.rmtree(target)
        copies.rename(target)
    except OSError as error:
        raise GradebookError(f"{copies} cannot be moved: {error.strerror}") from None


def _move_result(folder: Path, earlier: str, student: str) -> None:
    """Give the result of an earlier id to the student, who keeps one that is there already."""
    file, target = folder / f"{earlier}.json", folder / f"{student}.json"
    try:
        if target.exists():
            file.unlink(missing_ok=True)
        elif file.exists():
            file.rename(target)
    except OSError as error:
        raise GradebookError(f"{file} cannot be moved: {error.strerror}") from None
