"""Reads and writes `handins.csv`: when each student handed in, and what.

Columns: `student` (an id or login of the roster), `handed_in_at` (ISO 8601, with a time zone),
`commit`, `repository`. All but the first may be left out or empty. It holds what the source says:
releases and push times come from GitHub; an instructor may write the file by hand. What a course
decides, such as who is excused, is in its policy.
"""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from autograder.errors import GradebookError
from autograder.files import write_whole
from autograder.gradebook.roster import Roster
from autograder.text import counted, in_csv

HANDINS_FILE = "handins.csv"
COLUMNS = ("student", "handed_in_at", "commit", "repository")
LARGEST = 5 << 20
"""Bytes: enough for tens of thousands of students."""


class Handin(BaseModel):
    """When one student handed in, and what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    handed_in_at: AwareDatetime | None = None
    commit: str | None = None
    repository: str | None = None


def read_handins(path: Path, roster: Roster) -> Mapping[str, Handin]:
    """Read the file, by student id; a missing file counts as empty.

    Raises:
        GradebookError: It has mistakes; a line for each.
    """
    if not path.exists():
        return {}
    try:
        if path.stat().st_size > LARGEST:
            raise GradebookError(f"{path}: is larger than {LARGEST >> 20} MiB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GradebookError(f"{path}: cannot be read as UTF-8: {error}") from None
    rows = csv.DictReader(text.splitlines(), restkey="", strict=True)
    found: dict[str, Handin] = {}
    mistakes: list[str] = []
    try:
        if "excused" in (rows.fieldnames or ()):
            raise GradebookError(
                f"{path}: remove the column `excused`: students are excused in course.toml, as in"
                ' excused = ["ada"]'
            )
        unknown = sorted(set(rows.fieldnames or ()) - set(COLUMNS))
        if unknown or "student" not in (rows.fieldnames or ()):
            raise GradebookError(f"{path}: its columns are {', '.join(COLUMNS)}; not {unknown}")
        for row in rows:
            where = f"line {rows.line_num}"
            student = roster.find((row["student"] or "").strip())
            if student is None:
                mistakes.append(f"{where}: {row['student']!r} is not in the roster")
                continue
            if student.id in found:
                mistakes.append(f"{where}: {student.id} is there twice")
            given = {key: row[key].strip() for key in COLUMNS[1:] if row.get(key)}
            try:
                found[student.id] = Handin.model_validate({k: v for k, v in given.items() if v})
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                mistakes.append(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    except csv.Error as error:
        raise GradebookError(f"{path}: is not valid CSV: {error}") from None
    if mistakes:
        raise GradebookError("\n".join([f"{path}: {counted(len(mistakes), 'mistake')}", *mistakes]))
    return found


def write_handins(path: Path, handins: Mapping[str, Handin]) -> None:
    """Write the file, in the order of the mapping.

    Raises:
        AutograderError: It cannot be written; what was there stays.
    """
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    for student, handin in handins.items():
        rows.writerow(
            [
                in_csv(student),
                handin.handed_in_at.isoformat() if handin.handed_in_at else "",
                handin.commit or "",
                handin.repository or "",
            ]
        )
    write_whole(path, file.getvalue())
