"""The figures of a class are right, also for few students."""

from dataclasses import replace

import pytest

from autograder.gradebook.standing import Standing, points_of
from autograder.gradebook.student import Student
from autograder.grading.grade import Grade, Outcome
from autograder.reports.class_figures import discrimination, figures_of
from autograder.reports.class_results import Row, State, share_of
from autograder.tests.reports.classes import HINTS, TESTS, WHOLE, grade_with

FIRST, SECOND = TESTS[:2]
WRONG = Outcome.WRONG


def row(grade: Grade | None, state: State = State.COMPLETE, *attempts: float) -> Row:
    """Make a student."""
    shares = (*attempts, share_of(grade)) if grade else ()
    return Row("x", "", state, enrolled=False, late=None, grade=grade, attempts=shares, page=None)


def test_a_cause_is_counted_over_all_tests_and_ranked_by_points() -> None:
    """It has the words of the hint, the students who read it, and the points that they lost."""
    few = [grade_with({FIRST: WRONG, SECOND: WRONG}, HINTS[1]) for _ in range(3)]
    many = [grade_with({FIRST: WRONG}, HINTS[2]) for _ in range(4)]

    figures = figures_of([row(grade) for grade in [WHOLE, *many, *few]])

    first, second = figures.causes
    assert (first.words, len(first.rows), first.tried) == (HINTS[1], 3, 8)
    assert {test.id for test in first.tests} == {FIRST, SECOND}
    assert (second.words, len(second.rows), second.tried) == (HINTS[2], 4, 8)
    points = {test.id: test.points for test in figures.tests}
    assert (first.lost, second.lost) == (
        3 * (points[FIRST] + points[SECOND]),
        4 * points[FIRST],
    )


def test_a_cause_that_students_share_comes_before_one_of_a_single_student() -> None:
    """A student who fails everything for one reason is not what the class misunderstands."""
    alone = grade_with(dict.fromkeys(TESTS, WRONG), HINTS[1])
    shared = [grade_with({FIRST: WRONG}, HINTS[2]) for _ in range(3)]

    causes = figures_of([row(grade) for grade in [alone, *shared]]).causes

    assert [cause.words for cause in causes] == [HINTS[2], HINTS[1]]
    assert causes[0].lost < causes[1].lost


def test_without_a_hint_a_cause_names_the_test_and_what_happened() -> None:
    """Tests for which the same came back are one cause, also here."""
    refused = grade_with({FIRST: Outcome.REFUSED, SECOND: Outcome.REFUSED}, "")

    (cause,) = figures_of([row(refused)]).causes

    assert cause.words == f"{cause.tests[0].title}: refused"
    assert len(cause.tests) == 2
    assert cause.came_back == "b"


def with_penalty(made: Row, percent: float) -> Row:
    """Return a row of somebody who was late."""
    assert made.grade is not None
    checkpoints = tuple(map(points_of, made.grade.checkpoints))
    standing = Standing(
        student=Student(id="x"), checkpoints=checkpoints, penalty_percent=percent, days_late=2,
        counts=percent < 100,
    )  # fmt: skip
    return replace(made, standing=standing, late=True)


def test_median_and_spread_are_those_of_the_points_that_remain() -> None:
    """As the table of students has them."""
    rows = [with_penalty(row(WHOLE), percent) for percent in (0, 50, 100)]

    figures = figures_of(rows)

    assert figures.median == 0.5
    assert [at for at, count in enumerate(figures.bins) if count] == [0, 5, 9]


def test_open_answers_are_not_misconceptions() -> None:
    """What a person took off comes without a hint."""
    open_tests = [test.id for test in WHOLE.checkpoints[-1].tests if test.marked_by == "person"]
    half = grade_with(dict.fromkeys(open_tests, WRONG), HINTS[0])

    assert figures_of([row(half)] * 3).causes == ()


