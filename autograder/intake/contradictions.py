"""Tells whether two descriptions of a person contradict each other, so that a name is not enough.

Two people may have one name. So a name does not make a hand-in a student's if the source says a
number, login or e-mail address of the submitter, and the roster has another one of the same kind.
What the roster does not have contradicts nothing.
"""

from collections.abc import Iterable, Set

from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.student import Student
from autograder.intake.hand_ins import Submitter

_CALLED = {
    KeyKind.MOODLE_PARTICIPANT: "number",
    KeyKind.CANVAS_ID: "number",
    KeyKind.ID_NUMBER: "number",
    KeyKind.SIS_ID: "number",
    KeyKind.USERNAME: "login",
    KeyKind.LOGIN: "login",
    KeyKind.EMAIL: "e-mail address",
}
"""How a message calls a key of each kind, those first that tell people apart best."""


def contradiction(submitter: Submitter, student: Student) -> str:
    """Say which key of a student is another than the submitter's; empty if none is.

    An example: `the roster's Anna Schmidt has the number 101, not 199`.
    """
    for kind, called in _CALLED.items():
        stated = _values(submitter.stated_keys, kind)
        known = _known(student, kind, stated)
        if stated and known and stated.isdisjoint(known):
            name = student.full_name or student.id
            has, not_this = (" or ".join(sorted(values)) for values in (known, stated))
            return f"the roster's {name} has the {called} {has}, not {not_this}"
    return ""


def are_different(first: Submitter, second: Submitter) -> bool:
    """Whether a source tells two submitters apart, though they may have one name."""
    if first.number and second.number and first.number != second.number:
        return True
    pairs = (
        (_values(first.stated_keys, kind), _values(second.stated_keys, kind)) for kind in _CALLED
    )
    return any(mine and theirs and mine.isdisjoint(theirs) for mine, theirs in pairs)


def _values(keys: Iterable[Key], kind: KeyKind) -> Set[str]:
    return {key.value for key in keys if key.kind is kind and key.value}


def _known(student: Student, kind: KeyKind, stated: Set[str]) -> Set[str]:
    """Return a student's keys of a kind, without an identifier that is something else.

    The column of the identifier may hold whatever an instructor knows students by. A name, or an
    e-mail address where the source has a number, says nothing about numbers and logins.
    """
    known = _values(student.keys, kind)
    identifier = comparable(student.identifier)
    names = {comparable(name) for name in (student.name, student.full_name)}
    is_address = "@" in identifier and not any("@" in value for value in stated)
    if kind is not KeyKind.EMAIL and (" " in identifier or identifier in names or is_address):
        return known - {identifier}
    return known
