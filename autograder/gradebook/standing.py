"""The standing of a student in an assignment: the points so far, and what else decides a grade.

`standing_of` makes it. Every number that is shown of a student comes from a standing: in the
comment on a commit, its statuses, the gradebook, the exports, the report and the feedback page.
"""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from autograder.gradebook.handins import Handin
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade, GradedCheckpoint, Status
from autograder.lateness import after_penalty, lateness
from autograder.policy import Policy
from autograder.text import counted, decimal_text, rounded


class StandingStatus(StrEnum):
    """Whether a standing has a total, and if not, why."""

    COMPLETE = "complete"
    UNDECIDED = "undecided"
    """Some points are open: they wait for a marker, or to be graded again."""
    MISSING = "missing"
    """Nothing was handed in."""
    UNGRADED = "not graded"
    """Something was handed in, or may have been, and lacks a grade: all points are open."""
    TOO_LATE = "too late"
    """What was handed in came after the last day for late work: it has 0 points."""
    EXCUSED = "excused"
    """The assignment counts neither for the student nor against."""


class _StandingModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CheckpointPoints(_StandingModel):
    """The points of one checkpoint, manual ones included, before any penalty."""

    id: str
    title: str
    score: float | None = Field(ge=0)
    """None while some of its points are open: they wait for a marker, or to be graded again."""
    max_score: float = Field(ge=0)
    open_points: float = Field(default=0.0, ge=0)
    """How many of its points are neither given nor lost yet."""
    given: float = Field(default=0.0, ge=0)
    """The points that are given already while others are open."""

    @property
    def so_far(self) -> float:
        """The points that are given already."""
        return self.given if self.score is None else self.score


def points_of(checkpoint: GradedCheckpoint) -> CheckpointPoints:
    """Return a checkpoint's points; the score is None while they are not decided."""
    given = max(0.0, checkpoint.score)
    return CheckpointPoints(
        id=checkpoint.id,
        title=checkpoint.title,
        score=given if checkpoint.status is Status.COMPLETE else None,
        max_score=checkpoint.max_score,
        open_points=checkpoint.open_points,
        given=given,
    )


class Standing(_StandingModel):
    """One student's points in one assignment, and what lateness costs.

    If nothing was handed in, the points are None, or 0 if the course decides so: the code that
    makes the standing knows. The exports write these values, and never turn "not decided" into 0.
    """

    student: Student
    checkpoints: tuple[CheckpointPoints, ...]
    """Before the penalty."""
    handed_in_at: AwareDatetime | None = None
    due: AwareDatetime | None = None
    """With the student's extension; None if nothing says when."""
    is_extended: bool = False
    late_seconds: float = Field(default=0.0, ge=0)
    """Since it was due; 0 within the grace."""
    days_late: int = Field(default=0, ge=0)
    """Days begun since it was due; 0 within the grace."""
    penalty_percent: float = Field(default=0.0, ge=0, le=100)
    """Of the points, taken off for lateness."""
    counts: bool = True
    """False if it came too late to count: then it gets no points."""
    excused: bool = False
    missing: bool = False
    ungraded: str | None = None
    """Why a hand-in lacks a grade, as `what was handed in cannot be read`; None if it is graded."""
    commit: str | None = None
    repository: str | None = None
    """On GitHub, as `owner/name` or as its address."""

    @property
    def so_far(self) -> float:
        """The points that are given already, before the penalty."""
        return rounded(sum(checkpoint.so_far for checkpoint in self.checkpoints))

    @property
    def so_far_after_penalty(self) -> float:
        """The points that are given already and remain."""
        return after_penalty(self.so_far, self.penalty_percent)

    @property
    def penalty(self) -> float:
        """The points that lateness takes off those given already."""
        return rounded(self.so_far - self.so_far_after_penalty)

    @property
    def before_penalty(self) -> float | None:
        """All points together, before the penalty; None as long as `total` is."""
        return None if self.total is None else self.so_far

    @property
    def total(self) -> float | None:
        """All points together, after the penalty.

        None for an excused student, whose points do not count, and while a checkpoint is not
        decided: a part of the total would be read as a grade. What came too late has 0.
        """
        is_open = any(checkpoint.score is None for checkpoint in self.checkpoints)
        if self.excused or (is_open and self.counts):
            return None
        return self.so_far_after_penalty

    @property
    def scores_before_penalty(self) -> tuple[float | None, ...]:
        """The points of each checkpoint before the penalty; None while they are not decided.

        They add up to `before_penalty`, as `final_scores` do to `total`.
        """
        return self._decided(self._adding_up(0.0))

    @property
    def final_scores(self) -> tuple[float | None, ...]:
        """The points of each checkpoint after the penalty; None while they are not decided.

        They add up to `total`: what rounding leaves over in one goes to the next. A system that
        gets the checkpoints one by one adds them up itself.
        """
        return self._decided(self.remaining_scores)

    @property
    def remaining_scores(self) -> tuple[float, ...]:
        """The points of each checkpoint that are given already and remain."""
        return self._adding_up(self.penalty_percent)

    def _adding_up(self, percent: float) -> tuple[float, ...]:
        """Take a penalty off each checkpoint so that they add up to what remains of all."""
        scores: list[float] = []
        before = after = 0.0
        for checkpoint in self.checkpoints:
            before += checkpoint.so_far
            remaining = after_penalty(before, percent)
            scores.append(rounded(remaining - after))
            after = remaining
        return tuple(scores)

    def _decided(self, scores: Sequence[float]) -> tuple[float | None, ...]:
        """Leave out the checkpoints that are not decided; what came too late always is."""
        return tuple(
            None if checkpoint.score is None and self.counts else score
            for checkpoint, score in zip(self.checkpoints, scores, strict=True)
        )

    @property
    def max_score(self) -> float:
        """The most points that can be reached."""
        return rounded(sum(checkpoint.max_score for checkpoint in self.checkpoints))

    @property
    def open_points(self) -> float:
        """The points that somebody has yet to decide; none where they do not count anyway."""
        if self.excused or not self.counts:
            return 0.0
        return rounded(sum(checkpoint.open_points for checkpoint in self.checkpoints))

    @property
    def days_late_text(self) -> str:
        """Say how late it was: `up to 2 days late`; empty if it was not."""
        return f"up to {counted(self.days_late, 'day')} late" if self.days_late else ""

    @property
    def lateness_text(self) -> str:
        """Say how late it was and what that costs: `up to 2 days late, 20 % off`; empty if not."""
        late = self.days_late_text
        if not late:
            return ""
        if not self.counts:
            return f"{late}, too late to count"
        taken = f", {decimal_text(self.penalty_percent)} % off" if self.penalty_percent else ""
        return f"{late}{taken}"

    @property
    def ungraded_text(self) -> str:
        """Say why a hand-in lacks a grade; empty if it is graded, or if there is none."""
        return self.ungraded or ""

    @property
    def status(self) -> StandingStatus:
        """The first that holds: excused, missing, not graded, too late, undecided, complete."""
        if self.excused:
            return StandingStatus.EXCUSED
        if self.missing:
            return StandingStatus.MISSING
        if self.ungraded is not None:
            return StandingStatus.UNGRADED
        if not self.counts:
            return StandingStatus.TOO_LATE
        return StandingStatus.COMPLETE if self.total is not None else StandingStatus.UNDECIDED