def test_who_handed_in_nothing_is_in_no_statistic() -> None:
    """Neither who is missing nor who handed in the stubs as they were."""
    stubs = grade_with(dict.fromkeys(TESTS, Outcome.UNIMPLEMENTED))
    missing = Row(
        "y", "", State.MISSING, enrolled=True, late=None, grade=None, attempts=(), page=None
    )

    figures = figures_of([row(WHOLE), row(stubs, State.COMPLETE, 0.0), missing])
    only_nothing = figures_of([row(stubs), missing])

    assert (figures.nothing, figures.graded, figures.median) == (1, 1, 1.0)
    assert figures.states[State.UNTRIED] == 1
    assert figures.causes == ()
    assert {test.tried for test in figures.tests} == {1}
    assert [(found.share, found.tried) for found in figures.checkpoints] == [
        (1.0, 1) for _ in WHOLE.checkpoints
    ]
    assert sum(figures.bins) == 1
    assert figures.attempts == ()
    assert (only_nothing.nothing, only_nothing.graded, only_nothing.median) == (1, 0, None)


def test_points_lost_in_tests_that_nobody_tried_are_counted_apart() -> None:
    """They are lost without a misconception; students who tried nothing are not counted."""
    half = grade_with({FIRST: Outcome.MISSING, SECOND: Outcome.UNIMPLEMENTED})
    stubs = grade_with(dict.fromkeys(TESTS, Outcome.UNIMPLEMENTED))

    figures = figures_of([row(WHOLE), row(half), row(stubs)])

    points = {test.id: test.points for test in figures.tests}
    assert figures.untried.lost == points[FIRST] + points[SECOND]
    assert figures.untried.students == 1
    assert figures.causes == ()


def test_who_left_a_stub_did_not_try_its_tests() -> None:
    """Only the points that others lose there come from a misconception."""
    stub = grade_with({FIRST: Outcome.UNIMPLEMENTED})
    wrong = grade_with({FIRST: WRONG})

    figures = figures_of([row(stub), row(wrong)])

    (test,) = [test for test in figures.tests if test.id == FIRST]
    (cause,) = figures.causes
    assert (test.tried, test.passed, test.lost) == (1, 0, test.points)
    assert (len(cause.rows), cause.tried, cause.lost) == (1, 1, test.points)


def test_a_test_that_is_not_decided_does_not_count() -> None:
    """Students are not blamed for a fault of the grader."""
    failed = grade_with({FIRST: Outcome.GRADER_ERROR})

    figures = figures_of([row(WHOLE), row(failed, State.INCOMPLETE)])

    (test,) = [test for test in figures.tests if test.id == FIRST]
    assert (test.tried, test.passed, test.lost) == (1, 1, 0)
    assert figures.causes == ()
    assert figures.bins[-1] == 2
    assert (figures.checkpoints[0].share, figures.checkpoints[0].tried) == (1.0, 2)


def test_points_that_a_person_must_mark_are_not_lost() -> None:
    """A student who lost no decided point has 100 percent, however much is not marked yet."""
    figures = figures_of([row(WHOLE, State.WAITING)])

    assert WHOLE.score < WHOLE.max_score
    assert (figures.median, figures.bins[-1]) == (1.0, 1)
    assert [
        (checkpoint.share, checkpoint.full, checkpoint.tried) for checkpoint in figures.checkpoints
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

    assert (alone.nothing, alone.late) == (None, None)
    assert (known.nothing, known.late) == (0, 0)


def test_the_tests_that_cost_most_come_first() -> None:
    """The points are those of the class together."""
    grades = [grade_with({FIRST: WRONG, SECOND: WRONG}), grade_with({FIRST: WRONG})]

    tests = figures_of([row(grade) for grade in grades]).tests

    assert {test.id for test in tests if test.lost} == {FIRST, SECOND}
    assert [test.lost for test in tests] == sorted((test.lost for test in tests), reverse=True)


def test_scores_fall_into_bins_and_full_points_into_the_last() -> None:
    """Each student once."""
    figures = figures_of([row(WHOLE), row(grade_with(dict.fromkeys(TESTS, WRONG)))])

    assert (figures.bins[0], sum(figures.bins)) == (1, 2)


def test_excused_students_do_not_count() -> None:
    """They count neither in means nor in tests."""
    figures = figures_of([row(WHOLE), row(grade_with({FIRST: WRONG}), State.EXCUSED)])

    assert figures.graded == 1
    assert figures.causes == ()


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
