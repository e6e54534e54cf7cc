"""Statistics of a class: what is misunderstood, which tests divide, how points are spread."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from autograder.feedback.content import by_cause
from autograder.grading.grade import Grade, GradedTest, Outcome, decided_points
from autograder.reports.class_results import Row, State, share_of

BINS = 10
"""Columns of the histogram."""
FEWEST_FOR_DISCRIMINATION = 8
"""With fewer students, a single one changes the figure too much."""
FEWEST_FOR_A_GROUP = 3
"""A cause of fewer students is theirs, not the class's: it ranks last, and would point at them."""


@dataclass(frozen=True)
class Cause:
    """One reason for which students lost points, in the words of their feedback."""

    words: str
    """The hint that they read; the outcome and the test if there was none."""
    tests: tuple[GradedTest, ...]
    """The tests that fail for this reason, the most points first; each as one student failed it."""
    lost: float
    """The points that the class lost for this reason."""
    rows: tuple[Row, ...]
    """The students who lost points for it."""
    tried: int
    """Students who tried at least one of the tests."""
    came_back: str
    """What the code of these students did most often."""

    @property
    def is_shared(self) -> bool:
        """Whether it is the class's, and not that of one or two students."""
        return len(self.rows) >= FEWEST_FOR_A_GROUP


@dataclass(frozen=True)
class TestFigures:
    """The figures of one hidden test."""

    id: str
    checkpoint: str
    requirement: str
    title: str
    points: float
    tried: int
    """Students who tried it, and for whom it was decided; the figures below count these alone."""
    passed: int
    lost: float
    """The points that they lost in it."""
    discrimination: float | None
    """How passing correlates with the rest of the points, from -1 to 1; None if it says nothing.

    This is the point-biserial correlation with the share of the other decided points. It uses every
    student; a comparison of the upper and the lower quarter would leave out half of a small class.
    """

    @property
    def share(self) -> float:
        """The share of students who passed, from 0 to 1."""
        return self.passed / self.tried if self.tried else 0.0


@dataclass(frozen=True)
class CheckpointFigures:
    """The figures of one checkpoint."""

    id: str
    title: str
    share: float
    """The mean share of the points that are decided, from 0 to 1."""
    full: int
    """Students who lost nothing."""
    tried: int
    """Students who tried it, and for whom anything was decided; the others are left out."""


@dataclass(frozen=True)
class UntriedTests:
    """What those who tried something lost in tests that they did not try."""

    lost: float
    """The points that they lost."""
    students: int
    """How many of them lost some."""


@dataclass(frozen=True)
class ClassFigures:
    """The figures of a class. All but the first and the states are about those who tried."""

    nothing: int | None
    """Students who handed in nothing; None if that is not known."""
    graded: int
    """Students who tried something."""
    states: Counter[State]
    unreadable: Mapping[str, int]
    """By student, tests that could not read what the code left behind."""
    late: int | None
    """None if nobody's lateness is known."""
    median: float | None
    """Of the shares of the points that are decided and remain after the penalty, from 0 to 1; None
    if nothing is decided."""
    bins: tuple[int, ...]
    """Students by the same share: 0 to 10 %, ... 90 to 100 %; the last one with 100 %."""
    checkpoints: tuple[CheckpointFigures, ...]
    causes: tuple[Cause, ...]
    """Why points were lost: what many share first, each with the most points first."""
    untried: UntriedTests
    tests: tuple[TestFigures, ...]
    """With the most points lost first."""
    attempts: tuple[tuple[float, int], ...]
    """For the first, second, ... attempt the mean share, and of how many students."""


def figures_of(rows: Sequence[Row]) -> ClassFigures:
    """Compute the figures. Those who are excused or tried nothing are in no statistic."""
    expected = [row for row in rows if row.state is not State.EXCUSED]
    counted = [row for row in expected if has_tried(row)]
    grades = [row.grade for row in counted if row.grade is not None]
    shares = [
        remaining_share(row)
        for row in counted
        if row.grade is not None and decided_points(row.grade)[1] > 0
    ]
    lateness = [row.late for row in counted if row.late is not None]
    states = Counter(map(shown_state, rows))
    bins = Counter(min(int(share * BINS), BINS - 1) for share in shares)
    return ClassFigures(
        nothing=states[State.MISSING] if any(row.enrolled for row in rows) else None,
        graded=len(grades),
        unreadable={row.shown_name: row.unreadable for row in counted},
        states=states,
        late=sum(lateness) if lateness else None,
        median=median(shares) if shares else None,
        bins=tuple(bins[number] for number in range(BINS)),
        checkpoints=tuple(_checkpoints(grades)),
        causes=tuple(
            sorted(
                _causes(counted),
                key=lambda cause: (not cause.is_shared, -cause.lost, cause.words),
            )
        ),
        untried=_untried(grades),
        tests=tuple(sorted(_tests(grades), key=lambda test: (-test.lost, test.id))),
        attempts=tuple(_attempts(counted)),
    )


