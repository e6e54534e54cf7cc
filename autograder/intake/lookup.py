"""Looks up in a roster who may have handed something in."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.intake.hand_ins import HandIn, Submitter

_NOT_IN_FILE_NAMES = re.compile(r"[\x00-\x1f\x7f&<>\"`|':\\/]")
"""What Moodle takes out of names of files (lib/moodlelib.php, `clean_param`, PARAM_FILE)."""


@dataclass(frozen=True)
class Lookup:
    """A roster, as the hand-ins of one source are looked up in it; make it with `Lookup.of`."""

    roster: Roster
    by_key: Mapping[Key, list[Student]]
    staff_by_key: Mapping[Key, list[Student]]
    with_id: bool
    """Whether the source of the hand-ins states an id or login of the roster."""
    groups: Mapping[str, int]
    """How many hand-ins begin with each group's name and a hyphen."""

    @classmethod
    def of(cls, hand_ins: Iterable[HandIn], roster: Roster) -> Self:
        """Prepare a roster for the search."""
        submitters = [submitter for hand_in in hand_ins for submitter in hand_in.submitters]
        groups = Counter(
            group_of(submitter) for submitter in submitters if submitter.may_have_group
        )
        return cls(
            roster,
            _by_key(roster.students),
            _by_key(roster.staff),
            _ids_are_known(submitters, roster.students),
            groups,
        )

    def owners(self, submitter: Submitter) -> tuple[list[Student], bool]:
        """Return the students who may be meant, and whether only a name says so."""
        if submitter.may_be_id and (named := self.roster.find(submitter.name)) is not None:
            return [named], False
        keys = [key for key in submitter.keys if key.kind is not KeyKind.NAME]
        exact = self._with(keys) or self._with(map(_as_earlier_id, keys))
        return (exact, False) if exact else (self.namesakes(submitter), True)

    def namesakes(self, submitter: Submitter) -> list[Student]:
        """Return the students who have the submitter's name."""
        names = (key for key in submitter.keys if key.kind is KeyKind.NAME)
        return self._with(map(_as_in_file_name, names))

    def is_staff(self, submitter: Submitter) -> bool:
        """Whether somebody who teaches has a key or the name of the submitter."""
        return any(_as_in_file_name(key) in self.staff_by_key for key in submitter.keys)

    def behind_group(self, submitter: Submitter) -> list[Student]:
        """Return the students whose name follows a group's name and a hyphen."""
        _, hyphen, name = submitter.name.partition("-")
        if not (submitter.may_have_group and hyphen and name.strip()):
            return []
        return self._with([_as_in_file_name(Key.of(KeyKind.NAME, name))])

    def _with(self, keys: Iterable[Key]) -> list[Student]:
        found = (student for key in keys for student in self.by_key.get(key, ()))
        return list({student.id: student for student in found}.values())


def group_of(submitter: Submitter) -> str:
    """Return what is before the hyphen in a submitter's name; empty without a hyphen."""
    group, hyphen, _ = submitter.name.partition("-")
    return comparable(group) if hyphen else ""


def _by_key(people: Iterable[Student]) -> dict[Key, list[Student]]:
    found: dict[Key, list[Student]] = {}
    for person in people:
        for key in frozenset(map(_as_in_file_name, person.keys)):
            found.setdefault(key, []).append(person)
    return found


def _as_earlier_id(key: Key) -> Key:
    """Return what a key would be as the id that a student had before.

    Moodle has other numbers for each assignment, so they do not count as ids.
    """
    is_id = key.kind is not KeyKind.MOODLE_PARTICIPANT
    return Key(KeyKind.EARLIER_ID, key.value if is_id else "")


def _as_in_file_name(key: Key) -> Key:
    """Return a name's key as a system writes it into the name of a file; other keys as they are."""
    if key.kind is not KeyKind.NAME:
        return key
    return Key.of(key.kind, _NOT_IN_FILE_NAMES.sub("", key.value))


def _ids_are_known(submitters: Iterable[Submitter], students: Iterable[Student]) -> bool:
    """Whether a source knows the roster's ids or logins: it states that of at least one student."""
    ids = {
        comparable(text)
        for student in students
        for text in (student.identifier, student.login)
        if text
    }
    return any(key.value in ids for submitter in submitters for key in submitter.stated_keys)
