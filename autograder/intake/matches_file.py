"""Reads `matches.csv`, in which a person says whose hand-ins are.

    hand_in,student
    submission_17,ada
    submission_17,grace
    try-out,-

A spreadsheet may have changed the encoding and the delimiter.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.errors import RosterError
from autograder.gradebook.roster import Roster
from autograder.gradebook.roster.table import read_small_table
from autograder.gradebook.student import LONGEST_ID
from autograder.some_names import some_of
from autograder.text import counted, inert

MATCHES_FILE = "matches.csv"
COLUMNS = ("hand_in", "student")
NOBODY = "-"
"""In the column `student`: the hand-in is nobody's, and is left out."""


def read_matches(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read whose a hand-in is, as a person says it; a missing file counts as empty.

    It has the columns `hand_in` (the name that a class run shows) and `student` (an id or login of
    the roster, or `-` for nobody). A hand-in of several students has a row for each.

    Raises:
        RosterError: It has mistakes; a line for each.
    """
    found: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    mistakes: list[str] = []
    for line, hand_in, name in _rows(path):
        others = found.get(hand_in, ())
        if others and (name == NOBODY) != (NOBODY in others):
            mistakes.append(
                f"line {line}: {inert(hand_in)!r} is left out with {NOBODY!r} and has a student"
                f" (see line {lines[hand_in]}): remove one of the rows"
            )
        found[hand_in] = (*others, name)
        lines.setdefault(hand_in, line)
    _refuse(path, mistakes)
    return found


def line_on_strangers(path: Path, roster: Roster) -> str:
    """Say which rows name people who are not in the roster, and what to do; empty if none does.

    Raises:
        RosterError: The file has mistakes.
    """
    found = [
        f"line {line} {name[:LONGEST_ID]!r}"
        for line, _, name in _rows(path)
        if name != NOBODY and roster.find(name) is None
    ]
    if not found:
        return ""
    return (
        f"{path}: {counted(len(found), 'row')} of students who are not in the roster:"
        f" {some_of(found)}: if they left, write {NOBODY} for hand-ins that are still there, and"
        " delete the other rows; otherwise, correct the ids"
    )


def _rows(path: Path) -> list[tuple[int, str, str]]:
    """Read the line, the hand-in and the student of each row; a missing file has none.

    Raises:
        RosterError: It cannot be read, or has other columns.
    """
    if not path.exists():
        return []
    try:
        table = read_small_table(path)
    except ValueError as error:
        raise RosterError(f"{path}: {error}") from None
    titles = [title.strip().casefold() for title in table.header]
    if sorted(filter(None, titles)) != sorted(COLUMNS):
        raise RosterError(f"{path}: its columns must be {' and '.join(COLUMNS)}")
    hand_in_at, student_at = map(titles.index, COLUMNS)
    rows = [(line, _joined(row, hand_in_at, len(titles))) for line, row in table.rows]
    _refuse(
        path,
        [
            f"line {line}: has {len(row)} cells: put a name with a comma into double quotes"
            for line, row in rows
            if any(cell.strip() for cell in row[len(titles) :])
        ],
    )
    filled = [(line, [*row, *[""] * len(titles)]) for line, row in rows]
    return [(line, cells[hand_in_at], cells[student_at].strip()) for line, cells in filled]


def _joined(row: Sequence[str], hand_in_at: int, width: int) -> list[str]:
    """Return a row with the parts of a hand-in's name joined that a comma has cut.

    Names have commas in Brightspace, and a row that was copied from `grades.csv` has single quotes
    around such a name.
    """
    cells = list(row)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if width != len(COLUMNS) or len(cells) <= width:
        return cells
    cut = cells[:-1] if hand_in_at == 0 else cells[1:]
    name = ",".join(cut)
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1]
    return [name, cells[-1]] if hand_in_at == 0 else [cells[0], name]


def _refuse(path: Path, mistakes: Sequence[str]) -> None:
    """Raise an error that names the mistakes, if there are any."""
    if mistakes:
        raise RosterError("\n".join([f"{path}: {counted(len(mistakes), 'mistake')}", *mistakes]))
