"""The keys that name a student in some system, in a form in which equal keys compare equal.

A student of the roster has keys (`Student.keys`), and so has whatever a student handed in: the
login of a repository, the number in the name of a folder, an e-mail address. Two of the same kind
and value are of the same student; a name is the exception, since two people may share it.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class KeyKind(StrEnum):
    """Where a key comes from, and so with which others it may be compared."""

    LOGIN = "login"
    """On GitHub."""
    GITHUB_ID = "github_id"
    """The number of a GitHub account, which stays when the account is renamed."""
    EMAIL = "email"
    USERNAME = "username"
    """In Moodle, Brightspace, Blackboard or ILIAS."""
    ID_NUMBER = "id_number"
    """Moodle's ID number, Brightspace's OrgDefinedId without `#`, Blackboard's Student ID, ILIAS's
    matriculation number."""
    MOODLE_PARTICIPANT = "moodle_participant"
    """The number of `Participant 657717`, in Moodle's grading worksheet and in its downloads."""
    CANVAS_ID = "canvas_id"
    """The `ID` of a Canvas export, and the first number in the names of its download."""
    SIS_ID = "sis_id"
    """An id of the student information system: Canvas's SIS ids, Gradescope's SID."""
    EARLIER_ID = "earlier_id"
    """The id that a student had here before."""
    NAME = "name"
    """The full name that a system shows. Two students may share it."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What names a student in one system; make it with `Key.of`."""

    kind: KeyKind
    value: str
    """As it is compared; empty if the text says nothing."""

    @classmethod
    def of(cls, kind: KeyKind, text: str) -> Self:
        """Return the key that a text is, without what people and systems spell differently.

        >>> Key.of(KeyKind.NAME, "Lovelace,  Ada") == Key.of(KeyKind.NAME, "ada lovelace")
        True
        """
        value = comparable(text)
        return cls(kind, _name(value) if kind is KeyKind.NAME else value)


def comparable(text: str) -> str:
    """Return a text without differences of case, Unicode form, and blanks.

    Case is folded on the decomposed text, so that the result is the same for every form of it
    (Unicode's canonical caseless match).

    >>> comparable("  MÜLLER  Jörg ") == comparable("mu\u0308ller jo\u0308rg")
    True
    """
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return " ".join(unicodedata.normalize("NFC", folded).split())


def _name(name: str) -> str:
    """Return a name as `first last`, without the blanks that Chinese or Korean names may have."""
    last, comma, first = name.partition(",")
    words = f"{first} {last}".split() if comma and first.strip() else name.split()
    joined = ""
    for word in words:
        both_wide = joined and _is_wide(joined[-1]) and _is_wide(word[0])
        joined += word if both_wide or not joined else f" {word}"
    return joined


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
