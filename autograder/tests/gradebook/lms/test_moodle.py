"""Pushing into Moodle: what is read and written, and what happens when Moodle does not play."""

from collections.abc import Iterator

import pytest

from autograder.errors import LmsError
from autograder.gradebook.lms.client import LmsServer
from autograder.gradebook.lms.comments import comment_of, plain_comment
from autograder.gradebook.lms.moodle import MoodleCourse
from autograder.gradebook.lms.plan import PushPlan, UnsentReason, make_plan
from autograder.gradebook.lms.push import Pushed, PushResult, push
from autograder.gradebook.standing import Standing
from autograder.tests.github_stand_in.faults import Fault, broken
from autograder.tests.gradebook.lms.moodle_stand_in import (
    ASSIGNMENT,
    COURSE,
    MoodleStandIn,
    MoodleUser,
)
from autograder.tests.gradebook.lms.stand_in import TOKEN, Told
from autograder.tests.gradebook.lms.standings import a_standing, a_student

ADA = a_student("ada", idnumber="M1", email="ada@uni.example")
BOB = a_student("bob", email="BOB@uni.example")
ALL = [a_standing(ADA, repository="uni/ada<&>"), a_standing(BOB, 70.5)]
SAVE = "save_grade"


@pytest.fixture
def lms() -> Iterator[MoodleStandIn]:
    """Run a stand-in with two students and a teacher."""
    users = {
        3: MoodleUser("Teacher", email="t@uni.example", role="editingteacher"),
        5: MoodleUser("Ada", idnumber="m1", email="other@uni.example"),
        6: MoodleUser("Bob", email="bob@uni.example", grade=60.0),
        8: MoodleUser("Late Enrolled", email="late@uni.example"),
    }
    with MoodleStandIn(users) as running:
        yield running


def no_wait(seconds: float) -> None:
    """Take no time."""


def course(
    lms: MoodleStandIn, number: int = COURSE, assignment: int = ASSIGNMENT, token: str = TOKEN
) -> MoodleCourse:
    """Open the course."""
    return MoodleCourse(LmsServer("Moodle", lms.url, token), number, assignment, no_wait)


def plan_of(lms: MoodleStandIn, standings: list[Standing]) -> PushPlan:
    """Compare with what Moodle has."""
    with course(lms) as moodle:
        return make_plan(standings, moodle.read_all([standing.student for standing in standings]))


def push_all(
    lms: MoodleStandIn, standings: list[Standing], plan: PushPlan | None = None
) -> list[Pushed]:
    """Write all differences."""
    plan = plan or plan_of(lms, standings)
    with course(lms) as moodle:
        return list(push(moodle, plan.differences, no_wait))


def results_of(pushed: list[Pushed]) -> list[PushResult]:
    """Return how each ended, by the student's id."""
    return [each.result for each in sorted(pushed, key=lambda each: each.student.id)]


def test_grades_and_comments_are_written(lms: MoodleStandIn) -> None:
    """And a second push has nothing to do."""
    pushed = push_all(lms, [*ALL])

    assert results_of(pushed) == [PushResult.WRITTEN] * 2
    assert [lms.users[number].grade for number in (5, 6)] == [83.0, 70.5]
    assert plain_comment(lms.users[5].feedback) == plain_comment(comment_of(ALL[0]).text)
    assert "uni/ada&lt;&amp;&gt;/commit" in lms.users[5].feedback
    again = plan_of(lms, ALL)
    assert [student.id for student in again.equal] == ["ada", "bob"]
    assert [person.name for person in again.strangers] == ["Late Enrolled"]


def test_a_changed_grade_keeps_its_comment(lms: MoodleStandIn) -> None:
    """Moodle forgets a comment that a write does not repeat."""
    push_all(lms, ALL)

    push_all(lms, [a_standing(ADA, 90.0, repository="uni/ada<&>")])

    assert lms.users[5].grade == 90.0
    assert plain_comment(lms.users[5].feedback) == plain_comment(comment_of(ALL[0]).text)


def test_the_comment_of_a_person_is_not_replaced(lms: MoodleStandIn) -> None:
    """Neither when it was there before, nor when it came meanwhile."""
    lms.users[5].feedback = "<p>Well done!</p>"
    plan = plan_of(lms, ALL)
    lms.users[6].feedback = "<p>See me.</p>"

    pushed = push_all(lms, ALL, plan)

    assert {reason: len(found) for reason, found in plan.unsent.items()} == {
        UnsentReason.COMMENTED: 1
    }
    assert results_of(pushed) == [PushResult.CHANGED]
    assert [lms.users[number].feedback for number in (5, 6)] == [
        "<p>Well done!</p>",
        "<p>See me.</p>",
    ]


