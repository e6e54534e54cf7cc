"""A student, with the identifiers of all systems, and the id that is used here."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from autograder.gradebook.keys import Key, KeyKind

LONGEST_ID = 100
_ID = r"[A-Za-z0-9](?:\.?[A-Za-z0-9_@-])*"

StudentId = Annotated[str, Field(pattern=rf"^{_ID}$", max_length=LONGEST_ID)]
"""Safe as the name of a file and of a folder: no slash, no `..`, no dot or dash in front."""

_NEVER = re.compile(r"\.\.|[/\\]|^[.-]")
_LOGIN = re.compile(r"(?=.{1,39}\Z)[A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9]+)?")
_READABLE = 60

_KINDS = {
    "login": (KeyKind.LOGIN,),
    "github_id": (KeyKind.GITHUB_ID,),
    "email": (KeyKind.EMAIL,),
    "username": (KeyKind.USERNAME, KeyKind.SIS_ID),
    "idnumber": (KeyKind.ID_NUMBER, KeyKind.SIS_ID),
    "moodle_participant": (KeyKind.MOODLE_PARTICIPANT,),
    "canvas_id": (KeyKind.CANVAS_ID,),
    "sis_user_id": (KeyKind.SIS_ID, KeyKind.ID_NUMBER),
    "sis_login_id": (KeyKind.SIS_ID, KeyKind.USERNAME),
    "identifier": (KeyKind.USERNAME, KeyKind.ID_NUMBER, KeyKind.SIS_ID),
    "earlier_id": (KeyKind.EARLIER_ID,),
}
"""The kinds of key that each field is.

The institution gives usernames, ID numbers and SIS ids, and what one system calls its ID number may
be the SIS id of the next. An instructor may choose any of them as the identifier.
"""


class Student(BaseModel):
    """One student; what the roster does not say is empty.

    Texts are as they were in the roster, since other systems match by them. Escape them before you
    show them to a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: StudentId
    """The name of the student's results: the GitHub login in lower case, else the identifier."""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    login: str | None = None
    """On GitHub, spelled as in the roster; GitHub ignores case."""
    github_id: str = ""
    """The number of the GitHub account."""
    section: str = ""
    earlier_id: str = ""
    """The id under which the gradebook may still have results and marks."""
    identifier: str = ""
    """The roster's own: GitHub Classroom's `identifier`, Gradescope's SID, a plain file's `id`."""
    username: str = ""
    """In Moodle, Brightspace, Blackboard or ILIAS."""
    idnumber: str = ""
    """Moodle's ID number, Brightspace's OrgDefinedId, Blackboard's Student ID."""
    moodle_participant: str = ""
    """The number in Moodle's grading worksheet, and in the names of its downloads."""
    canvas_id: str = ""
    sis_user_id: str = ""
    sis_login_id: str = ""
    integration_id: str = ""
    root_account: str = ""
    canvas_header: tuple[str, ...] = ()
    """All columns of the Canvas export that the student was read from."""

    @property
    def full_name(self) -> str:
        """The name to show: the full name of the roster, else first and last name."""
        return self.name or f"{self.first_name} {self.last_name}".strip()

    @cached_property
    def keys(self) -> frozenset[Key]:
        """Return everything that can name the student's hand-in; see `KeyKind`.

        Names come in both orders, as some systems show the last name first.
        """
        first, last = self.parted_name
        names = [self.name, f"{first} {last}", f"{last} {first}"]
        if first and last:
            names.append(f"{last}, {first}")
        of_names = (Key.of(KeyKind.NAME, name) for name in names)
        return frozenset(key for key in (*self._keys_of(*_KINDS), *of_names) if key.value)

    @property
    def keys_of_systems(self) -> frozenset[Key]:
        """The keys that systems gave: no names, and no id or login, which may be of any system."""
        given = (field for field in _KINDS if field not in ("identifier", "login"))
        return frozenset(self._keys_of(*given))

    def _keys_of(self, *fields: str) -> Iterator[Key]:
        for field in fields:
            if text := getattr(self, field):
                for kind in (*_KINDS[field], *((KeyKind.EMAIL,) if "@" in text else ())):
                    yield Key.of(kind, text)

    @property
    def known_names(self) -> dict[str, str]:
        """First name, last name and e-mail address, as far as they are known."""
        first, last = self.parted_name
        names = {"first_name": first, "last_name": last, "email": self.email}
        return {key: value for key, value in names.items() if value}

    @property
    def parted_name(self) -> tuple[str, str]:
        """First and last name; a full name is split at its comma, or else at its last blank.

        So `Ada Maria Lovelace` has the last name `Lovelace`; a last name of several words needs the
        comma.
        """
        if self.first_name or self.last_name:
            return self.first_name, self.last_name
        last, comma, first = self.name.partition(",")
        if comma:
            return first.strip(), last.strip()
        first, _, last = self.name.rpartition(" ")
        return first.strip(), last.strip()


def is_login(text: str) -> bool:
    """Whether GitHub could have a user of that name.

    Letters, digits and hyphens, 39 at most; a managed user's ends in an underscore and the short
    code of the enterprise (GitHub's documentation, "Username considerations for external
    authentication"). Old accounts may have hyphens that a new one may not.
    """
    return bool(_LOGIN.fullmatch(text))


def student_id(identifier: str) -> str:
    """Turn a roster's identifier into an id that is safe as the name of a file or folder.

    A safe identifier stays as it is. A name or anything with blanks, commas or letters beyond ASCII
    becomes readable ASCII and eight hexadecimal digits of its SHA-256, so that two that look alike
    stay two: `Müller, Jörg` becomes `Muller-Jorg-` and the digits.

    Raises:
        ValueError: It looks like a path, or is too long; the message says what to do.
    """
    if _NEVER.search(identifier):
        raise ValueError("must not hold a slash or '..', nor begin with a dot or a dash")
    if len(identifier) > LONGEST_ID:
        raise ValueError(f"is longer than {LONGEST_ID} characters: take a shorter one")
    if re.fullmatch(_ID, identifier):
        return identifier
    plain = unicodedata.normalize("NFKD", identifier).encode("ascii", "ignore").decode()
    readable = "-".join(re.findall(r"[A-Za-z0-9]+", plain))[:_READABLE]
    digest = hashlib.sha256(unicodedata.normalize("NFC", identifier).encode()).hexdigest()[:8]
    return f"{readable or 'student'}-{digest}"
