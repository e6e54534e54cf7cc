"""Reads and checks rosters of several forms.

All mistakes in a file are reported together. Each has a line that names the line of the file and
what to do, so that the file needs to be fixed only once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from autograder.errors import RosterError
from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.roster.column_titles import column_keys
from autograder.gradebook.roster.forms import FORMS, Form
from autograder.gradebook.roster.rows import PARTICIPANT, RosterReader, shown
from autograder.gradebook.roster.table import (
    MAX_COLUMNS,
    MAX_ROWS,
    RosterEncoding,
    RosterTable,
    decode_roster,
    parse_roster,
)
from autograder.gradebook.student import Student
from autograder.some_names import some_of
from autograder.text import counted, plural

MAX_ROSTER_BYTES = 5_000_000
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of Excel and LibreOffice begin, and those of Excel before 2007."""
_MOST_MISTAKES = 50
_MOST_COLUMNS_SHOWN = 8
_MOST_ROLES = 5
_OTHER_ENCODING = "save it again as 'CSV UTF-8', or write `roster_encoding` into the course file"


class Roster(BaseModel):
    """The students of a class, in the order of their file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    students: tuple[Student, ...]
    test_users: tuple[Student, ...] = ()
    """Users that a system makes for a look at a course: nobody's, and `find` does not find them."""
    staff: tuple[Student, ...] = ()
    """Who teaches the course; `find` does not find them."""
    notes: tuple[str, ...] = ()
    """A line for each thing in the file that a person may want to look at."""

    @cached_property
    def _by_name(self) -> Mapping[str, Student]:
        keyed: dict[str, set[int]] = {}
        for at, student in enumerate(self.students):
            for key in student.keys:
                if key.kind is not KeyKind.NAME:
                    keyed.setdefault(key.value, set()).add(at)
        unique = {value: min(at) for value, at in keyed.items() if len(at) == 1}
        named = {value: self.students[at] for value, at in unique.items()}
        named |= {comparable(student.login): student for student in self.students if student.login}
        return named | {comparable(student.id): student for student in self.students}

    def find(self, name: str) -> Student | None:
        """Find a student by id, by login, or by another of their `keys` that is theirs alone.

        A name is not enough, as two students may share it. Case does not matter. Keys may be
        written as in a system's own files: `Participant 657717` in Moodle's worksheet, `#3021` in
        Brightspace's export.
        """
        found = self._by_name.get(comparable(name))
        if found is None and name.strip().startswith("#"):
            found = self._by_name.get(comparable(name.strip()[1:]))
        participant = PARTICIPANT.fullmatch(name.strip())
        if found is not None or participant is None:
            return found
        key = Key.of(KeyKind.MOODLE_PARTICIPANT, participant[1])
        return next((student for student in self.students if key in student.keys), None)


def read_roster(
    path: Path,
    known_logins: Collection[str] | None = None,
    encoding: RosterEncoding = RosterEncoding.UTF_8,
) -> Roster:
    """Read a roster, as some LMS or GitHub Classroom exports it, or any plain table.

    The header says which form it is (see `roster_forms`); the delimiter may be a comma, a semicolon
    or a tab. Staff, test and preview users, and rows of Canvas that are not students are left out.
    Control characters become blanks; everything else stays as it is, since other systems match by
    it.

    Args:
        path: A CSV file.
        known_logins: The logins that exist, such as the owners of the repositories; any other login
            is a mistake. None if that is not known.
        encoding: The encoding of a file without a byte order mark. A file with one may also be in
            UTF-16.

    Raises:
        RosterError: The file cannot be read, or has mistakes; a line for each.
    """
    table = _table(path, encoding)
    form = table.form
    mistakes = _mistakes_of_table(table)
    if form is None:
        raise _error(path, mistakes or _unknown_header(table))
    wrong_columns = [*_wrong_columns(form, table)]
    if wrong_columns:
        raise _error(path, wrong_columns)
    known = None if known_logins is None else {login.casefold() for login in known_logins}
    found = RosterReader(form, table.header, known)
    for line, row in table.rows:
        found.add(line, row)
    if found.mistakes or mistakes:
        raise _error(path, sorted([*found.mistakes, *mistakes], key=_line))
    if not found.students:
        raise RosterError(
            f"{path} names no student: it has a header, but below it "
            + (f"only {counted(found.left_out, 'row')} of staff" if found.left_out else "no rows")
        )
    return Roster(
        students=tuple(found.students),
        test_users=tuple(found.test_users),
        staff=tuple(found.staff),
        notes=(
            *_notes_on_names(found.students),
            *_notes_on_roles(_with_both_roles(found), found.unknown_roles),
        ),
    )