def test_without_feedback_comments_only_grades_are_sent(lms: MoodleStandIn) -> None:
    """That is a setting of the assignment."""
    lms.has_comments = False

    assert results_of(push_all(lms, ALL)) == [PushResult.WRITTEN] * 2
    assert len(plan_of(lms, ALL).equal) == 2


def test_grades_that_moodle_ignores_are_reported(lms: MoodleStandIn) -> None:
    """With a rubric, it answers as if it had taken them."""
    lms.has_rubric = True

    assert results_of(push_all(lms, ALL)) == [PushResult.NOT_TAKEN] * 2


def test_locked_grades_are_named(lms: MoodleStandIn) -> None:
    """Moodle would keep the old grade."""
    lms.users[5].is_locked = True

    plan = plan_of(lms, ALL)

    assert [student.id for student in plan.unsent[UnsentReason.BLOCKED]] == ["ada"]


@pytest.mark.parametrize(
    "fault",
    [broken(SAVE, times=2), broken(SAVE, acts=True), Fault(SAVE, status=500, times=2)],
    ids=["broken", "answer lost", "500"],
)
def test_failures_are_tried_again(lms: MoodleStandIn, fault: Fault) -> None:
    """We look before we write again."""
    lms.faults = [fault]

    assert results_of(push_all(lms, ALL)) == [PushResult.WRITTEN] * 2
    assert lms.writes == 2 + (0 if fault.acts else 2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"grade": -3}, "takes no points"),
        ({"markingworkflow": 1}, "uses marking workflow"),
        ({"blindmarking": 1}, "reveal the identities first"),
        ({"grade": 10}, "has 10 points there and 100 here"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    lms: MoodleStandIn, settings: dict[str, int], message: str
) -> None:
    """Before anything is sent."""
    lms.settings |= settings

    with pytest.raises(LmsError, match=message):
        plan_of(lms, ALL)


@pytest.mark.parametrize(
    ("number", "assignment", "token", "message"),
    [
        (COURSE, ASSIGNMENT, "wrong", "Moodle does not take the token of MOODLE_TOKEN"),
        (18, ASSIGNMENT, TOKEN, "no assignment 42 in the course 18; it shows none"),
        (COURSE, 43, TOKEN, r"it shows 42 \(Partitioned logs\)"),
    ],
)
def test_a_wrong_token_course_or_assignment_is_one_line(
    lms: MoodleStandIn, number: int, assignment: int, token: str, message: str
) -> None:
    """Moodle's errors have status 200."""
    with course(lms, number, assignment, token) as moodle, pytest.raises(LmsError, match=message):
        moodle.read_all([])


def test_a_function_that_the_token_may_not_call_is_named(lms: MoodleStandIn) -> None:
    """So that it can be added to the service."""
    lms.forbidden = "gradereport_user_get_grade_items"

    with pytest.raises(LmsError, match=r"may not call gradereport_user_get_grade_items: add it"):
        plan_of(lms, ALL)


@pytest.mark.parametrize(
    "body",
    ["", "<html>Maintenance</html>", "[]", "null", "{", '{"exception": []}', '{"courses": [{}]}',
     '{"courses": [{"assignments": [{"id": 42, "name": "x", "grade": NaN}]}]}', "[" * 100_000],
)  # fmt: skip
def test_an_answer_of_another_form_is_one_line(
    lms: MoodleStandIn, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever Moodle sends."""
    monkeypatch.setattr(lms, "respond", lambda _: Told(200, body, {}))

    with pytest.raises(LmsError, match="not understood"):
        plan_of(lms, ALL)


def test_what_moodle_says_is_shown_inert(
    lms: MoodleStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is another system's text, and may be long."""
    body = '{"exception": "x", "errorcode": "y", "message": "\\u001b[2Jhello' + "a" * 9000 + '"}'
    monkeypatch.setattr(lms, "respond", lambda _: Told(200, body, {}))

    with pytest.raises(LmsError, match="hello") as error:
        plan_of(lms, ALL)
    assert "\x1b" not in str(error.value)
    assert len(str(error.value)) < 400


def test_no_address_holds_the_token(lms: MoodleStandIn) -> None:
    """Servers write addresses into their logs."""
    push_all(lms, ALL)

    assert all(not asked.query for asked in lms.requests)
