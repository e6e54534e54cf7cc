"""Finds who gained or lost points between two moments, by which tests, and why.

The difference is taken in two steps. The first one keeps the policy as it was: what differs now is
due to the hidden suite, the submission, a mark or the grader. The second one changes the policy:
the rest is due to the late penalty, an excuse, or a test that was dropped or given to everybody.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isclose

from autograder.gradebook.exports.table import number
from autograder.grading.grade import Grade, GradedTest, Outcome
from autograder.text import decimal_text, in_csv, rounded

DROPPED, FULL = "dropped", "full"
LONGEST_CELL = 10_000
"""Characters of the cell that lists tests: a suite has some 50."""
CENT = 0.0101
"""No more is a difference of rounding: the points before and after have two decimals each."""
_BY_PEOPLE = frozenset({Outcome.UNMARKED, Outcome.PASSED, Outcome.WRONG})
"""Outcomes of an open answer that wait for a person, or were a person's decision."""


class ChangeReason(StrEnum):
    """Why points changed."""

    SUITE = "suite"
    """The hidden tests are others."""
    SUBMISSION = "submission"
    """Other files were handed in, or files for the first time."""
    SUITE_OR_SUBMISSION = "suite or submission"
    """Both are others; which of the two it was cannot be told."""
    GRADER = "grader"
    """Neither is another: the grader had failed, or ran the code on another Python."""
    MARK = "mark"
    """A person marked an answer, or set the points of a checkpoint."""
    POLICY = "policy"
    """The late penalty, an excuse, or what the course decided about a test."""


@dataclass(frozen=True)
class ScoredTest:
    """The points of one test, before the policy."""

    score: float
    max_score: float
    is_open: bool = False
    by_person: bool = False
    """Whether a person decides them, or still has to."""


@dataclass(frozen=True)
class ScoreBasis:
    """All that decides one student's points at one moment. Make it with `score_basis`."""

    suite: str
    """Digest of the hidden suite."""
    submission: str
    """Digest of the submission."""
    tests: Mapping[str, ScoredTest]
    points: float | None
    """Those that count; None if none do, as for an excused student."""
    percent: float = 0.0
    """The late penalty."""
    rulings: Mapping[str, str] = field(default_factory=dict)
    """By test: `dropped`, it counts for nobody; `full`, everybody gets its points."""

    @property
    def max_points(self) -> float:
        """The most points that can be reached, without tests that were dropped."""
        return sum(
            test.max_score for name, test in self.tests.items() if self.rulings.get(name) != DROPPED
        )


def score_basis(
    grade: Grade,
    points: float | None,
    percent: float = 0.0,
    rulings: Mapping[str, str] | None = None,
) -> ScoreBasis:
    """Keep of a grade what can change points; the feedback of a whole class would fill the memory.

    Args:
        grade: With marks, if a person has given any.
        points: Those that count, after penalty and rulings; None if none do.
        percent: The late penalty.
        rulings: What the course decided about tests: `dropped` or `full`.
    """
    tests: dict[str, ScoredTest] = {}
    for checkpoint in grade.checkpoints:
        tests |= {test.id: _scored(test) for test in checkpoint.tests}
        # A person may set the points of a whole checkpoint: what its tests do not explain.
        by_hand = round(checkpoint.score - sum(test.score for test in checkpoint.tests), 6)
        tests[f"{checkpoint.id} by hand"] = ScoredTest(by_hand, 0.0, by_person=True)
    return ScoreBasis(
        suite=grade.grader.suite,
        submission=grade.submission.digest,
        tests=tests,
        points=points,
        percent=percent,
        rulings=rulings or {},
    )


def _scored(test: GradedTest) -> ScoredTest:
    by_person = test.marked_by == "person" and test.outcome in _BY_PEOPLE
    return ScoredTest(test.score, test.max_score, is_open=test.is_open, by_person=by_person)


@dataclass(frozen=True)
class ChangedTest:
    """How the points of one test changed, for one reason."""

    test: str
    before: float | None
    """None: the test was not there, did not count, or its points were open."""
    after: float | None
    reason: ChangeReason

    @property
    def points(self) -> float:
        """The points that were gained; below 0, lost."""
        return rounded((self.after or 0.0) - (self.before or 0.0))


@dataclass(frozen=True)
class ScoreChange:
    """How one student's points changed."""

    student: str
    before: float | None
    """None: the grade was missing, or did not count."""
    after: float | None
    max_before: float | None
    max_after: float | None
    tests: tuple[ChangedTest, ...]
    """Those that gave or took points, before the late penalty; empty without an earlier grade."""
    reasons: Mapping[ChangeReason, float]
    """The points by reason, after the late penalty: together the whole change, but for rounding."""

    @property
    def points(self) -> float:
        """The points that were gained; below 0, lost."""
        return rounded((self.after or 0.0) - (self.before or 0.0))


