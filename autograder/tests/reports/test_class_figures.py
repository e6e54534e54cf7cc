"""The figures of a class are right, also for few students."""

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


def test_a_test_has_its_pass_count_and_the_most_frequent_misunderstanding() -> None:
    """The misunderstanding is counted by the hint that students got."""
    grades = [WHOLE, grade_with({FIRST: WRONG}, HINTS[1]), grade_with({FIRST: WRONG}, HINTS[1])]

    figures = figures_of([row(grade) for grade in [*grades, grade_with({FIRST: WRONG}, HINTS[2])]])

    (test,) = [test for test in figures.tests if test.id == FIRST]
    assert (test.decided, test.passed, test.share) == (4, 1, 0.25)
    assert test.lost == 3 * test.points
    assert test.misconception is not None
    assert (test.misconception.students, test.misconception.hint) == (2, HINTS[1])


def test_a_test_that_is_not_decided_does_not_count() -> None:
    """Students are not blamed for a fault of the grader."""
    failed = grade_with({FIRST: Outcome.GRADER_ERROR})

    figures = figures_of([row(WHOLE), row(failed, State.INCOMPLETE)])

    (test,) = [test for test in figures.tests if test.id == FIRST]
    assert (test.decided, test.passed, test.lost) == (1, 1, 0)
    assert test.misconception is None
    assert figures.bins[-1] == 2
    assert (figures.checkpoints[0].share, figures.checkpoints[0].decided) == (1.0, 2)


def test_points_that_a_person_must_mark_are_not_lost() -> None:
    """A student who lost no decided point has 100 percent, however much is not marked yet."""
    figures = figures_of([row(WHOLE, State.WAITING)])

    assert WHOLE.score < WHOLE.max_score
    assert (figures.median, figures.bins[-1]) == (1.0, 1)
    assert [
        (checkpoint.share, checkpoint.full, checkpoint.decided)
        for checkpoint in figures.checkpoints
    ] == [(1.0, 1, 1) for _ in WHOLE.checkpoints]


@pytest.mark.parametrize("number", [0, -1])
def test_an_open_test_does_not_change_how_strong_a_student_seems(number: int) -> None:
    """It does not matter in which checkpoint the grader failed."""
    weak, strong = grade_with({FIRST: WRONG, SECOND: WRONG}), WHOLE
    other = WHOLE.checkpoints[number].tests[-1].id
    failed = grade_with({other: Outcome.GRADER_ERROR})

    found = figures_of([row(grade) for grade in [weak] * 5 + [strong] * 5 + [failed] * 2])

    (test,) = [test for test in found.tests if test.id == FIRST]
    assert test.discrimination == pytest.approx(1.0)


def test_unknown_figures_are_not_shown_as_zero() -> None:
    """Without a roster, missing students are unknown; without a deadline, late ones are."""
    known_row = Row(
        "y", "", State.COMPLETE, enrolled=True, late=False, grade=WHOLE, attempts=(), page=None
    )

    alone, known = figures_of([row(WHOLE)]), figures_of([known_row])

    assert (alone.missing, alone.late) == (None, None)
    assert (known.missing, known.late) == (0, 0)


def test_the_hardest_tests_come_first() -> None:
    """Tests are sorted by the points that the class lost; tests without losses are left out."""
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


def test_excused_students_do_not_count() -> None:
    """They count neither in means nor in tests."""
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
    """It is from -1 to 1, or None if all passed, the other scores are equal, or data is scarce."""
    found = discrimination(passed, rest)

    assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_the_trend_is_the_mean_of_each_attempt() -> None:
    """The mean is over students with that many attempts; a single attempt makes no trend."""
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
