"""What a class's grades tell: how points are spread, which tests divide, what is misunderstood."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from autograder.dashboard.results import Row, State, share_of
from autograder.grading.grade import Grade, GradedTest, Outcome

BINS = 10
FEWEST_FOR_DISCRIMINATION = 8
"""With fewer students, one of them decides."""
FEWEST_FOR_A_GROUP = 3
"""In the lecture hall a misconception of fewer is nobody's business."""
_UNDECIDED = (Outcome.GRADER_ERROR, Outcome.UNMARKED)


@dataclass(frozen=True)
class Misconception:
    """What goes wrong in one way."""

    students: int
    outcome: str
    hint: str
    """What they were told; empty where there is nothing to tell."""


@dataclass(frozen=True)
class TestFigures:
    """One hidden test."""

    id: str
    checkpoint: str
    requirement: str
    title: str
    points: float
    decided: int
    """Students for whom it was decided; the others are left out of what follows."""
    passed: int
    discrimination: float | None
    """How much passing goes with the rest of the points, from -1 to 1; None where it says nothing.

    It is the point-biserial correlation with the score without this test, which uses every student,
    while a comparison of the upper and the lower quarter leaves out half of a small class.
    """
    misconception: Misconception | None
    """The most frequent one."""

    @property
    def share(self) -> float:
        """How many passed, from 0 to 1."""
        return self.passed / self.decided if self.decided else 0.0

    @property
    def lost(self) -> float:
        """Points that the class lost here, in all."""
        return self.points * (self.decided - self.passed)


@dataclass(frozen=True)
class CheckpointFigures:
    """One checkpoint."""

    id: str
    title: str
    max_score: float
    mean: float
    """Of the points of those whose checkpoint is not ungraded."""
    full: int
    """Students with all points."""
    decided: int

    @property
    def share(self) -> float:
        """The mean, from 0 to 1."""
        return self.mean / self.max_score if self.max_score else 0.0


@dataclass(frozen=True)
class ClassFigures:
    """The class."""

    graded: int
    states: dict[State, int]
    late: int
    max_score: float
    median: float
    bins: tuple[int, ...]
    """Students by share of the points: 0 to 10 %, ... 90 to 100 %; the last one with 100 %."""
    checkpoints: tuple[CheckpointFigures, ...]
    tests: tuple[TestFigures, ...]
    attempts: tuple[tuple[float, int], ...]
    """For the first, second, ... attempt the mean share, and of how many students."""


def figures_of(rows: Sequence[Row]) -> ClassFigures:
    """Work out the figures; at least one row has a grade. Excused students count nowhere."""
    counted = [one for one in rows if one.grade is not None and one.state is not State.EXCUSED]
    grades = [one.grade for one in counted if one.grade is not None]
    sound = [
        one.grade for one in counted if one.grade is not None and one.state is not State.UNGRADED
    ]
    shares = [share_of(one) for one in sound]
    counts = Counter(min(int(one * BINS), BINS - 1) for one in shares)
    return ClassFigures(
        graded=len(grades),
        states=dict(Counter(one.state for one in rows)),
        late=sum(one.late for one in rows),
        max_score=max((one.max_score for one in grades), default=0.0),
        median=median([one.score for one in sound]) if sound else 0.0,
        bins=tuple(counts[number] for number in range(BINS)),
        checkpoints=tuple(_checkpoints(grades)),
        tests=tuple(_tests(grades)),
        attempts=tuple(_attempts(counted)),
    )


def hardest(figures: ClassFigures, most: int = 5) -> list[TestFigures]:
    """Take the tests at which the class lost most points."""
    ranked = sorted(figures.tests, key=lambda one: (-one.lost, one.id))
    return [one for one in ranked if one.lost > 0][:most]


def _checkpoints(grades: Sequence[Grade]) -> Iterable[CheckpointFigures]:
    by_id: dict[str, list[tuple[str, float, float, bool]]] = {}
    for grade in grades:
        for one in grade.checkpoints:
            undecided = any(test.outcome is Outcome.GRADER_ERROR for test in one.tests)
            by_id.setdefault(one.id, []).append(
                (one.title, one.score, one.max_score, not undecided)
            )
    for name, entries in by_id.items():
        decided = [score for _, score, _, sound in entries if sound]
        title, _, most, _ = entries[0]
        yield CheckpointFigures(
            id=name,
            title=title,
            max_score=most,
            mean=fmean(decided) if decided else 0.0,
            full=sum(score == most for score in decided),
            decided=len(decided),
        )


def _tests(grades: Sequence[Grade]) -> Iterable[TestFigures]:
    entries: dict[str, list[tuple[str, GradedTest, float]]] = {}
    for grade in grades:
        for checkpoint in grade.checkpoints:
            for test in checkpoint.tests:
                rest = grade.score - test.score
                entries.setdefault(test.id, []).append((checkpoint.id, test, rest))
    for name, found in entries.items():
        decided = [(test, rest) for _, test, rest in found if test.outcome not in _UNDECIDED]
        checkpoint_id, first, _ = found[0]
        if first.marked_by == "person" and not decided:
            continue
        yield TestFigures(
            id=name,
            checkpoint=checkpoint_id,
            requirement=first.requirement,
            title=first.title,
            points=first.max_score,
            decided=len(decided),
            passed=sum(test.outcome is Outcome.PASSED for test, _ in decided),
            discrimination=discrimination(
                [test.outcome is Outcome.PASSED for test, _ in decided],
                [rest for _, rest in decided],
            ),
            misconception=_misconception([test for test, _ in decided]),
        )


def discrimination(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """Correlate passing a test with the rest of the points; None where there are too few."""
    if len(passed) < FEWEST_FOR_DISCRIMINATION:
        return None
    mean_passed, mean_rest = fmean(passed), fmean(rest)
    together = sum((p - mean_passed) * (r - mean_rest) for p, r in zip(passed, rest, strict=True))
    spread = math.sqrt(
        sum((p - mean_passed) ** 2 for p in passed) * sum((r - mean_rest) ** 2 for r in rest)
    )
    return together / spread if spread > 1e-9 else None


def _misconception(tests: Sequence[GradedTest]) -> Misconception | None:
    kinds = Counter(
        (test.outcome, (test.feedback.hint or "") if test.feedback else "")
        for test in tests
        if test.outcome is not Outcome.PASSED
    )
    if not kinds:
        return None
    (outcome, hint), students = max(kinds.items(), key=lambda one: (one[1], one[0][1]))
    return Misconception(students, outcome.value.replace("_", " "), hint)


def _attempts(rows: Sequence[Row]) -> Iterable[tuple[float, int]]:
    longest = max((len(one.attempts) for one in rows), default=0)
    for number in range(longest if longest > 1 else 0):
        shares = [one.attempts[number] for one in rows if len(one.attempts) > number]
        yield fmean(shares), len(shares)
