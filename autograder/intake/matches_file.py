"""Reads `matches.csv`, in which a person says whose hand-ins are.

    hand_in,student
    submission_17,ada
    submission_17,grace
    try-out,-

A spreadsheet may have changed the encoding and the delimiter.
"""

from collections.abc import Mapping
from pathlib import Path

from autograder.errors import RosterError
from autograder.gradebook.roster import Roster
from autograder.gradebook.roster.table import (
    RosterEncoding,
    RosterTable,
    decode_roster,
    parse_roster,
)
from autograder.text import counted, inert

MATCHES_FILE = "matches.csv"
COLUMNS = ("hand_in", "student")
NOBODY = "-"
"""In the column `student`: the hand-in is nobody's, and is left out."""
LARGEST = 5 << 20
"""Bytes of the file."""


def read_matches(path: Path, roster: Roster) -> Mapping[str, tuple[str, ...]]:
    """Read whose a hand-in is, as a person says it; a missing file counts as empty.

    It has the columns `hand_in` (the name that a class run shows) and `student` (an id or login of
    the roster, or `-` for nobody). A hand-in of several students has a row for each.

    Raises:
        RosterError: It has mistakes; a line for each.
    """
    if not path.exists():
        return {}
    table = _table(path)
    titles = [title.strip().casefold() for title in table.header]
    if sorted(filter(None, titles)) != sorted(COLUMNS):
        raise RosterError(f"{path}: its columns must be {' and '.join(COLUMNS)}")
    hand_in_at, student_at = map(titles.index, COLUMNS)
    found: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    mistakes: list[str] = []
    for line, row in table.rows:
        if any(cell.strip() for cell in row[len(titles) :]):
            mistakes.append(
                f"line {line}: has {len(row)} cells: put a name with a comma into double quotes"
            )
            continue
        cells = [*row, *[""] * len(titles)]
        hand_in, name = cells[hand_in_at], cells[student_at].strip()
        others = found.get(hand_in, ())
        if name != NOBODY and roster.find(name) is None:
            mistakes.append(f"line {line}: {name!r} is not in the roster")
        elif others and (name == NOBODY) != (NOBODY in others):
            mistakes.append(
                f"line {line}: {inert(hand_in)!r} is left out with {NOBODY!r} and has a student"
                f" (see line {lines[hand_in]}): remove one of the rows"
            )
        found[hand_in] = (*others, name)
        lines.setdefault(hand_in, line)
    if mistakes:
        raise RosterError("\n".join([f"{path}: {counted(len(mistakes), 'mistake')}", *mistakes]))
    return found


def _table(path: Path) -> RosterTable:
    """Read the file as a table.

    Raises:
        RosterError: It cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise RosterError(f"{path} is larger than {LARGEST >> 20} MiB")
        table = parse_roster(decode_roster(path.read_bytes(), RosterEncoding.UTF_8))
    except OSError as error:
        raise RosterError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise RosterError(f"{path} {error}: save it again as 'CSV UTF-8'") from None
    if table.broken_at is not None:
        raise RosterError(
            f"{path} cannot be read from line {table.broken_at} on: its quotes do not match"
        )
    return table
