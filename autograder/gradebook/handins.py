"""Reads and writes `handins.csv`: when each student handed in, and what.

Columns: `student` (an id or login of the roster), `handed_in_at` (ISO 8601, with a time zone),
`commit`, `repository`. All but the first may be left out or empty. It holds what the source says:
releases and push times come from GitHub; an instructor may write the file by hand. What a course
decides, such as who is excused, is in its policy.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError

from autograder.errors import GradebookError
from autograder.files import write_whole
from autograder.gradebook.keys import comparable
from autograder.gradebook.roster import Roster
from autograder.gradebook.roster.column_titles import column_keys
from autograder.gradebook.roster.table import read_small_table
from autograder.local_times import FIRST_YEAR, LAST_YEAR
from autograder.some_names import some_of
from autograder.text import counted, in_csv

HANDINS_FILE = "handins.csv"
COLUMNS = ("student", "handed_in_at", "commit", "repository")
LONGEST_NAME = 100
"""Characters of a name in a message; no id is longer."""


def _moment(value: object) -> object:
    """Read a time as people write it; a bare number would be taken for seconds since 1970."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("write a time with its offset, as 2026-12-01T22:10:00+01:00")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year is not in {FIRST_YEAR} to {LAST_YEAR}")
    return moment


class Handin(BaseModel):
    """When one student handed in, and what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    handed_in_at: Annotated[AwareDatetime | None, BeforeValidator(_moment)] = None
    commit: str | None = None
    repository: str | None = None


class _Row(NamedTuple):
    """A row of the file, as it is written."""

    line: int
    student: str
    given: Mapping[str, str]
    """The other cells by column, without those that are empty."""


def read_handins(path: Path, roster: Roster) -> Mapping[str, Handin]:
    """Read the file, by student id; a missing file counts as empty.

    Rows about people who are not in the roster are left out: see `line_on_strangers`.

    Raises:
        GradebookError: It has mistakes; a line for each.
    """
    found: dict[str, Handin] = {}
    mistakes: list[str] = []
    for line, name, given in _read_rows(path):
        where = f"line {line}"
        student = roster.find(name)
        if student is None:
            continue
        if student.id in found:
            mistakes.append(f"{where}: {student.id} is there twice")
        try:
            found[student.id] = Handin.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            said = str(first["msg"]).removeprefix("Value error, ")
            mistakes.append(f"{where}: {'.'.join(map(str, first['loc']))}: {said}")
    if mistakes:
        raise GradebookError("\n".join([f"{path}: {counted(len(mistakes), 'mistake')}", *mistakes]))
    return found


def _read_rows(path: Path) -> list[_Row]:
    """Read the rows of the file; a missing file has none.

    Raises:
        GradebookError: It cannot be read, or has other columns.
    """
    if not path.exists():
        return []
    try:
        table = read_small_table(path)
    except ValueError as error:
        raise GradebookError(f"{path}: {error}") from None
    titles = column_keys(table.header)
    if "excused" in titles:
        raise GradebookError(
            f"{path}: remove the column `excused`: students are excused in course.toml, as in"
            ' excused = ["ada"]'
        )
    unknown = sorted({*titles} - {*COLUMNS, ""})
    if unknown or "student" not in titles:
        raise GradebookError(f"{path}: its columns are {', '.join(COLUMNS)}; not {unknown}")
    return [
        _Row(
            line,
            cells.get("student", ""),
            {key: cells[key] for key in COLUMNS[1:] if cells.get(key)},
        )
        for line, row in table.rows
        for cells in [dict(zip(titles, map(str.strip, row), strict=False))]
    ]


def rename_in_handins(path: Path, roster: Roster, earlier: str, student: str) -> None:
    """Give the row of an earlier id to the student, who keeps a row that is there already.

    Args:
        path: The file; if it is missing, nothing is done.
        roster: Who is in the class, by the keys that rows may have.
        earlier: The earlier id.
        student: The student's id.

    Raises:
        AutograderError: It cannot be read or written; what was there stays.
    """
    rows = _read_rows(path)
    others = [row for row in rows if comparable(row.student) != comparable(earlier)]
    own = [row for row in rows if comparable(row.student) == comparable(earlier)]
    if not own:
        return
    named = [found.id for row in others if (found := roster.find(row.student))]
    if student not in named:
        others += [row._replace(student=student) for row in own]
    _write_rows(path, others)


def note_in_handins(path: Path, roster: Roster, handins: Mapping[str, Handin]) -> None:
    """Write when students handed in; what the file says of others stays.

    Args:
        path: The file; it is made if it is missing.
        roster: Who is in the class.
        handins: By student id.

    Raises:
        GradebookError: The file has mistakes.
        AutograderError: It cannot be written; what was there stays.
    """
    known = read_handins(path, roster)
    noted = {**known, **handins}
    if noted != known:
        others = [row for row in _read_rows(path) if roster.find(row.student) is None]
        _write_rows(path, [*_as_rows(noted), *others])


def line_on_strangers(path: Path, roster: Roster) -> str:
    """Say which rows are about people who are not in the roster, and what to do.

    Args:
        path: The file.
        roster: Who is in the class.

    Returns:
        A line; empty if there are none.

    Raises:
        GradebookError: The file cannot be read.
    """
    found = [
        f"line {row.line} {row.student[:LONGEST_NAME]!r}"
        for row in _read_rows(path)
        if roster.find(row.student) is None
    ]
    if not found:
        return ""
    return (
        f"{path}: {counted(len(found), 'row')} of students who are not in the roster:"
        f" {some_of(found)}: delete them if the students left; otherwise, correct the ids"
    )


def write_handins(path: Path, handins: Mapping[str, Handin]) -> None:
    """Write the file, in the order of the mapping.

    Raises:
        AutograderError: It cannot be written; what was there stays.
    """
    _write_rows(path, _as_rows(handins))


def _as_rows(handins: Mapping[str, Handin]) -> list[_Row]:
    return [
        _Row(
            0,
            student,
            {
                "handed_in_at": handin.handed_in_at.isoformat() if handin.handed_in_at else "",
                "commit": handin.commit or "",
                "repository": handin.repository or "",
            },
        )
        for student, handin in handins.items()
    ]


def _write_rows(path: Path, rows: Iterable[_Row]) -> None:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([in_csv(row.student), *(row.given.get(key, "") for key in COLUMNS[1:])])
    write_whole(path, file.getvalue())
