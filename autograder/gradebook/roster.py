"""Reads and checks rosters of several forms.

All mistakes in a file are reported together. Each has a line that names the line of the file and
what to do, so that the file needs to be fixed only once.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from autograder.errors import RosterError
from autograder.gradebook.roster_forms import (
    CANVAS,
    CLASSROOM_50,
    FORMS,
    IDENTIFIERS,
    Form,
    column_key,
    recognise,
)
from autograder.gradebook.student import Student, is_login, student_id
from autograder.text import counted, inert

__all__ = ["MAX_ROSTER_BYTES", "Roster", "Student", "read_roster"]

MAX_ROSTER_BYTES = 5_000_000
_DELIMITERS = ",;\t"
_SHOWN = 60
_STAFF = frozenset({"teacher", "instructor", "ta"})
_ALONE = {
    "login": "login",
    "identifier": "identifier",
    "email": "e-mail address",
    "username": "username",
    "canvas_id": "Canvas ID",
}
"""Fields that no two students may share, and how a message calls them."""

_POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)

_Fields = dict[str, str]


class Roster(BaseModel):
    """The students of a class, in the order of their file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    students: tuple[Student, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, Student]:
        named = {student.login.casefold(): student for student in self.students if student.login}
        return named | {student.id.casefold(): student for student in self.students}

    def find(self, name: str) -> Student | None:
        """Find a student by id or login, in upper or lower case."""
        return self._by_name.get(name.casefold())


def read_roster(path: Path, known_logins: Collection[str] | None = None) -> Roster:
    """Read a roster: GitHub Classroom's, Classroom 50's, a Canvas export, or any plain table.

    The header says which form it is; the delimiter may be a comma, a semicolon or a tab. Staff, the
    test student and rows of Canvas that are not students are left out. Control characters become
    blanks; everything else stays as it is, since other systems match by it.

    Args:
        path: A CSV file in UTF-8, with or without a byte order mark.
        known_logins: The logins that exist, such as the owners of the repositories; any other login
            is a mistake. None if that is not known.

    Raises:
        RosterError: The file cannot be read, or has mistakes; a line for each.
    """
    text = _text(path)
    form, delimiter = _form(path, text)
    mistakes: list[str] = []
    records = iter(_records(text, delimiter, mistakes))
    first, header = next(records)
    mistakes += _wrong_columns(form, first, header)
    if mistakes:
        raise _error(path, mistakes)
    known = None if known_logins is None else {login.casefold() for login in known_logins}
    found = _RosterReader(form, header, known)
    for line, row in records:
        found.add(line, row)
    mistakes = sorted([*found.mistakes, *mistakes], key=_line)
    if mistakes:
        raise _error(path, mistakes)
    if not found.students:
        raise RosterError(f"{path} names no student: it has a header, but no rows below")
    return Roster(students=tuple(found.students))


class _RosterReader:
    """Collects the students and the mistakes of a roster, row by row."""

    def __init__(self, form: Form, header: Sequence[str], known: Collection[str] | None) -> None:
        self.students: list[Student] = []
        self.mistakes: list[str] = []
        self._form = form
        self._header = tuple(header)
        self._columns = form.columns(header)
        self._known = known
        self._lines: dict[tuple[str, str], int] = {}

    def add(self, line: int, row: Sequence[str]) -> None:
        """Read one row."""
        if len(row) != len(self._header):
            self._wrong(
                line,
                f"has {len(row)} fields, but the header has {len(self._header)}:"
                " put quotes around a text that holds the delimiter",
            )
            return
        fields = {field: self._cell(row[at]) for field, at in self._columns.items()}
        if self._form is CANVAS and _is_no_student(row, fields):
            return
        role = fields.pop("role", "").casefold()
        if role in _STAFF:
            return
        if role not in ("", "student"):
            self._wrong(line, f"the role {_shown(role)} is not known: student, ta or teacher")
        before = len(self.mistakes)
        fields["login"] = fields.get("login", "").strip(" ")
        self._check_login(line, fields["login"])
        self._check_alone(line, fields)
        identifier = self._identify(line, fields)
        if len(self.mistakes) > before or identifier is None:
            return
        other = self._lines.setdefault(("id", identifier.casefold()), line)
        if other != line:
            self._wrong(line, f"has the same id {_shown(identifier)} as line {other}: remove one")
            return
        self.students.append(self._student(identifier, fields))

    def _cell(self, cell: str) -> str:
        cell = "".join(
            " " if unicodedata.category(character) == "Cc" else character for character in cell
        )
        if self._form is CLASSROOM_50 and cell[:1] == "'" and cell[1:2] in set("=+-@"):
            cell = cell[1:]  # Classroom 50 escapes formulas in its own file
        # Canvas compares a name as it is, blanks at its ends included.
        return cell if self._form is CANVAS else cell.strip(" ")

    def _check_login(self, line: int, login: str) -> None:
        if not login:
            return
        if not is_login(login):
            self._wrong(
                line,
                f"{_shown(login)} cannot be a login on GitHub: write the name alone,"
                " without @ or an address",
            )
        elif self._known is not None and login.casefold() not in self._known:
            self._wrong(
                line,
                f"nobody with the login {_shown(login)} is known: correct it,"
                " or leave it empty until the student has a repository",
            )

    def _check_alone(self, line: int, fields: _Fields) -> None:
        for field, called in _ALONE.items():
            value = fields.get(field, "")
            other = self._lines.setdefault((field, value.casefold()), line) if value else line
            if other != line:
                self._wrong(
                    line, f"the {called} {_shown(value)} is in line {other} too: remove one"
                )

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
            self._wrong(line, f"the identifier {_shown(identifier)} {error}")
            return None

    def _student(self, identifier: str, fields: _Fields) -> Student:
        header = self._header if self._form is CANVAS else ()
        login = fields.get("login") or None
        known = {field: value for field, value in fields.items() if field != "login"}
        return Student(id=identifier, login=login, canvas_header=header, **known)

    def _wrong(self, line: int, what: str) -> None:
        self.mistakes.append(f"line {line}: {what}")


