"""What the exports share: checkpoints as columns, numbers, times, addresses, and CSV itself."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from autograder.errors import ExportError
from autograder.gradebook.standing import CheckpointPoints, Standing, StandingStatus
from autograder.gradebook.student import Student
from autograder.some_names import some_of
from autograder.text import counted, inert, rounded

Cell = str | int | float | None
_WHY = {
    StandingStatus.UNDECIDED: "with open points",
    StandingStatus.MISSING: "handed in nothing",
}


def as_table(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows as CSV (RFC 4180, so that a line ends in CR LF); None is an empty cell.

    Args:
        rows: The header first.
    """
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def columns_of(standings: Iterable[Standing]) -> tuple[CheckpointPoints, ...]:
    """Return the checkpoints of all standings, each once, in the order in which they appear."""
    found: dict[str, CheckpointPoints] = {}
    for standing in standings:
        for checkpoint in standing.checkpoints:
            found.setdefault(checkpoint.id, checkpoint)
    return tuple(found.values())


def scores_of(standing: Standing, columns: Sequence[CheckpointPoints]) -> list[Cell]:
    """Return one student's points in the columns, after the penalty; None where undecided."""
    scores = {
        checkpoint.id: score
        for checkpoint, score in zip(standing.checkpoints, standing.final_scores, strict=True)
    }
    return [number(scores.get(column.id)) for column in columns]


def number(points: float | None) -> int | float | None:
    """Write points as short as they can be: 30, 7.5, and 0.33 at most."""
    if points is None:
        return None
    short = rounded(points)
    return int(short) if short == int(short) else short


def utc(time: datetime | None) -> str:
    """Write a time as `2026-11-02T23:59:00Z`; empty for None."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else ""


def repository_address(standing: Standing) -> str:
    """Return the address of a student's repository; empty if it is not known."""
    repository = standing.repository or ""
    if not repository or "://" in repository:
        return repository.rstrip("/")
    return f"https://github.com/{repository.strip('/')}"


def without_total(standings: Sequence[Standing]) -> str:
    """Say how many lack a total, and why, and name three; empty if nobody lacks it."""
    lacking = [standing for standing in standings if standing.total is None]
    if not lacking:
        return ""
    counts = Counter(_WHY.get(standing.status, standing.status.value) for standing in lacking)
    reasons = ", ".join(f"{number} {why}" for why, number in counts.most_common())
    names = some_of([standing.student.id for standing in lacking])
    return f", {len(lacking)} of them without a total: {reasons} ({names})"


def refuse(students: Sequence[Student], form: str, lack: str) -> None:
    """Raise an error that names each student who lacks what a form needs.

    Raises:
        ExportError: At least one student lacks it.
    """
    if not students:
        return
    count = counted(len(students), "student")
    lines = [f"no {form} file was written, since {count} cannot be matched:"]
    for student in students:
        name = f" ({inert(student.full_name, 60)})" if student.full_name else ""
        lines.append(f"{student.id}{name}: {lack}")
    raise ExportError("\n".join(lines))
