"""What a student is told of a standing besides the points: lateness and its cost, and an excuse."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from autograder.feedback.html import as_html
from autograder.gradebook.entries import BookEntry
from autograder.gradebook.standing import Standing
from autograder.text import counted

_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_ADDRESS = re.compile(r"https://[\w.-]+/[\w.-]+/[\w.-]+", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class StudentNote:
    """A note in a word and a few sentences."""

    heading: str
    text: str


def notes_on(standing: Standing, timezone: str, instead: str = "") -> Iterator[StudentNote]:
    """Yield what a student must know of a standing to understand the total.

    Args:
        standing: The student's.
        timezone: In which times are written.
        instead: A sentence on the earlier hand-in that counts in place of this one; empty if this
            one counts.
    """
    if standing.excused:
        yield StudentNote("Excused.", "This assignment counts neither for you nor against you.")
    if not (standing.days_late and standing.handed_in_at and standing.due):
        return
    came = "pushed" if standing.commit else "handed in"
    when = (
        f"This was {came} {written(standing.handed_in_at, timezone)}"
        f" and due {written(standing.due, timezone)}:"
        f" up to {counted(standing.days_late, 'day')} late."
    )
    if instead:
        yield StudentNote("Late.", f"{when} {instead} This is graded for you to see.")
    elif not standing.counts:
        text = f"{when} It is graded for you to see, and does not count."
        yield StudentNote("Too late.", text)
    elif standing.penalty_percent:
        left = f"{standing.so_far_after_penalty:g} of {standing.so_far:g} remain."
        taken = f"{standing.penalty_percent:g}% of the points are taken off: {left}"
        yield StudentNote("Late.", f"{when} {taken}")
    else:
        yield StudentNote("Late.", when)


def written(moment: datetime, timezone: str) -> str:
    """Write a moment by the clocks of a time zone: `2026-12-01 23:59 UTC+0100`."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M UTC%z")


def feedback_page(entry: BookEntry, title: str, timezone: str) -> str:
    """Write the feedback page of a student who has a grade.

    Args:
        entry: The student's.
        title: The assignment's.
        timezone: In which times are written.
    """
    assert entry.grade is not None
    submission = entry.grade.submission
    notes = [f"{note.heading} {note.text}" for note in notes_on(entry.standing, timezone)]
    told = submission.model_copy(update={"notes": (*notes, *submission.notes)})
    return as_html(
        entry.grade.model_copy(update={"submission": told}),
        title=title,
        student=entry.student.full_name or entry.student.id,
        files_at=_files_at(entry.standing),
    )


def _files_at(standing: Standing) -> str | None:
    """Return the address of what was handed in on GitHub; None if it came from elsewhere."""
    repository, commit = standing.repository or "", standing.commit or ""
    if _NAME.fullmatch(repository):
        repository = f"https://github.com/{repository}"
    if not (_ADDRESS.fullmatch(repository) and _COMMIT.fullmatch(commit)):
        return None
    return f"{repository}/blob/{commit}/"