def _text(path: Path) -> str:
    """Read the file as text."""
    try:
        if path.is_dir():
            raise RosterError(f"{path} is a folder: give the roster's file")
        if path.exists() and not path.is_file():
            raise RosterError(f"{path} is not an ordinary file: give the roster's file")
        with path.open("rb") as file:
            content = file.read(MAX_ROSTER_BYTES + 1)
    except FileNotFoundError:
        raise RosterError(f"{path} does not exist: give the roster's file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RosterError(f"{path} cannot be read: {reason}") from None
    if len(content) > MAX_ROSTER_BYTES:
        raise RosterError(
            f"{path} is larger than {MAX_ROSTER_BYTES // 1_000_000} MB: that is not a roster"
        )
    how = "save it again as 'CSV UTF-8'"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RosterError(f"{path} is not in UTF-8, as line {line} shows: {how}") from None
    if "\0" in text:
        raise RosterError(f"{path} is not in UTF-8, as its zero bytes show: {how}")
    if not text.strip(" \t\r\n,;"):
        raise RosterError(f"{path} is empty: a roster has a header and a line for each student")
    return text


def _records(text: str, delimiter: str, mistakes: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, with its line; stop at quotes that do not match."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            mistakes.append(
                f"line {line}: its quotes do not match: close each, and double those inside a text;"
                " the lines below were not read"
            )
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _form(path: Path, text: str) -> tuple[Form, str]:
    """Find the form and the delimiter."""
    for delimiter in _DELIMITERS:
        mistakes: list[str] = []
        for line, header in _records(text, delimiter, mistakes):
            form = recognise(header)
            if form:
                return form, delimiter
            first = line
            break
        if mistakes:
            raise _error(path, mistakes)
    known = "\n".join(f"  {form.name}: {form.header}" for form in FORMS)
    raise _error(path, [f"line {first}: no column says who a student is; known are\n{known}"])


def _wrong_columns(form: Form, line: int, header: Sequence[str]) -> Iterator[str]:
    """Yield a line for each column that is missing, or there twice."""
    keys = [column_key(column) for column in header]
    for missing in form.needed:
        if missing not in keys:
            yield (
                f"line {line}: the column {missing!r} is missing; a roster of the form {form.name}"
                f" has {form.header}"
            )
    used = [keys[at] for at in form.columns(header).values()]
    for key in used:
        if keys.count(key) > 1:
            yield f"line {line}: the column {key!r} is there {keys.count(key)} times: remove one"


def _is_no_student(row: Sequence[str], fields: Mapping[str, str]) -> bool:
    """Whether a row of a Canvas export is not a student.

    Such rows hold the points possible, or which assignments are muted or posted by hand; and the
    test student is not a student either.
    """
    if "Points Possible" in row[0]:
        return True
    if all(_POSTING.fullmatch(cell) for cell in row):
        return True
    name = fields.get("name") or f"{fields.get('last_name')}, {fields.get('first_name')}"
    return name.casefold() in ("student, test", "test student")


def _error(path: Path, mistakes: Iterable[str]) -> RosterError:
    lines = list(mistakes)
    count = counted(len(lines), "mistake")
    return RosterError("\n".join([f"{path} has {count}, and nothing was read:", *lines]))


def _line(mistake: str) -> int:
    return int(mistake.split(":", 1)[0].removeprefix("line "))


def _shown(text: str) -> str:
    return f"'{inert(text, _SHOWN)}'"
