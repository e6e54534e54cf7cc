"""Reads and writes `ungraded.csv`, next to the results of a class run: who lacks a grade, and why.

Columns: `student` (an id of the class), `state` (`not handed in`, `not readable`, `not matched` or
`left alone`), `reason`, `withdrawn` (the digest of the submission whose result was withdrawn).
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from autograder.errors import GradebookError
from autograder.files import write_whole
from autograder.text import in_csv

UNGRADED = "ungraded.csv"
NOT_HANDED_IN, NOT_READABLE = "not handed in", "not readable"
NOT_MATCHED, LEFT_ALONE = "not matched", "left alone"
"""The states of students without a grade: the third has a hand-in that may be the student's."""
STATES = (NOT_HANDED_IN, NOT_READABLE, NOT_MATCHED, LEFT_ALONE)
LARGEST = 10 << 20
"""Bytes: enough for ten thousand students, each with a reason of full length."""


@dataclass(frozen=True)
class Ungraded:
    """A student without a grade in a class run."""

    student: str
    """The student's id."""
    state: str
    """One of `STATES`."""
    reason: str
    """What a person should know of it, in a line; may be empty."""
    withdrawn: str = ""
    """The digest of an earlier submission whose result was withdrawn; empty if none was."""

    @property
    def may_have_handed_in(self) -> bool:
        """Whether it is not known that nothing was handed in."""
        return self.state != NOT_HANDED_IN

    @property
    def why(self) -> str:
        """Why the grade is missing, in words that the student may read.

        So it names no hand-in that may be somebody else's.
        """
        if self.state == NOT_READABLE:
            said = "what was handed in cannot be read"
            return f"{said}: {self.reason}" if self.reason else said
        return {
            NOT_MATCHED: "it is not settled yet whose a hand-in is",
            LEFT_ALONE: "not graded yet",
        }.get(self.state, self.state)


def read_ungraded(folder: Path) -> dict[str, Ungraded]:
    """Read which students lack a grade, by id; a missing file counts as empty.

    Args:
        folder: That of the results.

    Raises:
        GradebookError: The file cannot be read, or has other columns or states.
    """
    path = folder / UNGRADED
    if not path.exists():
        return {}
    wanted = [column.name for column in fields(Ungraded)]
    try:
        if path.stat().st_size > LARGEST:
            raise GradebookError(f"{path}: is larger than {LARGEST >> 20} MiB")
        rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True)
        if next(rows, None) != wanted:
            raise GradebookError(f"{path}: its columns are {', '.join(wanted)}")
        found = [Ungraded(*row) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error, TypeError) as error:
        raise GradebookError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None
    for ungraded in found:
        if ungraded.state not in STATES:
            raise GradebookError(f"{path}: {ungraded.state!r} is not a state without a grade")
    return {ungraded.student: ungraded for ungraded in found}


def write_ungraded(folder: Path, rows: Iterable[Ungraded]) -> None:
    """Write which students lack a grade, sorted by id.

    Args:
        folder: That of the results; it exists.
        rows: Each student once.

    Raises:
        AutograderError: The file cannot be written; what was there stays.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([column.name for column in fields(Ungraded)])
    for ungraded in sorted(rows, key=lambda row: row.student):
        writer.writerow([in_csv(text) for text in astuple(ungraded)])
    write_whole(folder / UNGRADED, file.getvalue())
