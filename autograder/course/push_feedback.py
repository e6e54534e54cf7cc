"""What is published of a grade: a status for each checkpoint, and one comment with a marker.

All of it is a function of the grade, the policy and the push, so that a run which begins anew
writes the same, and can tell what is there already.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from autograder.feedback.content import Detail, open_points, passed, points
from autograder.feedback.markdown import LONGEST_COMMENT, as_markdown
from autograder.grading.grade import (
    Grade,
    GradedCheckpoint,
    Outcome,
    Status,
    without_closed_verdicts,
)
from autograder.policy import Lateness, Policy
from autograder.text import inert

PREFIX = "grade/"
"""Before a checkpoint's id, in a status's name; the students' `checks/show_grade.py` knows it."""
LONGEST_DESCRIPTION = 140
"""Characters; GitHub answers 422 to more (REST, "Create a commit status")."""
ROOM = 1_500
"""Bytes for what is said of lateness, and for the marker."""

_MARKER = re.compile(
    r"<!-- graded commit=(?P<commit>[0-9a-f]{40,64}) suite=(?P<suite>sha256:[0-9a-f]+)"
    r" detail=(?P<detail>\w+)(?P<withheld> closed_answers=withheld)? -->"
)
_MORE = {Detail.SCORE: 0, Detail.TITLES: 1, Detail.FULL: 2}


@dataclass(frozen=True)
class Marker:
    """A comment's last line, which is not shown: what the comment is about."""

    commit: str
    suite: str
    """The digest of the hidden suite."""
    detail: Detail
    withholds: bool = False
    """Whether verdicts on closed answers are left out of the comment."""

    def __str__(self) -> str:
        withheld = " closed_answers=withheld" if self.withholds else ""
        return (
            f"<!-- graded commit={self.commit} suite={self.suite} detail={self.detail}{withheld}"
            " -->"
        )

    def shows(self, detail: Detail, *, may_withhold: bool) -> bool:
        """Whether the comment shows this much, or more, and no less than it may."""
        return _MORE[self.detail] >= _MORE[detail] and (may_withhold or not self.withholds)


def marker_of(comment: str) -> Marker | None:
    """Read the marker of a comment; None where it has none. Who wrote it is not looked at."""
    last = comment.rstrip().rpartition("\n")[2]
    match = _MARKER.fullmatch(last)
    if match is None or match["detail"] not in list(Detail):
        return None
    return Marker(
        match["commit"], match["suite"], Detail(match["detail"]), withholds=bool(match["withheld"])
    )


@dataclass(frozen=True)
class CommitStatus:
    """One status of a commit."""

    context: str
    state: str
    """`success`, `failure`, `error` or `pending`."""
    description: str


@dataclass(frozen=True)
class Publication:
    """All that is published of one push."""

    comment: str
    statuses: tuple[CommitStatus, ...]


def publication(
    grade: Grade,
    commit: str,
    detail: Detail,
    late: Lateness,
    policy: Policy,
    files_at: str,
    withheld_until: datetime | None = None,
) -> Publication:
    """Write what to publish.

    Args:
        grade: The grade.
        commit: Whose.
        detail: How much is shown.
        late: How late the push was.
        policy: The course's.
        files_at: Where the student's files are read, for links.
        withheld_until: Until when closed answers have no verdict; None where they have one.
    """
    withholds = False
    if withheld_until is not None:
        grade = without_closed_verdicts(grade)
        withholds = grade.count(Outcome.ANSWERED) > 0
    text = as_markdown(grade, files_at=files_at, detail=detail, limit=LONGEST_COMMENT - ROOM)
    heading, _, rest = text.partition("\n")
    notes = [*_on_lateness(grade, late, policy), *_on_detail(detail, policy)]
    if withheld_until is not None and withholds:
        notes.append(_on_closed_answers(withheld_until, policy))
    said = "".join(f"\n{note}\n" for note in notes)
    marker = Marker(commit, grade.grader.suite, detail, withholds=withholds)
    return Publication(
        f"{heading}\n{said}{rest}\n{marker}\n",
        tuple(_status(one, detail, late) for one in grade.checkpoints),
    )


def waiting(checkpoint: str, until: datetime, policy: Policy) -> CommitStatus:
    """Say to a student that a push is graded later."""
    return CommitStatus(
        f"{PREFIX}{checkpoint}",
        "pending",
        f"graded after {_written(until, policy)}: {policy.attempts_per_hour} pushes an hour are",
    )


def _on_lateness(grade: Grade, late: Lateness, policy: Policy) -> list[str]:
    if not late.days:
        return []
    days = "1 day" if late.days == 1 else f"{late.days} days"
    when = (
        f"This was pushed {_written(late.pushed_at, policy)} and due {_written(late.due, policy)}:"
        f" up to {days} late."
    )
    if not late.counts:
        return [f"**Too late.** {when} It is graded for you to see, and does not count."]
    if not late.percent:
        return [f"**Late.** {when}"]
    left = late.after_penalty(grade.score)
    return [
        f"**Late.** {when} {late.percent:g}% of the points are taken off:"
        f" {left:g} of {grade.score:g} remain."
    ]


def _on_detail(detail: Detail, policy: Policy) -> list[str]:
    later = [
        one.begins
        for one in policy.feedback
        if one.begins is not None and _MORE[one.detail] > _MORE[detail]
    ]
    return [f"More of it is shown from {_written(later[0], policy)} on."] if later else []


def _on_closed_answers(until: datetime, policy: Policy) -> str:
    return (
        "**Closed questions:** `answered` means that an answer of the right form is there. Whether"
        f" it is right is shown, and counted, after {_written(until, policy)}."
    )


def _written(moment: datetime, policy: Policy) -> str:
    local = moment.astimezone(ZoneInfo(policy.timezone))
    return local.strftime("%Y-%m-%d %H:%M UTC%z")


def _status(checkpoint: GradedCheckpoint, detail: Detail, late: Lateness) -> CommitStatus:
    """Sum a checkpoint up: lost points are a failure, the grader's fault alone is an error."""
    parts = [points(checkpoint)]
    if checkpoint.open_points:
        parts.append(open_points(checkpoint))
    if detail is not Detail.SCORE:
        parts.append(f"{passed(checkpoint)} tests")
    if not late.counts:
        parts.append("too late to count")
    elif late.percent:
        parts.append(f"late: -{late.percent:g}%")
    lost = any(not test.is_open and test.score < test.max_score for test in checkpoint.tests)
    incomplete = checkpoint.status is Status.INCOMPLETE
    return CommitStatus(
        f"{PREFIX}{checkpoint.id}",
        "failure" if lost else "error" if incomplete else "success",
        inert(", ".join(parts), LONGEST_DESCRIPTION),
    )
