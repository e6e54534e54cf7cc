"""Students' requests of a course without GitHub: `requests.csv`, next to the course file.

    student,test,reason,answer
    ada,reader/an_empty_page_is_not_the_end,"The handout says ...",

`student` is a login, id or e-mail address in the roster. A row without `answer` is open. Further
columns stay as they are.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.course.regrade_requests import LONGEST_REASON, RegradeRequest, first_named
from autograder.errors import AutograderError
from autograder.files import write_whole
from autograder.gradebook.roster import Roster
from autograder.text import in_csv

REQUESTS_FILE = "requests.csv"
COLUMNS = ("student", "test", "reason", "answer")
LARGEST = 5 << 20
"""Bytes: enough for thousands of long requests."""


def read_requests(path: Path, roster: Roster, names: Mapping[str, str]) -> list[RegradeRequest]:
    """Read the open requests; their numbers are those of the rows. A missing file has none.

    Args:
        path: The file.
        roster: Who is in the class.
        names: What a request may be about, see `request_names`.

    Raises:
        AutograderError: It cannot be read, or names somebody who is not in the roster; a line for
            each.
    """
    if not path.exists():
        return []
    _, _, rows = _read(path)
    unknown = [row["student"] for row in rows if roster.find(row["student"].strip()) is None]
    if unknown:
        lines = [f"{path}: {name[:100]!r} is not in the roster" for name in unknown]
        raise AutograderError("\n".join(lines))
    return list(_open_requests(rows, roster, names))


def _open_requests(
    rows: list[dict[str, str]], roster: Roster, names: Mapping[str, str]
) -> Iterator[RegradeRequest]:
    for number, row in enumerate(rows, 1):
        student = roster.find(row["student"].strip())
        if student is not None and not row["answer"].strip():
            about = first_named(f"{row['test']} {row['reason']}"[:LONGEST_REASON], names)
            reason = row["reason"].strip()[:LONGEST_REASON]
            yield RegradeRequest(number, student.id, about, reason)


def answer_row(path: Path, number: int, answer: str) -> None:
    """Write the answer to a request into its row.

    Args:
        path: The file.
        number: The row's, from 1.
        answer: What was decided.

    Raises:
        AutograderError: The file cannot be read or written; what was there stays.
    """
    header, delimiter, rows = _read(path)
    rows[number - 1]["answer"] = in_csv(answer, len(answer) + 100)
    file = io.StringIO()
    writer = csv.DictWriter(file, header, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, file.getvalue())


def _read(path: Path) -> tuple[list[str], str, list[dict[str, str]]]:
    """Return the header, the delimiter and the rows; every row has all of the columns.

    Raises:
        AutograderError: The file cannot be read, or lacks a column.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise AutograderError(f"{path} is larger than {LARGEST >> 20} MiB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AutograderError(f"{path} cannot be read as UTF-8: {error}") from None
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    table = csv.DictReader(
        io.StringIO(text, newline=""), restkey="", restval="", delimiter=delimiter, strict=True
    )
    try:
        header = [*(table.fieldnames or ())]
        rows = [{key: str(row.get(key) or "") for key in (*header, "answer")} for row in table]
    except csv.Error as error:
        raise AutograderError(f"{path} is not valid CSV: {error}") from None
    missing = [name for name in COLUMNS[:3] if name not in header]
    if missing:
        raise AutograderError(
            f"{path} has no column {missing[0]!r}: its columns are {', '.join(COLUMNS)}"
        )
    return [*header, *(["answer"] if "answer" not in header else [])], delimiter, rows
