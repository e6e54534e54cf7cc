"""The standing of a student in an assignment: the points so far, and what else decides a grade."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from autograder.gradebook.student import Student
from autograder.grading.grade import GradedCheckpoint, Status


class StandingStatus(StrEnum):
    """Whether a standing has a total, and if not, why."""

    COMPLETE = "complete"
    UNDECIDED = "undecided"
    """Some points are open: they wait for a marker, or to be graded again."""
    MISSING = "missing"
    """Nothing was handed in."""
    EXCUSED = "excused"
    """The assignment counts neither for the student nor against."""


class _StandingModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CheckpointPoints(_StandingModel):
    """The points of one checkpoint, manual ones included."""

    id: str
    title: str
    score: float | None = Field(ge=0)
    """None while some of its points are open: they wait for a marker, or to be graded again."""
    max_score: float = Field(ge=0)
    open_points: float = Field(default=0.0, ge=0)
    """How many of its points are neither given nor lost yet."""


def points_of(checkpoint: GradedCheckpoint) -> CheckpointPoints:
    """Return a checkpoint's points for an export; None while they are not decided."""
    decided = checkpoint.status is Status.COMPLETE
    return CheckpointPoints(
        id=checkpoint.id,
        title=checkpoint.title,
        score=max(0.0, checkpoint.score) if decided else None,
        max_score=checkpoint.max_score,
        open_points=checkpoint.open_points,
    )


class Standing(_StandingModel):
    """One student's points in one assignment.

    If nothing was handed in, the points are None, or 0 if the course decides so: the code that
    makes the standing knows. The exports write these values, and never turn "not decided" into 0.
    """

    student: Student
    checkpoints: tuple[CheckpointPoints, ...]
    handed_in_at: AwareDatetime | None = None
    late_seconds: float = Field(default=0.0, ge=0)
    excused: bool = False
    missing: bool = False
    commit: str | None = None
    repository: str | None = None
    """On GitHub, as `owner/name` or as its address."""

    @property
    def total(self) -> float | None:
        """All points together.

        None for an excused student, whose points do not count, and while a checkpoint is not
        decided: a part of the total would be read as a grade.
        """
        scores = [
            checkpoint.score for checkpoint in self.checkpoints if checkpoint.score is not None
        ]
        if self.excused or len(scores) < len(self.checkpoints):
            return None
        return sum(scores)

    @property
    def max_score(self) -> float:
        """The most points that can be reached."""
        return sum(checkpoint.max_score for checkpoint in self.checkpoints)

    @property
    def open_points(self) -> float:
        """The points that are neither given nor lost yet."""
        return sum(checkpoint.open_points for checkpoint in self.checkpoints)

    @property
    def status(self) -> StandingStatus:
        """The first that holds of: excused, missing, undecided, complete."""
        if self.excused:
            return StandingStatus.EXCUSED
        if self.missing:
            return StandingStatus.MISSING
        return StandingStatus.COMPLETE if self.total is not None else StandingStatus.UNDECIDED
