"""Reads the rows of a roster: who is a student, under which id, and what is wrong with a row."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from autograder.gradebook.roster.column_titles import (
    PARTICIPANTS,
    column_keys,
)
from autograder.gradebook.roster.forms import BRIGHTSPACE, CANVAS, CLASSROOM_50, IDENTIFIERS, Form
from autograder.gradebook.roster.roles import is_both, is_known, is_staff, is_student
from autograder.gradebook.student import Student, is_login, student_id
from autograder.text import inert

_SHOWN = 60
_ALONE = {
    "login": "login",
    "github_id": "github_id",
    "identifier": "identifier",
    "email": "e-mail address",
    "username": "username",
    "canvas_id": "Canvas ID",
    "moodle_participant": "Moodle participant",
    "earlier_id": "earlier id",
}
"""Fields that no two students may share, and how a message calls them."""

_POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
PARTICIPANT = re.compile(rf"(?:{'|'.join(map(re.escape, PARTICIPANTS))})\s*([0-9]+)", re.IGNORECASE)
"""`Participant 657717`, as Moodle's grading worksheet has it."""
_NUMBER_AT_END = re.compile(r"[^0-9]*([0-9]+)")
# Blackboard makes a user for each member of staff who looks at a course as a student does.
PREVIEW = "_previewuser"
_TEST_STUDENT = ("student, test", "test student")

_Fields = dict[str, str]