def score_changes(
    before: Mapping[str, ScoreBasis], after: Mapping[str, ScoreBasis]
) -> tuple[ScoreChange, ...]:
    """Return how the points of students changed, by student.

    Students whose points stay the same are left out, even if the maximum changed: otherwise, a
    dropped test would list the whole class. Students without a grade now are left out, too: what
    they would get is unknown.
    """
    found = (_change(student, before.get(student), now) for student, now in sorted(after.items()))
    return tuple(change for change in found if change is not None)


def _change(student: str, before: ScoreBasis | None, after: ScoreBasis) -> ScoreChange | None:
    if before is not None and _are_equal(before.points, after.points):
        return None
    if before is None:
        reasons = {ChangeReason.SUBMISSION: after.points or 0.0}
        return ScoreChange(student, None, after.points, None, after.max_points, (), reasons)
    tests = (*_first_step(before, after), *_second_step(before, after))
    reasons = dict.fromkeys((test.reason for test in tests), 0.0)
    for test in tests:
        if test.reason is not ChangeReason.POLICY:
            reasons[test.reason] += test.points * (100 - before.percent) / 100
    rest = (after.points or 0.0) - (before.points or 0.0) - sum(reasons.values())
    if abs(rest) > CENT or ChangeReason.POLICY in reasons or before.percent != after.percent:
        reasons[ChangeReason.POLICY] = rest
    parts = {reason: rounded(points) for reason, points in reasons.items()}
    return ScoreChange(
        student,
        before.points,
        after.points,
        before.max_points,
        after.max_points,
        tuple(test for test in tests if test.points),
        {reason: points for reason, points in parts.items() if points} or parts,
    )


def _first_step(before: ScoreBasis, after: ScoreBasis) -> Iterator[ChangedTest]:
    """Yield what changed under the policy as it was."""
    for name in dict.fromkeys((*before.tests, *after.tests)):
        old, new, ruling = before.tests.get(name), after.tests.get(name), before.rulings.get(name)
        points = _counted(old, ruling), _counted(new, ruling)
        if not _are_equal(*points):
            yield ChangedTest(name, *points, _reason(before, after, old, new))


def _second_step(before: ScoreBasis, after: ScoreBasis) -> Iterator[ChangedTest]:
    """Yield what the policy then changed about single tests."""
    for name in sorted({*before.rulings, *after.rulings} & after.tests.keys()):
        test = after.tests[name]
        points = (
            _counted(test, before.rulings.get(name)),
            _counted(test, after.rulings.get(name)),
        )
        if not _are_equal(*points):
            yield ChangedTest(name, *points, ChangeReason.POLICY)


def _counted(test: ScoredTest | None, ruling: str | None) -> float | None:
    """Return the points that count of a test; None while they are open, or if none do."""
    if test is None or ruling == DROPPED:
        return None
    if ruling == FULL:
        return test.max_score
    return None if test.is_open else test.score


def _are_equal(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return isclose(before, after, abs_tol=1e-9)


def _reason(
    before: ScoreBasis, after: ScoreBasis, old: ScoredTest | None, new: ScoredTest | None
) -> ChangeReason:
    if old and new and old.by_person and new.by_person and old.max_score == new.max_score:
        return ChangeReason.MARK
    differs = (before.suite != after.suite, before.submission != after.submission)
    return {
        (True, True): ChangeReason.SUITE_OR_SUBMISSION,
        (True, False): ChangeReason.SUITE,
        (False, True): ChangeReason.SUBMISSION,
        (False, False): ChangeReason.GRADER,
    }[differs]


def changes_table(changes: Iterable[ScoreChange]) -> str:
    """Write changes as CSV, with a row for each student."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    header = ("student", "before", "after", "change", "max_before", "max_after", "tests", "why")
    writer.writerow(header)
    for change in changes:
        points = (change.before, change.after, change.points, change.max_before, change.max_after)
        writer.writerow(
            [
                in_csv(change.student),
                *map(number, points),
                in_csv(", ".join(map(words_of_test, change.tests)), LONGEST_CELL),
                in_csv(words_of_reasons(change)),
            ]
        )
    return file.getvalue()


def words_of_test(change: ChangedTest) -> str:
    """Return a test with the points that it gave or took: `writer/keeps_order +3`."""
    return f"{change.test} {signed(change.points)}"


def words_of_reasons(change: ScoreChange) -> str:
    """Return the reasons with their points: `suite +3, policy -0.3`."""
    return ", ".join(f"{reason} {signed(points)}" for reason, points in change.reasons.items())


def signed(points: float) -> str:
    """Return points with their sign, such as `+3` or `-0.5`; no difference is `0`."""
    text = decimal_text(points)
    return f"+{text}" if rounded(points) > 0 else text
