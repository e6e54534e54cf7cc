"""What is posted of a push's grade: a status for each checkpoint, and one comment with a marker.

All of it is a function of the grade, the policy and the push, so that a run which starts again
writes the same, and can tell what is there already.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from autograder.course.handin_history import BranchWork, PushedHandin
from autograder.feedback.content import Detail, open_points, passed, points
from autograder.feedback.markdown import LONGEST_COMMENT, as_markdown
from autograder.github.queries import CommitComment, CommitStatus, StatusState
from autograder.gradebook.entries import BookEntry
from autograder.gradebook.notes import notes_on, notes_on_view, written
from autograder.gradebook.standing import Standing
from autograder.grading.grade import GradedCheckpoint, Outcome, Status
from autograder.policy import Policy
from autograder.text import code_in_markdown, inert

STATUS_PREFIX = "grade/"
"""In a status's name, before the checkpoint's id; the students' `checks/show_grade.py` knows it."""
LONGEST_DESCRIPTION = 140
"""Characters; GitHub answers 422 to more (REST, "Create a commit status")."""
NOTES_BYTES = 1_500
"""Of a comment, kept free for the notes on lateness and detail, and for the marker."""

_MARKER = re.compile(
    r"<!-- graded commit=(?P<commit>[0-9a-f]{40,64}) suite=(?P<suite>sha256:[0-9a-f]+)"
    r" detail=(?P<detail>\w+)(?P<withheld> closed_answers=withheld)?"
    r"( terms=(?P<terms>[0-9a-f]+))? -->"
)
_HINT = "<!-- not graded commit={} -->"


@dataclass(frozen=True)
class Marker:
    """The last line of a comment, which is not shown: what the comment is about."""

    commit: str
    suite: str
    """The digest of the hidden suite."""
    detail: Detail
    withholds: bool = False
    """Whether verdicts on closed answers are left out of the comment."""
    terms: str = ""
    """Under which terms it was written; see `Policy.terms`."""

    def __str__(self) -> str:
        withheld = " closed_answers=withheld" if self.withholds else ""
        terms = f" terms={self.terms}" if self.terms else ""
        return (
            f"<!-- graded commit={self.commit} suite={self.suite} detail={self.detail}{withheld}"
            f"{terms} -->"
        )

    def shows(self, detail: Detail, *, may_withhold: bool) -> bool:
        """Whether the comment shows at least this much, and withholds nothing that it may show."""
        return self.detail.rank >= detail.rank and (may_withhold or not self.withholds)


def marker_of(comment: str) -> Marker | None:
    """Read the marker of a comment; None if it has none. Check yourself who wrote the comment."""
    last = comment.rstrip().rpartition("\n")[2]
    match = _MARKER.fullmatch(last)
    if match is None or match["detail"] not in list(Detail):
        return None
    return Marker(
        match["commit"],
        match["suite"],
        Detail(match["detail"]),
        withholds=bool(match["withheld"]),
        terms=match["terms"] or "",
    )


@dataclass(frozen=True)
class PushFeedback:
    """All that is posted of one push."""

    comment: str
    statuses: tuple[CommitStatus, ...]


def feedback_on_push(
    entry: BookEntry,
    commit: str,
    detail: Detail,
    policy: Policy,
    files_at: str,
    withheld_until: datetime | None = None,
    *,
    terms: str = "",
    instead: PushedHandin | None = None,
) -> PushFeedback:
    """Write the comment and the statuses of a grade.

    Args:
        entry: The student's grade and standing, by what the student may see now.
        commit: The commit that was graded.
        detail: How much is shown.
        policy: The course's.
        files_at: Address of the student's files, for links.
        withheld_until: Until when verdicts on closed answers are withheld; None if they are shown.
        terms: Under which terms it is late or not.
        instead: The earlier hand-in that counts in place of this one; None if there is none.
    """
    grade, standing = entry.grade, entry.standing
    assert grade is not None
    withholds = withheld_until is not None and grade.count(Outcome.ANSWERED) > 0
    text = as_markdown(grade, files_at=files_at, detail=detail, limit=LONGEST_COMMENT - NOTES_BYTES)
    heading, _, rest = text.partition("\n")
    counting = (
        f"What counts is what you had pushed {written(instead.at, policy.timezone)}"
        f" (`{instead.commit[:7]}`)."
        if instead
        else ""
    )
    notes = [
        f"**{note.heading}** {note.text}" if note.heading else note.text
        for note in (
            *notes_on(standing, policy.timezone, counting),
            *notes_on_view(grade, detail, policy, withheld_until),
        )
    ]
    notes_text = "".join(f"\n{note}\n" for note in notes)
    marker = Marker(commit, grade.grader.suite, detail, withholds=withholds, terms=terms)
    return PushFeedback(
        f"{heading}\n{notes_text}{rest}\n{marker}\n",
        tuple(_status(checkpoint, detail, standing, instead) for checkpoint in grade.checkpoints),
    )


def waiting_status(checkpoint: str, until: datetime, policy: Policy) -> CommitStatus:
    """Write the status that tells a student that a push is graded later."""
    when = written(until, policy.timezone)
    return CommitStatus(
        f"{STATUS_PREFIX}{checkpoint}",
        StatusState.PENDING,
        f"graded after {when}: {policy.attempts_per_hour} pushes an hour are",
    )


def hint_on_branch(work: BranchWork, graded_branch: str | None, policy: Policy) -> str:
    """Write the comment that tells a student of work on a branch that is not graded."""
    graded = f" {code_in_markdown(graded_branch)}" if graded_branch else ""
    return (
        f"**Not graded.** This is on the branch {code_in_markdown(work.branch)}, pushed"
        f" {written(work.at, policy.timezone)}. Only the default branch{graded} is graded: if this"
        " is what you hand in, merge it there and push; what counts is when it comes there. If the"
        f" deadline is over, write to your instructor.\n\n{_HINT.format(work.commit)}\n"
    )


def is_hint(comment: CommitComment, commit: str) -> bool:
    """Whether a comment of ours tells that a commit is not graded."""
    return comment.body.rstrip().endswith(_HINT.format(commit))


def _status(
    checkpoint: GradedCheckpoint, detail: Detail, standing: Standing, instead: PushedHandin | None
) -> CommitStatus:
    """Write a checkpoint's status: lost points are a failure, the grader's fault alone an error."""
    parts = [points(checkpoint)]
    if checkpoint.open_points:
        parts.append(open_points(checkpoint))
    if detail is not Detail.SCORE:
        parts.append(f"{passed(checkpoint)} tests")
    if standing.excused:
        parts.append("excused")
    if standing.days_late and instead is not None:
        parts.append("late: an earlier push counts")
    elif standing.lateness_text:
        parts.append(standing.lateness_text)
    lost = any(not test.is_open and test.score < test.max_score for test in checkpoint.tests)
    if lost:
        state = StatusState.FAILURE
    elif checkpoint.status is Status.INCOMPLETE:
        state = StatusState.ERROR
    else:
        state = StatusState.SUCCESS
    return CommitStatus(
        f"{STATUS_PREFIX}{checkpoint.id}",
        state,
        inert(", ".join(parts), LONGEST_DESCRIPTION),
    )