def has_tried(row: Row) -> bool:
    """Return whether a student handed in something to grade, and not the unchanged stubs alone."""
    if row.grade is None or row.state is State.NOTHING_GRADABLE:
        return False
    return any(_is_tried(test) for part in row.grade.checkpoints for test in part.tests)


def shown_state(row: Row) -> State:
    """Return the state to show of a student: that of unchanged stubs is `UNTRIED`."""
    own = (State.EXCUSED, State.NOTHING_GRADABLE)
    is_own = row.state in own or row.grade is None or has_tried(row)
    return row.state if is_own else State.UNTRIED


def remaining_share(row: Row) -> float:
    """Return the share of the decided points that a student has after the penalty, from 0 to 1."""
    percent = row.standing.penalty_percent if row.standing else 0.0
    return 0.0 if row.grade is None else share_of(row.grade) * (100 - percent) / 100


def _is_tried(test: GradedTest) -> bool:
    return test.outcome not in (Outcome.MISSING, Outcome.UNIMPLEMENTED)


def _is_counted(test: GradedTest) -> bool:
    return _is_tried(test) and not test.is_open


def _checkpoints(grades: Sequence[Grade]) -> Iterable[CheckpointFigures]:
    titles: dict[str, str] = {}
    shares: dict[str, list[float]] = {}
    for grade in grades:
        for checkpoint in grade.checkpoints:
            titles.setdefault(checkpoint.id, checkpoint.title)
            found = shares.setdefault(checkpoint.id, [])
            if any(map(_is_counted, checkpoint.tests)):
                only = grade.model_copy(update={"checkpoints": (checkpoint,)})
                found.append(share_of(only))
    for name, found in shares.items():
        yield CheckpointFigures(
            id=name,
            title=titles[name],
            share=fmean(found) if found else 0.0,
            full=sum(share == 1 for share in found),
            tried=len(found),
        )


def _untried(grades: Sequence[Grade]) -> UntriedTests:
    lost = [
        sum(
            test.max_score - test.score
            for checkpoint in grade.checkpoints
            for test in checkpoint.tests
            if not _is_tried(test)
        )
        for grade in grades
    ]
    return UntriedTests(sum(lost), sum(points > 0 for points in lost))


def _causes(rows: Sequence[Row]) -> Iterable[Cause]:
    """Gather what students lost points for by the hint that they read, whatever the test.

    Open answers are left out: a person's mark comes without a hint.
    """
    found: dict[str, list[tuple[int, GradedTest]]] = {}
    tried: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        tests = [
            test
            for checkpoint in (row.grade.checkpoints if row.grade else ())
            for test in checkpoint.tests
            if _is_counted(test) and test.marked_by == "machine"
        ]
        for test in tests:
            tried.setdefault(test.id, set()).add(number)
        for group in by_cause([test for test in tests if test.score < test.max_score]):
            found.setdefault(_words(group[0]), []).extend((number, test) for test in group)
    for words, losses in found.items():
        points: dict[str, float] = {}
        for _, test in losses:
            points[test.id] = points.get(test.id, 0.0) + test.max_score - test.score
        tests_by_id = {test.id: test for _, test in losses}
        came_back = Counter(test.feedback.came_back for _, test in losses if test.feedback)
        yield Cause(
            words=words,
            tests=tuple(tests_by_id[test_id] for test_id, _ in sorted(points.items(), key=_most)),
            lost=sum(points.values()),
            rows=tuple(rows[number] for number in dict.fromkeys(number for number, _ in losses)),
            tried=len(set().union(*(tried[test_id] for test_id in points))),
            came_back=min(came_back.items(), key=_most)[0] if came_back else "",
        )


def _most(counted: tuple[str, float]) -> tuple[float, str]:
    """Sort by number, the highest first, and then by name."""
    name, number = counted
    return -number, name


def _words(test: GradedTest) -> str:
    """Return the hint that a student read; without one, what happened at which test."""
    if test.feedback and test.feedback.hint:
        return test.feedback.hint
    return f"{test.title}: {test.outcome.value.replace('_', ' ')}"


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
        counted = [(test, rest) for _, test, rest in found if _is_counted(test)]
        checkpoint_id, first, _ = found[0]
        if first.marked_by == "person" and not counted:
            continue
        passed = [test.outcome is Outcome.PASSED for test, _ in counted]
        yield TestFigures(
            id=name,
            checkpoint=checkpoint_id,
            requirement=first.requirement,
            title=first.title,
            points=first.max_score,
            tried=len(counted),
            passed=sum(passed),
            lost=sum(test.max_score - test.score for test, _ in counted),
            discrimination=discrimination(passed, [rest for _, rest in counted]),
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


def _attempts(rows: Sequence[Row]) -> Iterable[tuple[float, int]]:
    longest = max((len(row.attempts) for row in rows), default=0)
    for number in range(longest if longest > 1 else 0):
        shares = [row.attempts[number] for row in rows if len(row.attempts) > number]
        yield fmean(shares), len(shares)