class RosterReader:
    """Collects the students and the mistakes of a roster, row by row.

    Args:
        form: The roster's form.
        header: Its titles.
        known: The logins that exist, in lower case; None if that is not known.
    """

    def __init__(self, form: Form, header: Sequence[str], known: Collection[str] | None) -> None:
        self.students: list[Student] = []
        self.mistakes: list[str] = []
        """A line for each, which begins with `line N: `."""
        self.left_out = 0
        """Rows of staff, of test users, and of what is not a person."""
        self.test_users: list[Student] = []
        """Users that a system makes for a look at the course; their ids are of no use."""
        self.staff: list[Student] = []
        """Who teaches; their ids are of no use."""
        self.with_both_roles: list[str] = []
        """Students who are staff as well: their names or ids."""
        self.unknown_roles: dict[str, list[str]] = {}
        """Students whose role nobody knows, by what the role says."""
        self._form = form
        self._header = tuple(header)
        self._columns = form.columns(column_keys(header))
        self._known = known
        self._lines: dict[tuple[str, str], int] = {}

    def add(self, line: int, row: Sequence[str]) -> None:
        """Read one row."""
        width = len(self._header)
        if len(row) < width:
            self._wrong(
                line, f"has {len(row)} of {width} fields: add what is missing, or remove the line"
            )
            return
        if any(cell.strip() for cell in row[width:]):
            self._wrong(
                line,
                f"has {len(row)} fields, but the header has {width}:"
                " put quotes around a text that holds the delimiter",
            )
            return
        fields = {field: self._cell(field, row[at]) for field, at in self._columns.items()}
        role = fields.pop("role", "")
        if is_staff(role) or self._is_nobody(row, fields):
            self.left_out += 1
            if self._is_test_user(fields):
                self.test_users.append(self._student(f"test-user-{line}", fields))
            elif is_staff(role):
                self.staff.append(self._student(f"staff-{line}", fields))
            return
        if role and self._form.roles_are_closed and not is_student(role):
            self._wrong(line, f"the role {shown(role)} is not known: student, ta or teacher")
        before = len(self.mistakes)
        self._settle_participant(fields)
        fields["login"] = fields.get("login", "").strip(" ")
        self._check_login(line, fields["login"])
        self._check_github_id(line, fields)
        self._settle_earlier_id(line, fields)
        self._check_alone(line, fields)
        identifier = self._identify(line, fields)
        if len(self.mistakes) > before or identifier is None:
            return
        other = self._lines.setdefault(("id", identifier.casefold()), line)
        if other != line:
            self._wrong(line, f"has the same id {shown(identifier)} as line {other}: remove one")
            return
        student = self._student(identifier, fields)
        self.students.append(student)
        if is_both(role):
            self.with_both_roles.append(student.full_name or student.id)
        if not is_known(role):
            self.unknown_roles.setdefault(role, []).append(student.full_name or student.id)

    def _cell(self, field: str, cell: str) -> str:
        cell = "".join(
            " " if unicodedata.category(character) == "Cc" else character for character in cell
        )
        if self._form is CLASSROOM_50 and cell[:1] == "'" and cell[1:2] in set("=+-@"):
            cell = cell[1:]  # Classroom 50 escapes formulas in its own file
        if self._form is BRIGHTSPACE and field in ("idnumber", "username"):
            cell = cell.strip(" ").removeprefix("#")  # keeps Excel from removing zeros in front
        # Canvas compares a name as it is, blanks at its ends included.
        return cell if self._form is CANVAS else cell.strip(" ")

    def _is_nobody(self, row: Sequence[str], fields: _Fields) -> bool:
        return self._is_test_user(fields) or (self._form is CANVAS and _is_no_person(row))

    def _is_test_user(self, fields: _Fields) -> bool:
        """Whether a row is of Canvas's test student, or of a user for Blackboard's preview."""
        name = fields.get("name") or f"{fields.get('last_name')}, {fields.get('first_name')}"
        is_canvas_s = self._form is CANVAS and name.casefold() in _TEST_STUDENT
        return is_canvas_s or fields.get("username", "").casefold().endswith(PREVIEW)

    @staticmethod
    def _settle_participant(fields: _Fields) -> None:
        """Keep of `Participant 657717` the number, and not as the identifier of a person."""
        participant = PARTICIPANT.fullmatch(fields.get("identifier", ""))
        if participant:
            fields["identifier"] = ""
        else:
            participant = _NUMBER_AT_END.fullmatch(fields.get("moodle_participant", ""))
        fields["moodle_participant"] = participant[1] if participant else ""

    def _check_github_id(self, line: int, fields: _Fields) -> None:
        number = fields.get("github_id", "")
        if number and not re.fullmatch(r"[0-9]{1,19}", number):
            self._wrong(
                line, f"the github_id {shown(number)} is not a number: correct it, or empty it"
            )
        elif number.strip("0") == "":
            fields["github_id"] = ""  # Classroom 50 writes 0 for an account that it has not seen

    def _settle_earlier_id(self, line: int, fields: _Fields) -> None:
        """Write an earlier id as it names the student's results."""
        if earlier := fields.get("earlier_id"):
            try:
                fields["earlier_id"] = student_id(earlier)
            except ValueError as error:
                self._wrong(line, f"the earlier id {shown(earlier)} {error}")

    def _check_login(self, line: int, login: str) -> None:
        if not login:
            return
        if not is_login(login):
            self._wrong(
                line,
                f"{shown(login)} cannot be a login on GitHub: write the name alone,"
                " without @ or an address",
            )
        elif self._known is not None and login.casefold() not in self._known:
            self._wrong(
                line,
                f"nobody with the login {shown(login)} is known: correct it,"
                " or leave it empty until the student has a repository",
            )

    def _check_alone(self, line: int, fields: _Fields) -> None:
        for field, called in _ALONE.items():
            value = fields.get(field, "")
            other = self._lines.setdefault((field, value.casefold()), line) if value else line
            if other != line:
                self._wrong(line, f"the {called} {shown(value)} is in line {other} too: remove one")

    def _identify(self, line: int, fields: _Fields) -> str | None:
        if login := fields.get("login"):
            return login.lower()
        identifier = next((fields[field] for field in IDENTIFIERS if fields.get(field)), None)
        if identifier is None:
            asked = [field for field in ("login", *IDENTIFIERS) if field in self._columns]
            names = " or ".join(repr(self._header[self._columns[field]].strip()) for field in asked)
            self._wrong(line, f"nothing says who this is: fill in {names}, or remove the line")
            return None
        try:
            return student_id(identifier)
        except ValueError as error:
            self._wrong(line, f"the identifier {shown(identifier)} {error}")
            return None

    def _student(self, identifier: str, fields: _Fields) -> Student:
        header = self._header if self._form is CANVAS else ()
        login = fields.get("login") or None
        known = {
            field: value
            for field, value in fields.items()
            if field in Student.model_fields and field != "login"
        }
        return Student(id=identifier, login=login, canvas_header=header, **known)

    def _wrong(self, line: int, what: str) -> None:
        self.mistakes.append(f"line {line}: {what}")


def _is_no_person(row: Sequence[str]) -> bool:
    """Whether a row of a Canvas export holds the points possible, or how assignments are posted."""
    return "Points Possible" in row[0] or all(_POSTING.fullmatch(cell) for cell in row)


def shown(text: str) -> str:
    """Write a text of the file for a message."""
    return f"'{inert(text, _SHOWN)}'"
