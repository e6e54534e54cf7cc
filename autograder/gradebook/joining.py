"""Joins two rosters of one class: the logins of GitHub and the identifiers of an LMS."""

from collections import Counter

from autograder.errors import RosterError
from autograder.gradebook.keys import Key, KeyKind
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.text import inert

_CANVAS_SAYS = ("name", "first_name", "last_name", "section")


def joined(roster: Roster, other: Roster) -> Roster:
    """Fill the gaps of a roster from another roster of the same students.

    Two students are the same if they share a key (see `Student.keys`); a name alone is not enough.
    Students of the first roster alone stay as they are; students of the other alone are left out.
    If both have a value, that of the first is kept, except for names and sections that Canvas has
    exported, since Canvas matches by them. The id of a student with a login is that.

    Args:
        roster: Says who is in the class, and in which order.
        other: The roster that fills its gaps.

    Raises:
        RosterError: A student matches several others, or several match one; a line for each.
    """
    named: dict[Key, set[int]] = {}
    for at, student in enumerate(other.students):
        for key in _identifying(student):
            named.setdefault(key, set()).add(at)
    found = [
        set[int]().union(*(named.get(key, ()) for key in _identifying(student)))
        for student in roster.students
    ]
    taken = Counter(at for several in found for at in several)
    students, mistakes = [], []
    for student, several in zip(roster.students, found, strict=True):
        if len(several) > 1 or any(taken[at] > 1 for at in several):
            others = ", ".join(_shown(other.students[at]) for at in sorted(several))
            mistakes.append(f"{_shown(student)} may be {others}: correct what they share")
        students.append(_filled(student, other.students[min(several)]) if several else student)
    ids = Counter(student.id.casefold() for student in students)
    twice = [student for student in students if ids[student.id.casefold()] > 1]
    if not mistakes:
        mistakes = [
            f"{_shown(student)} has the same id as another student: remove one" for student in twice
        ]
    if mistakes:
        raise RosterError("\n".join(["the two rosters cannot be joined:", *mistakes]))
    return Roster(students=tuple(students))


def _identifying(student: Student) -> set[Key]:
    return {key for key in student.keys if key.kind is not KeyKind.NAME}


def _filled(student: Student, other: Student) -> Student:
    mine, theirs = student.model_dump(), other.model_dump()
    filled = {field: value or theirs[field] for field, value in mine.items()}
    if other.canvas_header and not student.canvas_header:
        filled |= {field: theirs[field] for field in _CANVAS_SAYS}
    if filled["login"]:
        filled["id"] = filled["login"].lower()
    return Student(**filled)


def _shown(student: Student) -> str:
    name = inert(student.full_name, 60)
    return f"{student.id} ({name})" if name else student.id
