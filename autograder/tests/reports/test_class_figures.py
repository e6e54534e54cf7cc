"""A class's figures say what they claim, also of few students."""

import pytest

from autograder.grading.grade import Grade, Outcome
from autograder.reports.class_figures import discrimination, figures_of, hardest
from autograder.reports.class_results import Row, State, share_of
from autograder.tests.reports.classes import HINTS, TESTS, WHOLE, grade_with

FIRST, SECOND, THIRD = TESTS[:3]
WRONG = Outcome.WRONG


def row(grade: Grade | None, state: State = State.COMPLETE, *attempts: float) -> Row:
    """Make a student."""
    shares = (*attempts, share_of(grade)) if grade else ()
    return Row("x", "", state, enrolled=False, late=None, grade=grade, attempts=shares, page=None)


def test_a_test_knows_how_many_passed_and_what_most_misunderstood() -> None:
    """By what they were told."""
    grades = [WHOLE, grade_with({FIRST: WRONG}, HINTS[1]), grade_with({FIRST: WRONG}, HINTS[1])]

    figures = figures_of([row(grade) for grade in [*grades, grade_with({FIRST: WRONG}, HINTS[2])]])

    (test,) = [test for test in figures.tests if test.id == FIRST]
    assert (test.decided, test.passed, test.share) == (4, 1, 0.25)
    assert test.lost == 3 * test.points
    assert test.misconception is not None
    assert (test.misconception.students, test.misconception.hint) == (2, HINTS[1])


def test_what_is_not_decided_counts_for_nobody() -> None:
    """A fault of the grader is not the student's."""
    failed = grade_with({FIRST: Outcome.GRADER_ERROR})

    figures = figures_of([row(WHOLE), row(failed, State.INCOMPLETE)])

    (test,) = [test for test in figures.tests if test.id == FIRST]
    assert (test.decided, test.passed, test.lost) == (1, 1, 0)
    assert test.misconception is None
    assert figures.bins[-1] == 2
    assert (figures.checkpoints[0].share, figures.checkpoints[0].decided) == (1.0, 2)


def test_what_waits_for_a_person_is_not_lost() -> None:
    """A student who lost no decided point has 100 percent, whatever waits for a mark."""
    figures = figures_of([row(WHOLE, State.WAITING)])

    assert WHOLE.score < WHOLE.max_score
    assert (figures.median, figures.bins[-1]) == (1.0, 1)
    assert [
        (checkpoint.share, checkpoint.full, checkpoint.decided)
        for checkpoint in figures.checkpoints
    ] == [(1.0, 1, 1) for _ in WHOLE.checkpoints]


@pytest.mark.parametrize("number", [0, -1])
def test_an_open_test_says_nothing_of_how_strong_somebody_is(number: int) -> None:
    """Whether the grader failed beside a test or in another checkpoint, it tells as much."""
    weak, strong = grade_with({FIRST: WRONG, SECOND: WRONG}), WHOLE
    other = WHOLE.checkpoints[number].tests[-1].id
    failed = grade_with({other: Outcome.GRADER_ERROR})

    found = figures_of([row(grade) for grade in [weak] * 5 + [strong] * 5 + [failed] * 2])

    (test,) = [test for test in found.tests if test.id == FIRST]
    assert test.discrimination == pytest.approx(1.0)


def test_what_nobody_told_is_not_said_to_be_none() -> None:
    """Without a roster nobody knows who is missing, without a deadline nobody who was late."""
    told = Row(
        "y", "", State.COMPLETE, enrolled=True, late=False, grade=WHOLE, attempts=(), page=None
    )

    alone, known = figures_of([row(WHOLE)]), figures_of([told])

    assert (alone.missing, alone.late) == (None, None)
    assert (known.missing, known.late) == (0, 0)


def test_the_hardest_tests_come_first() -> None:
    """By the points that the class lost, and none where none were lost."""
    grades = [grade_with({FIRST: WRONG, SECOND: WRONG}), grade_with({FIRST: WRONG})]

    figures = figures_of([row(grade) for grade in grades])

    ranked = hardest(figures)
    assert [test.id for test in ranked] == sorted(
        (FIRST, SECOND), key=lambda name: -next(test.lost for test in ranked if test.id == name)
    )
    assert hardest(figures_of([row(WHOLE)])) == []


def test_scores_fall_into_bins_and_full_points_into_the_last() -> None:
    """Each student once."""
    figures = figures_of([row(WHOLE), row(grade_with(dict.fromkeys(TESTS, WRONG)))])

    assert (figures.bins[0], sum(figures.bins)) == (1, 2)


def test_the_excused_count_nowhere() -> None:
    """Neither in means nor in tests."""
    figures = figures_of([row(WHOLE), row(grade_with({FIRST: WRONG}), State.EXCUSED)])

    assert figures.graded == 1
    assert hardest(figures) == []


@pytest.mark.parametrize(
    ("passed", "rest", "expected"),
    [
        ([True] * 5 + [False] * 5, [9.0] * 5 + [1.0] * 5, 1.0),
        ([False] * 5 + [True] * 5, [9.0] * 5 + [1.0] * 5, -1.0),
        ([True, False] * 5, [5.0, 5.0, 1.0, 1.0, 3.0, 3.0, 9.0, 9.0, 2.0, 2.0], 0.0),
        ([True] * 10, [float(number) for number in range(10)], None),
        ([True, False] * 5, [4.0] * 10, None),
        ([True, False], [9.0, 1.0], None),
    ],
)
def test_discrimination(passed: list[bool], rest: list[float], expected: float | None) -> None:
    """From -1 to 1; none where all passed, all have the same rest, or there are too few."""
    found = discrimination(passed, rest)

    assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_the_trend_is_the_mean_of_each_attempt() -> None:
    """Of those who made so many; none where each made one."""
    rows = [row(WHOLE, State.COMPLETE, 0.0, 0.5), row(WHOLE, State.COMPLETE, 1.0), row(WHOLE)]

    trend = figures_of(rows).attempts
    single = figures_of([row(WHOLE)]).attempts

    share = share_of(WHOLE)
    assert [(round(mean, 3), count) for mean, count in trend] == [
        (round((0.0 + 1.0 + share) / 3, 3), 3),
        (round((0.5 + share) / 2, 3), 2),
        (round(share, 3), 1),
    ]
    assert single == ()
