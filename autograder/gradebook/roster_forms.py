"""The forms of rosters, which differ in their headers.

Sources:
    GitHub Classroom's `classroom_roster.csv`: `identifier,github_username,github_id,name`.
    Classroom 50's `roster.csv`: foundation50/classroom50,
        cli/gh-teacher/internal/configrepo/students_csv.go.
    Canvas: instructure/canvas-lms, lib/gradebook_exporter.rb.
    Plain: any table, with the names that Moodle gives its columns among those that are known.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GITHUB = ("login", "github", "github_login", "github_username", "github_user")
_FIRST = ("first_name", "firstname", "given_name")
_LAST = ("last_name", "lastname", "surname", "family_name")


@dataclass(frozen=True)
class Form:
    """One form: how it is recognised, which columns it must have, and what they hold."""

    name: str
    marks: tuple[frozenset[str], ...]
    """A header that has all columns of one of these is of this form."""
    needed: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    """The columns that may hold each field of a student; the first one that is there counts."""
    header: str
    """The usual header, for messages."""

    def columns(self, header: Sequence[str]) -> dict[str, int]:
        """Return the position of each field's column."""
        keys = [column_key(column) for column in header]
        found = {}
        for field, names in self.fields.items():
            for name in names:
                if name in keys:
                    found[field] = keys.index(name)
                    break
        return found


def column_key(title: str) -> str:
    """Normalise a column's title, so that spelling does not matter: `E-Mail ` is `e_mail`."""
    return re.sub(r"[\s_-]+", "_", title.strip().casefold())


GITHUB_CLASSROOM = Form(
    name="GitHub Classroom",
    marks=(
        frozenset({"identifier", "github_username"}),
        frozenset({"github_username", "github_id"}),
    ),
    needed=("identifier", "github_username"),
    fields={"identifier": ("identifier",), "login": ("github_username",), "name": ("name",)},
    header="identifier,github_username,github_id,name",
)

CLASSROOM_50 = Form(
    name="Classroom 50",
    marks=(
        frozenset({"username", "first_name", "last_name", "section"}),
        frozenset({"username", "github_id"}),
    ),
    needed=("username", "first_name", "last_name", "email", "section"),
    fields={
        "login": ("username",),
        "first_name": ("first_name",),
        "last_name": ("last_name",),
        "email": ("email",),
        "section": ("section",),
        "role": ("role",),
    },
    header="username,first_name,last_name,email,section,github_id,role",
)

CANVAS = Form(
    name="Canvas",
    marks=(
        frozenset({"student", "sis_login_id"}),
        frozenset({"student", "id", "section"}),
        frozenset({"lastname", "firstname", "sis_login_id"}),
    ),
    needed=("id", "section"),
    fields={
        "name": ("student",),
        "last_name": ("lastname",),
        "first_name": ("firstname",),
        "canvas_id": ("id",),
        "sis_user_id": ("sis_user_id",),
        "sis_login_id": ("sis_login_id",),
        "integration_id": ("integration_id",),
        "root_account": ("root_account",),
        "section": ("section",),
        "login": GITHUB,
    },
    header="Student,ID,SIS User ID,SIS Login ID,Section,...",
)

PLAIN = Form(
    name="plain",
    marks=(),
    needed=(),
    fields={
        "identifier": ("id", "student_id", "identifier", "sid"),
        "login": GITHUB,
        "username": ("username", "user_name"),
        "idnumber": ("idnumber", "id_number"),
        "email": ("email", "email_address", "e_mail", "mail"),
        "name": ("name", "full_name", "fullname", "student"),
        "first_name": _FIRST,
        "last_name": _LAST,
        "section": ("section", "sections", "group"),
        "canvas_id": ("canvas_id",),
        "sis_user_id": ("sis_user_id",),
        "sis_login_id": ("sis_login_id",),
        "integration_id": ("integration_id",),
        "root_account": ("root_account",),
    },
    header="id,login,name,email (one of id, login, username, email at least)",
)

FORMS = (GITHUB_CLASSROOM, CLASSROOM_50, CANVAS, PLAIN)

IDENTIFIERS = (
    "identifier",
    "username",
    "sis_login_id",
    "email",
    "idnumber",
    "sis_user_id",
    "canvas_id",
)
"""The fields that can identify a student without a login, in this order."""


def recognise(header: Sequence[str]) -> Form | None:
    """Return the form of a roster by its header; None if no column identifies a student."""
    keys = {column_key(column) for column in header}
    for form in FORMS:
        if any(mark <= keys for mark in form.marks):
            return form
    return PLAIN if PLAIN.columns(header).keys() & {"login", *IDENTIFIERS} else None
