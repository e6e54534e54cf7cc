"""Statistics of a class: how points are spread, which tests divide, what is misunderstood."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from autograder.grading.grade import Grade, GradedTest, Outcome, decided_points
from autograder.reports.class_results import Row, State, share_of

BINS = 10
"""Columns of the histogram."""
FEWEST_FOR_DISCRIMINATION = 8
"""With fewer students, a single one changes the figure too much."""
FEWEST_FOR_A_GROUP = 3
"""A misconception of fewer students is not shown: it would point at them."""


@dataclass(frozen=True)
class Misconception:
    """One way in which students fail a test."""

    students: int
    outcome: str
    hint: str
    """The hint that they read; empty if there was none."""


@dataclass(frozen=True)
class TestFigures:
    """The figures of one hidden test."""

    id: str
    checkpoint: str
    requirement: str
    title: str
    points: float
    decided: int
    """Students for whom it was decided; the figures below count these alone."""
    passed: int
    discrimination: float | None
    """How passing correlates with the rest of the points, from -1 to 1; None if it says nothing.

    This is the point-biserial correlation with the share of the other decided points. It uses every
    student; a comparison of the upper and the lower quarter would leave out half of a small class.
    """
    misconception: Misconception | None
    """The most frequent misconception."""

    @property
    def share(self) -> float:
        """The share of students who passed, from 0 to 1."""
        return self.passed / self.decided if self.decided else 0.0

    @property
    def lost(self) -> float:
        """The points that the class lost in this test."""
        return self.points * (self.decided - self.passed)


@dataclass(frozen=True)
class CheckpointFigures:
    """The figures of one checkpoint."""

    id: str
    title: str
    share: float
    """The mean share of the points that are decided, from 0 to 1."""
    full: int
    """Students who lost nothing."""
    decided: int
    """Students for whom anything was decided; the others are left out."""


@dataclass(frozen=True)
class ClassFigures:
    """The figures of a class."""

    graded: int
    states: Counter[State]
    unreadable: Mapping[str, int]
    """By student, tests that could not read what the code left behind."""
    missing: int | None
    """Students who have not handed in; None without a roster."""
    late: int | None
    """None if nobody's lateness is known."""
    median: float
    """Of the shares of the points that are decided, from 0 to 1."""
    bins: tuple[int, ...]
    """Students by share of the points: 0 to 10 %, ... 90 to 100 %; the last one with 100 %."""
    checkpoints: tuple[CheckpointFigures, ...]
    tests: tuple[TestFigures, ...]
    attempts: tuple[tuple[float, int], ...]
    """For the first, second, ... attempt the mean share, and of how many students."""


def figures_of(rows: Sequence[Row]) -> ClassFigures:
    """Compute the figures; at least one row must have a grade. Excused students are not counted."""
    counted = [row for row in rows if row.grade is not None and row.state is not State.EXCUSED]
    grades = [row.grade for row in counted if row.grade is not None]
    shares = [share_of(grade) for grade in grades if decided_points(grade)[1] > 0]
    states = Counter(row.state for row in rows)
    lateness = [row.late for row in rows if row.late is not None]
    counts = Counter(min(int(share * BINS), BINS - 1) for share in shares)
    return ClassFigures(
        graded=len(grades),
        unreadable={row.shown_name: row.unreadable for row in counted},
        states=states,
        missing=states[State.MISSING] if any(row.enrolled for row in rows) else None,
        late=sum(lateness) if lateness else None,
        median=median(shares) if shares else 0.0,
        bins=tuple(counts[number] for number in range(BINS)),
        checkpoints=tuple(_checkpoints(grades)),
        tests=tuple(_tests(grades)),
        attempts=tuple(_attempts(counted)),
    )


def hardest(figures: ClassFigures, most: int = 5) -> list[TestFigures]:
    """Return the tests at which the class lost most points."""
    ranked = sorted(figures.tests, key=lambda test: (-test.lost, test.id))
    return [test for test in ranked if test.lost > 0][:most]


def _checkpoints(grades: Sequence[Grade]) -> Iterable[CheckpointFigures]:
    titles: dict[str, str] = {}
    shares: dict[str, list[float]] = {}
    for grade in grades:
        for checkpoint in grade.checkpoints:
            titles.setdefault(checkpoint.id, checkpoint.title)
            given, most = decided_points(grade.model_copy(update={"checkpoints": (checkpoint,)}))
            shares.setdefault(checkpoint.id, []).extend([given / most] if most > 0 else [])
    for name, found in shares.items():
        yield CheckpointFigures(
            id=name,
            title=titles[name],
            share=fmean(found) if found else 0.0,
            full=sum(share == 1 for share in found),
            decided=len(found),
        )


def _tests(grades: Sequence[Grade]) -> Iterable[TestFigures]:
    entries: dict[str, list[tuple[str, GradedTest, float]]] = {}
    for grade in grades:
        given, most = decided_points(grade)
        for checkpoint in grade.checkpoints:
            for test in checkpoint.tests:
                others = most - test.max_score  # of an open test it is not used
                rest = (given - test.score) / others if others > 0 else 0.0
                entries.setdefault(test.id, []).append((checkpoint.id, test, rest))
    for name, found in entries.items():
        decided = [(test, rest) for _, test, rest in found if not test.is_open]
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
    """Correlate passing a test with the rest of the points; None for too few students."""
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
    (outcome, hint), students = max(kinds.items(), key=lambda kind: (kind[1], kind[0][1]))
    return Misconception(students, outcome.value.replace("_", " "), hint)


def _attempts(rows: Sequence[Row]) -> Iterable[tuple[float, int]]:
    longest = max((len(row.attempts) for row in rows), default=0)
    for number in range(longest if longest > 1 else 0):
        shares = [row.attempts[number] for row in rows if len(row.attempts) > number]
        yield fmean(shares), len(shares)
