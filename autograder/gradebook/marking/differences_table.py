"""The table of differences, in which a person enters the points that markers agree on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.errors import GradebookError
from autograder.gradebook.exports.table import Cell, as_table, number
from autograder.gradebook.marking.agreement import ComparedAnswer, Decision
from autograder.gradebook.roster.table import RosterEncoding, decode_roster, parse_roster
from autograder.text import counted, decimal_text, in_csv, inert, rounded

STUDENT, ANSWER, AGREED, VERSION, NOTE = "student", "answer", "agreed", "version", "note"
LARGEST = 10 << 20
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,10})?")
"""Plain digits: `float` takes `1_0`, `1e3` and digits of other scripts, too."""


def differences_table(answers: Iterable[ComparedAnswer], markers: Sequence[str]) -> str:
    """Write the table as CSV."""
    header: list[Cell] = [
        STUDENT, ANSWER, "out of", *(f"by {marker}" for marker in markers),
        "in gradebook", AGREED, NOTE, VERSION,
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            answer.student,
            answer.question.cell,
            number(answer.question.points),
            *(number(answer.by_marker[marker].points) for marker in markers),
            number(answer.in_gradebook),
            number(answer.agreed),
            in_csv(answer.note),
            answer.version,
        ]
        for answer in answers
    ]
    return as_table([header, *rows])


def read_decisions(path: Path) -> Mapping[tuple[str, str], Decision]:
    """Read what a person entered, by student and cell; a missing file counts as empty.

    A spreadsheet may have changed the encoding, the delimiter and the decimal point.

    Raises:
        GradebookError: It cannot be read, or an entry is not a number of points; a line each.
    """
    if not path.exists():
        return {}
    try:
        if path.stat().st_size > LARGEST:
            raise GradebookError(f"{path} is larger than {LARGEST >> 20} MiB")
        text = decode_roster(path.read_bytes(), RosterEncoding.UTF_8)
    except (OSError, ValueError) as error:
        raise GradebookError(f"{path} cannot be read: {error}") from None
    table = parse_roster(text)
    columns = {title.strip(): index for index, title in enumerate(table.header)}
    lacking = [title for title in (STUDENT, ANSWER, AGREED, VERSION) if title not in columns]
    if lacking or table.broken_at:
        reason = f"the column {lacking[0]!r} is missing" if lacking else "quotes do not match"
        raise GradebookError(
            f"{path}: {reason}; correct it, or move it away to get a new one without decisions"
        )
    decisions: dict[tuple[str, str], Decision] = {}
    mistakes = []
    for line, row in table.rows:
        cells = {title: row[at].strip() if at < len(row) else "" for title, at in columns.items()}
        points = _points(cells[AGREED])
        if cells[AGREED] and points is None:
            mistakes.append(f"line {line}: {inert(cells[AGREED], 40)!r} is not a number of points")
        key = (cells[STUDENT], cells[ANSWER])
        if key in decisions:
            mistakes.append(f"line {line}: the answer has a row already: remove one of them")
        decisions[key] = Decision(points, cells[VERSION], cells.get(NOTE, ""))
    if mistakes:
        raise GradebookError("\n".join([f"{path}: {counted(len(mistakes), 'mistake')}", *mistakes]))
    return decisions


def check_decisions(
    path: Path,
    decisions: Mapping[tuple[str, str], Decision],
    answers: Sequence[ComparedAnswer],
) -> None:
    """Raise an error if a decision is on no answer, or gives more points than there are.

    Raises:
        GradebookError: A line for each such decision.
    """
    known = {answer.key: answer for answer in answers}
    mistakes = []
    for (student, cell), decision in decisions.items():
        name = f"{inert(student, 60)} {inert(cell, 60)}"
        if decision.points is None:
            continue
        if (student, cell) not in known:
            mistakes.append(f"{name}: there is no such answer")
        elif decision.points > known[student, cell].most:
            given = decimal_text(decision.points)
            mistakes.append(f"{name}: {given} is more than the points of the answer")
    if mistakes:
        raise GradebookError("\n".join([f"{path}: {counted(len(mistakes), 'mistake')}", *mistakes]))


def _points(text: str) -> float | None:
    """Return a number of points, also with a decimal comma; None if it is none."""
    return rounded(float(text.replace(",", "."))) if _NUMBER.fullmatch(text) else None