def standing_of(student: Student, grade: Grade, handin: Handin, policy: Policy) -> Standing:
    """Return the standing of a student who handed in.

    Args:
        student: Who.
        grade: The grade of what counts, with people's marks and the course's rulings in it.
        handin: When it was handed in.
        policy: The course's.
    """
    checkpoints = tuple(points_of(checkpoint) for checkpoint in grade.checkpoints)
    late = lateness(policy, student, handin.handed_in_at)
    seconds = 0.0
    if late.days and late.due and late.handed_in_at:
        seconds = (late.handed_in_at - late.due).total_seconds()
    return Standing(
        student=student,
        checkpoints=checkpoints,
        handed_in_at=handin.handed_in_at,
        due=late.due,
        is_extended=policy.extension_of(student) is not None,
        late_seconds=seconds,
        days_late=late.days,
        penalty_percent=late.percent,
        counts=late.counts,
        excused=policy.excuses(student),
        commit=handin.commit or grade.submission.commit,
        repository=handin.repository,
    )


def standing_without_grade(
    student: Student,
    checkpoints: Sequence[CheckpointPoints],
    handin: Handin,
    policy: Policy,
    *,
    is_missing: bool,
    score: float | None,
    ungraded: str | None = None,
) -> Standing:
    """Return the standing of a student without a grade.

    Args:
        student: Who.
        checkpoints: Those of the class; only their titles and most points are used.
        handin: When it was handed in, if it was.
        policy: The course's.
        is_missing: Whether nothing was handed in. If something was, all points are open.
        score: The points of each checkpoint.
        ungraded: Why a hand-in lacks a grade; None if nothing was handed in.
    """
    return Standing(
        student=student,
        checkpoints=tuple(
            CheckpointPoints(
                id=checkpoint.id,
                title=checkpoint.title,
                score=score,
                max_score=checkpoint.max_score,
                open_points=0.0 if is_missing else checkpoint.max_score,
            )
            for checkpoint in checkpoints
        ),
        handed_in_at=None if is_missing else handin.handed_in_at,
        due=policy.due(student),
        is_extended=policy.extension_of(student) is not None,
        excused=policy.excuses(student),
        missing=is_missing,
        ungraded=ungraded,
        commit=handin.commit,
        repository=handin.repository,
    )
