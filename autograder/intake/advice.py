"""The sentences on hand-ins without a student, with the rows of `matches.csv` that settle them."""

import csv
import io
from collections.abc import Sequence

from autograder.gradebook.student import Student
from autograder.intake.hand_ins import HandIn, Submitter
from autograder.intake.matches_file import MATCHES_FILE, NOBODY

MOST_CANDIDATES = 5
"""Students of whom a hand-in may be that a message names."""


def row_for(hand_in: HandIn, student: Student | None) -> str:
    """Return the row of `matches.csv` that gives a hand-in to a student, or to nobody."""
    return row_of(hand_in, NOBODY if student is None else student.id)


def row_of(hand_in: HandIn, whose: str) -> str:
    """Return the row of `matches.csv` that gives a hand-in to whom an id or `-` names."""
    row = io.StringIO()
    csv.writer(row, lineterminator="").writerow((hand_in.origin, whose))
    return row.getvalue()


def why_unmatched(
    found: Sequence[Student], hand_in: HandIn, submitter: Submitter, *, is_staff: bool
) -> str:
    """Say why it is not known whose a hand-in is, and what to write.

    Args:
        found: The students of whom it may be.
        hand_in: The hand-in.
        submitter: Who of its submitters it is about.
        is_staff: Whether the roster lists the submitter as staff.
    """
    known_as = f": {submitter.known_as}" if submitter.known_as else ""
    if not found and is_staff:
        row = row_for(hand_in, None)
        return f"it is of staff, as the roster says{known_as}: write `{row}` into {MATCHES_FILE}"
    if not found:
        why = f"nobody in the roster has this name, number or address{known_as}"
        if len(hand_in.submitters) > 1:
            return why
        return (
            f"{why}: write `{row_for(hand_in, None)}` into {MATCHES_FILE} to leave it out, or an id"
            f" of the roster in the place of {NOBODY}"
        )
    candidates = sorted(found, key=lambda student: student.id)[:MOST_CANDIDATES]
    may_be = " or ".join(student.id for student in candidates)
    rows = " or ".join(f"`{row_for(hand_in, student)}`" for student in candidates)
    return f"it may be from {may_be}{known_as}: write {rows} into {MATCHES_FILE}"


def why_taken_away(owner: Student, hand_in: HandIn, settled_for: Sequence[Student]) -> str:
    """Say that a hand-in with a key of one student was given to others alone."""
    others = " and ".join(sorted(student.id for student in settled_for))
    return (
        f"{hand_in.origin!r} has a number, login or address of {owner.id}, and {MATCHES_FILE} gives"
        f" it to {others}: if {owner.id} is one of several, add the row `{row_for(hand_in, owner)}`"
    )
