"""The forms of rosters: one for each file of each system, recognised by its header.

Sources:
    GitHub Classroom's `classroom_roster.csv`: `identifier,github_username,github_id,name`.
    Classroom 50's `roster.csv`: foundation50/classroom50,
        cli/gh-teacher/internal/configrepo/students_csv.go.
    Canvas: instructure/canvas-lms, lib/gradebook_exporter.rb.
    Moodle: moodle/moodle, mod/assign/gradingtable.php (grading worksheet),
        grade/export/lib.php (gradebook export), user/action_redir.php (participants).
    Brightspace: D2L's help, "Importing grades", and the University of Wisconsin's page 4330, for
        the `#` in front of ids and names.
    Blackboard: its help, "Work offline with grade data".
    ILIAS: ILIAS-eLearning/ILIAS, class.ilMemberExport.php and class.ilCSVWriter.php.
    Gradescope: `memberships.csv`, as it is quoted in public repositories.
    Google Classroom: its grades, likewise.
    Plain: any table with titles of `column_titles`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebook.roster import column_titles as titles
from autograder.gradebook.roster.column_titles import column_key, column_keys

_IN_ALL_FORMS = {"earlier_id": titles.EARLIER_ID}
"""Fields that no system exports: a person adds their columns."""


@dataclass(frozen=True)
class Form:
    """One form: how it is recognised, which columns it must have, and what they hold."""

    name: str
    marks: tuple[frozenset[str], ...]
    """A header that has all fields of one of these is of this form."""
    fields: Mapping[str, tuple[str, ...]]
    """The columns that may hold each field; the first one that is there counts.

    Most are fields of a student; others only tell the form, or hold the role.
    """
    header: str
    """The usual header, for messages."""
    needed: tuple[str, ...] = ()
    """Fields without which the file is not complete."""
    alone: frozenset[str] = frozenset()
    """A header of the login and none but these columns, spelled so, is of this form."""
    roles_are_closed: bool = False
    """Whether a role that is not known is a mistake; elsewhere, it is a student's."""

    def columns(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the position of each field's column.

        Args:
            keys: The titles, as `column_keys` writes them.
        """
        places = {key: at for at, key in reversed([*enumerate(keys)])}
        found = {
            field: next(places[name] for name in names if name in places)
            for field, names in {**self.fields, **_IN_ALL_FORMS}.items()
            if any(name in places for name in names)
        }
        parts = {"first_name", "last_name"}
        if "name" in found and keys[found["name"]] in titles.PART_OR_WHOLE:
            missing = (parts & self.fields.keys()) - found.keys()
            if len(missing) == 1:
                found[missing.pop()] = found.pop("name")
        return found

    def fits(self, keys: Sequence[str], header: Sequence[str]) -> bool:
        """Whether a header is of this form.

        Args:
            keys: The titles, as `column_keys` writes them.
            header: The titles as they are.
        """
        columns = self.columns(keys)
        if any(mark <= columns.keys() for mark in self.marks):
            return True
        return "login" in columns and self.alone.issuperset(header)


_NAMES = {
    "name": titles.FULL_NAME,
    "first_name": titles.FIRST_NAME,
    "last_name": titles.LAST_NAME,
}
_ANY = {
    "identifier": titles.IDENTIFIER,
    "login": titles.GITHUB_LOGIN,
    "github_id": titles.GITHUB_ID,
    "username": titles.USERNAME,
    "idnumber": titles.ID_NUMBER,
    "email": titles.EMAIL,
    **_NAMES,
    "section": titles.GROUP,
    "role": titles.ROLE,
    "canvas_id": ("canvas_id",),
    "sis_user_id": ("sis_user_id",),
    "sis_login_id": ("sis_login_id",),
    "integration_id": ("integration_id",),
    "root_account": ("root_account",),
}
_ANY_BUT_IDENTIFIER = {field: keys for field, keys in _ANY.items() if field != "identifier"}

GITHUB_CLASSROOM = Form(
    name="GitHub Classroom",
    marks=(frozenset({"identifier", "login"}), frozenset({"login", "github_id"})),
    needed=("identifier", "login"),
    fields={
        "identifier": ("identifier",),
        "login": ("github_username",),
        "github_id": titles.GITHUB_ID,
        "name": ("name",),
    },
    header="identifier,github_username,github_id,name",
)

CLASSROOM_50 = Form(
    name="Classroom 50",
    marks=(
        frozenset({"login", "first_name", "last_name", "section"}),
        frozenset({"login", "github_id"}),
    ),
    alone=frozenset(
        {
            *("username", "first_name", "last_name", "email", "section", "github_id", "role"),
            "earlier_id",
        }
    ),
    roles_are_closed=True,
    fields={
        "login": ("username",),
        "github_id": titles.GITHUB_ID,
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
        frozenset({"name", "sis_login_id"}),
        frozenset({"name", "canvas_id", "section"}),
        frozenset({"last_name", "first_name", "sis_login_id"}),
    ),
    needed=("canvas_id", "section"),
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
        "login": titles.GITHUB_LOGIN,
    },
    header="Student,ID,SIS User ID,SIS Login ID,Section,...",
)

MOODLE_WORKSHEET = Form(
    name="Moodle's grading worksheet",
    marks=(frozenset({"moodle_participant", "status", "changeable"}),),
    fields={
        **_ANY_BUT_IDENTIFIER,
        "moodle_participant": titles.RECORD_ID,
        "status": titles.STATUS,
        "changeable": titles.CHANGEABLE,
    },
    header='Identifier,"Full name","Email address",Status,Grade,...',
)

MOODLE = Form(
    name="Moodle",
    marks=(
        frozenset({"first_name", "last_name", "institution"}),
        frozenset({"first_name", "last_name", "idnumber", "email"}),
    ),
    fields={**_ANY, "institution": titles.INSTITUTION},
    header='"First name","Last name","ID number",Institution,Department,"Email address",...',
)

BRIGHTSPACE = Form(
    name="Brightspace",
    marks=(frozenset({"idnumber"}), frozenset({"username", "end_of_line"})),
    fields={
        **_NAMES,
        "idnumber": ("orgdefinedid", "org_defined_id"),
        "username": titles.USERNAME,
        "email": titles.EMAIL,
        "section": titles.GROUP,
        "role": titles.ROLE,
        "login": titles.GITHUB_LOGIN,
        "end_of_line": (column_key("End-of-Line Indicator"),),
    },
    header="OrgDefinedId,Username,Last Name,First Name,Email,...,End-of-Line Indicator",
)

BLACKBOARD = Form(
    name="Blackboard",
    marks=(
        frozenset({"username", "last_access"}),
        frozenset({"username", "availability"}),
        frozenset({"username", "idnumber", "first_name", "last_name"}),
    ),
    fields={
        **_ANY_BUT_IDENTIFIER,
        "idnumber": ("student_id",),
        "last_access": ("last_access",),
        "availability": ("availability",),
    },
    header='"Last Name","First Name","Username","Student ID","Last Access","Availability",...',
)

ILIAS = Form(
    name="ILIAS",
    marks=(frozenset({"username", "role"}),),
    fields={
        **_NAMES,
        "username": ("login", *titles.USERNAME),
        "idnumber": (column_key("Matriculation number"), "matrikelnummer"),
        "email": titles.EMAIL,
        "role": (column_key("Role/Status"), column_key("Rolle/Status")),
    },
    header="Role/Status;Login;First Name;Last Name;E-Mail;Matriculation number;...",
)

GRADESCOPE = Form(
    name="Gradescope",
    marks=(frozenset({"identifier", "email", "role"}),),
    roles_are_closed=True,
    fields={
        **_NAMES,
        "identifier": ("sid",),
        "sis_user_id": ("sid",),
        "email": titles.EMAIL,
        "section": titles.GROUP,
        "role": titles.ROLE,
        "login": titles.GITHUB_LOGIN,
    },
    header="First Name,Last Name,SID,Email,Role,Section",
)

GOOGLE_CLASSROOM = Form(
    name="Google Classroom",
    marks=(frozenset({"last_name", "first_name", "email"}),),
    fields=_ANY,
    header="Last Name,First Name,Email Address,...",
)

IDENTIFIERS = (
    "identifier",
    "username",
    "sis_login_id",
    "email",
    "idnumber",
    "sis_user_id",
    "canvas_id",
    "moodle_participant",
    "github_id",
)
"""The fields that can identify a student without a login, in this order."""

PLAIN = Form(
    name="plain",
    marks=tuple(frozenset({field}) for field in ("login", *IDENTIFIERS)),
    fields=_ANY,
    header="id,login,name,email (one of id, login, username, email at least)",
)

FORMS = (
    *(GITHUB_CLASSROOM, CLASSROOM_50, CANVAS, MOODLE_WORKSHEET, BRIGHTSPACE, ILIAS, BLACKBOARD),
    *(GRADESCOPE, MOODLE, GOOGLE_CLASSROOM, PLAIN),
)
"""The first one that fits is taken: those whose marks others have too come last."""


def recognise(header: Sequence[str]) -> Form | None:
    """Return the form of a roster by its header; None if no column identifies a student."""
    keys = column_keys(header)
    return next((form for form in FORMS if form.fits(keys, header)), None)
