"""What a student reads of a standing besides the points: lateness and its cost, and an excuse."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from autograder.feedback.content import Detail
from autograder.feedback.html import as_html
from autograder.gradebook.entries import BookEntry, seen_by_student
from autograder.gradebook.standing import Standing
from autograder.grading.grade import Grade, Outcome
from autograder.policy import Policy
from autograder.text import counted, decimal_text

_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_ADDRESS = re.compile(r"https://[\w.-]+/[\w.-]+/[\w.-]+", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class StudentNote:
    """A note in a word and a few sentences."""

    heading: str
    """May be empty."""
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
        remain, before = standing.so_far_after_penalty, standing.so_far
        left = f"{decimal_text(remain)} of {decimal_text(before)} remain."
        taken = f"{decimal_text(standing.penalty_percent)}% of the points are taken off: {left}"
        yield StudentNote("Late.", f"{when} {taken}")
    else:
        yield StudentNote("Late.", when)


def written(moment: datetime, timezone: str) -> str:
    """Write a moment by the clocks of a time zone: `2026-12-01 23:59 UTC+0100`."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M UTC%z")


def notes_on_view(
    grade: Grade, detail: Detail, policy: Policy, withheld_until: datetime | None
) -> Iterator[StudentNote]:
    """Yield what a student must know of what is not shown yet.

    Args:
        grade: As the student sees it.
        detail: How much is shown.
        policy: The course's.
        withheld_until: Until when verdicts on closed answers are withheld; None if they are shown.
    """
    more = [
        stage.begins
        for stage in policy.feedback
        if stage.begins is not None and stage.shown.rank > detail.rank
    ]
    if more:
        yield StudentNote("", f"More of it is shown from {written(more[0], policy.timezone)} on.")
    if withheld_until is not None and grade.count(Outcome.ANSWERED):
        yield StudentNote(
            "Closed questions:",
            "`answered` means that an answer of the right form is there. Whether it is right is"
            f" shown, and counted, after {written(withheld_until, policy.timezone)}.",
        )


def feedback_page(entry: BookEntry, title: str, policy: Policy, moment: datetime) -> str:
    """Write the feedback page of a student who has a grade, as the student may see it.

    Args:
        entry: The student's.
        title: The assignment's.
        policy: The course's.
        moment: When it is seen: what is withheld, and how much is shown, depends on it.
    """
    seen, detail = seen_by_student(entry, policy, moment), policy.detail_at(moment)
    grade, standing = seen.grade, seen.standing
    assert grade is not None
    withheld_until = policy.withheld_until(entry.student, moment)
    notes = [
        f"{note.heading} {note.text}".strip()
        for note in (
            *notes_on(standing, policy.timezone),
            *notes_on_view(grade, detail, policy, withheld_until),
        )
    ]
    submission = grade.submission
    told = submission.model_copy(update={"notes": (*notes, *submission.notes)})
    has_penalty = standing.penalty_percent > 0 and not standing.excused
    return as_html(
        grade.model_copy(update={"submission": told}),
        title=title,
        student=entry.student.full_name or entry.student.id,
        files_at=_files_at(standing),
        detail=detail,
        counting=standing.so_far_after_penalty if has_penalty else None,
    )


def _files_at(standing: Standing) -> str | None:
    """Return the address of what was handed in on GitHub; None if it came from elsewhere."""
    repository, commit = standing.repository or "", standing.commit or ""
    if _NAME.fullmatch(repository):
        repository = f"https://github.com/{repository}"
    if not (_ADDRESS.fullmatch(repository) and _COMMIT.fullmatch(commit)):
        return None
    return f"{repository}/blob/{commit}/"
