"""Tells whether two descriptions of a person contradict each other, so that a name is not enough.

Two people may have one name. So a name does not make a hand-in a student's if the source says a
number, login or e-mail address of the submitter, and the roster has another one of the same kind.
What the roster does not have contradicts nothing. Its column `id` may hold whatever an instructor
knows students by, and `login` that of GitHub or of another system. So these two count only if they
name at least one submitter of the source.
"""

import re
import unicodedata
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


def contradiction(submitter: Submitter, student: Student, *, with_id: bool) -> str:
    """Say which key of a student is another than the submitter's; empty if none is.

    An example: `the roster's Anna Schmidt has the number 101, not 199`.

    Args:
        submitter: Who handed something in.
        student: Somebody with the same name.
        with_id: Whether the source knows the roster's ids; see `Lookup.with_id`.
    """
    known_keys = _keys(student, with_id=with_id)
    for kind, called in _CALLED.items():
        stated = _values(submitter.stated_keys, kind)
        known = _values(known_keys, kind)
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


def are_other_names(first: str, second: str) -> bool:
    """Whether two names are known and share no word; an initial counts as the word."""
    left, right = (_words(name) for name in (first, second))
    shared = any(a.startswith(b) or b.startswith(a) for a in left for b in right)
    return bool(left and right) and not shared


def looks_like_group(submitter: Submitter, student: Student) -> bool:
    """Return whether the source shows a name in which no part of the student's name is.

    Canvas puts the group's name before the number of the member who handed in for all.
    """
    label = _letters(submitter.label)
    words = re.split(r"[^\w]+", student.full_name)
    return bool(label and any(words)) and not any(
        _letters(word) and _letters(word) in label for word in words
    )


def _letters(text: str) -> str:
    """Return letters and digits without case and accents."""
    plain = unicodedata.normalize("NFKD", comparable(text))
    return "".join(character for character in plain if character.isalnum())


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", comparable(name))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word for word in re.split(r"\W+", letters) if word]


def _values(keys: Iterable[Key], kind: KeyKind) -> Set[str]:
    return {key.value for key in keys if key.kind is kind and key.value}


def _keys(student: Student, *, with_id: bool) -> Set[Key]:
    """Return a student's keys; those of the identifier only if it is a number, login or address."""
    identifier = comparable(student.identifier)
    names = {comparable(name) for name in (student.name, student.full_name)}
    others = student.keys_of_systems
    if "@" in identifier:
        return others | {key for key in student.keys if key.kind is KeyKind.EMAIL}
    return others if " " in identifier or identifier in names or not with_id else student.keys