def _notes_on_names(students: Sequence[Student]) -> Iterator[str]:
    """Say which names a spreadsheet has spoiled: it writes `?` for what its encoding lacks."""
    spoiled = [student.full_name for student in students if "??" in student.full_name]
    if spoiled:
        yield (
            f"{counted(len(spoiled), 'name')} in the roster lost letters, so nobody is found by"
            f" {plural(len(spoiled), 'it', 'them')}: {some_of(spoiled)}: export the roster again,"
            " and save it as 'CSV UTF-8'"
        )


def _with_both_roles(found: RosterReader) -> list[str]:
    """Return who is a student and staff, in one row or in two."""
    staff = {key for person in found.staff for key in person.keys if key.kind is not KeyKind.NAME}
    in_two_rows = [
        student.full_name or student.id
        for student in found.students
        if not staff.isdisjoint(student.keys)
    ]
    return list(dict.fromkeys([*found.with_both_roles, *in_two_rows]))


def _notes_on_roles(both: Sequence[str], unknown: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Say who is a student and staff, which roles nobody knows, and who has them."""
    if both:
        yield (
            f"staff who are students as well count as students: {some_of(both)}:"
            " remove from the roster who is not a student"
        )
    for role, people in islice(unknown.items(), _MOST_ROLES):
        yield (
            f"the role {shown(role)} is not known, and counts as a student's: {some_of(people)}:"
            " remove from the roster who is not a student"
        )
    if len(unknown) > _MOST_ROLES:
        yield f"and {counted(len(unknown) - _MOST_ROLES, 'more role')} that nobody knows"


def _table(path: Path, encoding: RosterEncoding) -> RosterTable:
    """Read the file as a table."""
    content = _content(path)
    if content.startswith(_SPREADSHEETS):
        raise RosterError(f"{path} is a spreadsheet, and not text: save it as 'CSV UTF-8'")
    try:
        text = decode_roster(content, encoding)
    except ValueError as error:
        raise RosterError(f"{path} {error}: {_OTHER_ENCODING}") from None
    if not text.strip(" \t\r\n,;"):
        raise RosterError(f"{path} is empty: a roster has a header and a line for each student")
    table = parse_roster(text)
    if len(table.rows) > MAX_ROWS:
        raise RosterError(f"{path} has more than {MAX_ROWS:,} rows: that is not a roster")
    if len(table.header) > MAX_COLUMNS:
        raise RosterError(f"{path} has more than {MAX_COLUMNS:,} columns: that is not a roster")
    return table


def _content(path: Path) -> bytes:
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
    return content


def _mistakes_of_table(table: RosterTable) -> list[str]:
    if table.broken_at is None:
        return []
    return [
        f"line {table.broken_at}: its quotes do not match: close each, and double those inside a"
        " text; the lines below were not read"
    ]


def _unknown_header(table: RosterTable) -> list[str]:
    titles = [shown(title.strip()) for title in table.header if title.strip()]
    listed = ", ".join(titles[:_MOST_COLUMNS_SHOWN])
    if len(titles) > _MOST_COLUMNS_SHOWN:
        listed += ", ..."
    known = "\n".join(f"  {form.name}: {form.header}" for form in FORMS)
    return [
        f"line {table.header_line}: no column says who a student is; its columns are {listed}:"
        f" rename the one that does to id, login, username or email; known are\n{known}"
    ]


def _wrong_columns(form: Form, table: RosterTable) -> Iterator[str]:
    """Yield a line for each column that is missing, or there twice."""
    keys = column_keys(table.header)
    columns = form.columns(keys)
    for field in form.needed:
        if field not in columns:
            yield (
                f"line {table.header_line}: the column {form.fields[field][0]!r} is missing;"
                f" a roster of the form {form.name} has {form.header}"
            )
    read = {"role", *Student.model_fields}
    used = [keys[at] for field, at in columns.items() if field in read]
    for key in used:
        if keys.count(key) > 1:
            yield (
                f"line {table.header_line}: the column {key!r} is there {keys.count(key)} times:"
                " remove one"
            )


def _error(path: Path, mistakes: Sequence[str]) -> RosterError:
    count = counted(len(mistakes), "mistake")
    lines = [f"{path} has {count}, and nothing was read:", *mistakes[:_MOST_MISTAKES]]
    if len(mistakes) > _MOST_MISTAKES:
        lines.append(f"and {len(mistakes) - _MOST_MISTAKES} more")
    return RosterError("\n".join(lines))


def _line(mistake: str) -> int:
    return int(mistake.split(":", 1)[0].removeprefix("line "))
