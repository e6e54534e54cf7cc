"""Pushing into Canvas: what is read and written, and what happens when Canvas does not play."""

import json
from collections.abc import Iterator

import pytest

from autograder.errors import LmsError
from autograder.gradebook.lms import canvas as canvas_adapter
from autograder.gradebook.lms import client
from autograder.gradebook.lms.canvas import CanvasCourse
from autograder.gradebook.lms.client import LmsServer
from autograder.gradebook.lms.comments import comment_of
from autograder.gradebook.lms.plan import PushPlan, make_plan
from autograder.gradebook.lms.push import Pushed, PushResult, push
from autograder.gradebook.standing import Standing
from autograder.tests.github_stand_in.faults import Fault
from autograder.tests.gradebook.lms.canvas_stand_in import (
    ASSIGNMENT,
    COURSE,
    CanvasStandIn,
    CanvasStudent,
)
from autograder.tests.gradebook.lms.stand_in import TOKEN, Asked, Told
from autograder.tests.gradebook.lms.standings import a_standing, a_student

ADA, BOB, CYD = (
    a_student(name, canvas_id=f"10{n}") for n, name in enumerate(("ada", "bob", "cyd"))
)
ALL = [a_standing(ADA), a_standing(BOB, 70.5, repository="uni/bob"), a_standing(CYD, excused=True)]


@pytest.fixture
def lms() -> Iterator[CanvasStandIn]:
    """Run a stand-in with three students."""
    students = {
        100: CanvasStudent("Ada"),
        101: CanvasStudent("Bob", score=70.0, comments=[(9, "Well done!")]),
        102: CanvasStudent("Cyd", score=12.0),
    }
    with CanvasStandIn(students) as running:
        yield running


class Clock:
    """Takes note of pauses instead of waiting."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Note a pause."""
        self.pauses.append(seconds)


@pytest.fixture
def clock() -> Clock:
    """Make a clock."""
    return Clock()


def course(lms: CanvasStandIn, clock: Clock, **other: str | int) -> CanvasCourse:
    """Open the course."""
    server = LmsServer("Canvas", lms.url, str(other.get("token", TOKEN)))
    return CanvasCourse(
        server,
        int(other.get("course", COURSE)),
        int(other.get("assignment", ASSIGNMENT)),
        clock.sleep,
    )


def plan_of(lms: CanvasStandIn, clock: Clock, standings: list[Standing]) -> PushPlan:
    """Compare with what Canvas has."""
    with course(lms, clock) as canvas:
        return make_plan(standings, canvas.read_all([standing.student for standing in standings]))


def push_all(
    lms: CanvasStandIn, clock: Clock, standings: list[Standing], plan: PushPlan | None = None
) -> list[Pushed]:
    """Write all differences."""
    plan = plan or plan_of(lms, clock, standings)
    with course(lms, clock) as canvas:
        return list(push(canvas, plan.differences, clock.sleep))


def results_of(pushed: list[Pushed]) -> list[PushResult]:
    """Return how each ended, by the student's id."""
    return [each.result for each in sorted(pushed, key=lambda each: each.student.id)]


def test_grades_comments_and_excuses_are_written(lms: CanvasStandIn, clock: Clock) -> None:
    """And a second push has nothing to do."""
    pushed = push_all(lms, clock, ALL)

    assert results_of(pushed) == [PushResult.WRITTEN] * 3
    assert lms.state() == [
        (100, 83.0, False, [comment_of(ALL[0]).text]),
        (101, 70.5, False, ["Well done!", comment_of(ALL[1]).text]),
        (102, None, True, []),
    ]
    assert [student.id for student in plan_of(lms, clock, ALL).equal] == ["ada", "bob", "cyd"]
    assert clock.pauses == []


def test_only_the_comment_is_sent_where_the_grade_is_there(
    lms: CanvasStandIn, clock: Clock
) -> None:
    """Canvas would note another regrade otherwise."""
    lms.students[100].score = 83.0

    push_all(lms, clock, ALL[:1])

    (write,) = (asked for asked in lms.requests if asked.method == "PUT")
    assert [name for name, _ in write.form] == ["comment[text_comment]"]


def test_lists_are_read_to_their_last_page(lms: CanvasStandIn, clock: Clock) -> None:
    """Canvas says in a header where the next page is, and may give less than was asked for."""
    lms.page_size = 10
    lms.students |= {200 + number: CanvasStudent(f"S{number}") for number in range(40)}
    last = a_student("last", canvas_id="239")

    pushed = push_all(lms, clock, [a_standing(last)])

    assert results_of(pushed) == [PushResult.WRITTEN]
    assert lms.students[239].score == 83.0


def test_a_student_to_whom_the_assignment_is_not_given_is_named(
    lms: CanvasStandIn, clock: Clock
) -> None:
    """Canvas lists no submission for them."""
    lms.students[100].is_assigned = False

    plan = plan_of(lms, clock, ALL)

    assert [student.id for students in plan.unsent.values() for student in students] == ["ada"]


def test_a_group_gets_one_grade_and_each_member_a_comment(lms: CanvasStandIn, clock: Clock) -> None:
    """The second member's grade is there already when its turn comes."""
    lms.settings["group_category_id"] = 5
    for user in (100, 101):
        lms.students[user].group = 3
    standings = [a_standing(ADA), a_standing(BOB)]

    push_all(lms, clock, standings)

    writes = [dict(asked.form) for asked in lms.requests if asked.method == "PUT"]
    assert [write.get("submission[posted_grade]") for write in writes] == ["83", None]
    assert [lms.students[user].score for user in (100, 101)] == [83.0, 83.0]
    assert all(lms.students[user].comments for user in (100, 101))


def test_an_excused_member_of_a_group_is_excused_in_the_same_push(
    lms: CanvasStandIn, clock: Clock
) -> None:
    """The group's grade goes to all members who are not excused yet."""
    lms.settings["group_category_id"] = 5
    lms.students |= {user: CanvasStudent("M", group=3) for user in (100, 102)}

    pushed = push_all(lms, clock, [ALL[0], ALL[2]])

    assert results_of(pushed) == [PushResult.WRITTEN] * 2
    assert [(lms.students[user].score, lms.students[user].excused) for user in (100, 102)] == [
        (83.0, False),
        (None, True),
    ]


def test_a_group_whose_members_are_graded_each_may_differ(lms: CanvasStandIn, clock: Clock) -> None:
    """That is a setting of the assignment."""
    lms.settings |= {"group_category_id": 5, "grade_group_students_individually": True}
    for user in (100, 101):
        lms.students[user].group = 3

    push_all(lms, clock, [a_standing(ADA), a_standing(BOB, 70.0)])

    assert [lms.students[user].score for user in (100, 101)] == [83.0, 70.0]


def test_a_deduction_by_canvas_is_no_difference(lms: CanvasStandIn, clock: Clock) -> None:
    """Otherwise the same grade would be sent each time."""
    lms.students[100].deduction = 10.0
    push_all(lms, clock, ALL[:1])

    assert [student.id for student in plan_of(lms, clock, ALL[:1]).equal] == ["ada"]


def test_a_grade_that_somebody_changed_meanwhile_is_left_alone(
    lms: CanvasStandIn, clock: Clock
) -> None:
    """It is not what was shown before it was confirmed."""
    plan = plan_of(lms, clock, ALL)
    lms.students[100].score = 99.0

    pushed = push_all(lms, clock, ALL, plan)

    assert results_of(pushed) == [PushResult.CHANGED, PushResult.WRITTEN, PushResult.WRITTEN]
    assert lms.students[100].score == 99.0


def test_a_student_cannot_write_our_comment(lms: CanvasStandIn, clock: Clock) -> None:
    """Whose it is counts."""
    lms.students[100].comments = [(100, comment_of(ALL[0]).text)]

    push_all(lms, clock, ALL[:1])

    assert len(lms.students[100].comments) == 2


def test_a_comment_that_another_push_wrote_meanwhile_is_not_repeated(
    lms: CanvasStandIn, clock: Clock
) -> None:
    """Two teachers may push at the same time."""
    plan = plan_of(lms, clock, ALL)
    push_all(lms, clock, ALL)
    before = lms.state()

    push_all(lms, clock, ALL, plan)

    assert lms.state() == before


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/submissions/100", "PUT", times=2),
        Fault("/submissions/100", "PUT", times=2, acts=True),
        Fault("/submissions/100", "PUT", times=2, status=500),
        Fault("/submissions/100", "PUT", times=2, status=502, acts=True),
        Fault("/submissions", "GET", times=3, status=503),
    ],
    ids=["broken", "answer lost", "500", "502 although written", "503"],
)
def test_failures_are_tried_again_and_write_nothing_twice(
    lms: CanvasStandIn, clock: Clock, fault: Fault
) -> None:
    """We look before we write again, since a request may have been carried out."""
    lms.faults = [fault]

    pushed = push_all(lms, clock, ALL)

    assert results_of(pushed) == [PushResult.WRITTEN] * 3
    assert len(lms.comments) == len(set(lms.comments)) == 3
    assert clock.pauses


def test_a_failure_that_lasts_stops_no_other_student(lms: CanvasStandIn, clock: Clock) -> None:
    """It is named, and the next push does it."""
    lms.faults = [Fault("/submissions/100", "PUT", times=99, status=500)]

    pushed = push_all(lms, clock, ALL)

    assert results_of(pushed) == [PushResult.FAILED, PushResult.WRITTEN, PushResult.WRITTEN]
    assert [each.why for each in pushed if each.why] == ["Canvas answered 500 (writing a grade)"]
    lms.faults = []
    assert results_of(push_all(lms, clock, ALL)) == [PushResult.WRITTEN]


@pytest.mark.parametrize(
    ("headers", "pause"), [({}, client.LIMIT_PAUSE), ({"Retry-After": "7"}, 7.0)]
)
def test_a_limit_is_waited_for(
    lms: CanvasStandIn, clock: Clock, headers: dict[str, str], pause: float
) -> None:
    """Canvas answers 403 to a request that it did not look at, so it is simply sent again."""
    message = "403 Forbidden (Rate Limit Exceeded)\n"
    headers |= {"X-Rate-Limit-Remaining": "0.0"}
    lms.faults = [Fault("/submissions/100", "PUT", status=403, headers=headers, message=message)]

    pushed = push_all(lms, clock, ALL)

    assert results_of(pushed) == [PushResult.WRITTEN] * 3
    assert clock.pauses == [pause]


def test_a_limit_that_lasts_for_hours_is_an_error(lms: CanvasStandIn, clock: Clock) -> None:
    """Nobody wants to look at a terminal for so long."""
    lms.faults = [Fault("/assignments", times=9, status=429, headers={"Retry-After": "7200"})]

    with pytest.raises(LmsError, match="Canvas takes no more requests for now"):
        plan_of(lms, clock, ALL)
    assert clock.pauses == []


def test_requests_slow_down_before_the_limit(lms: CanvasStandIn, clock: Clock) -> None:
    """Canvas says how much of the quota is left."""
    lms.quota = "60.0"

    push_all(lms, clock, ALL[:1])

    assert set(clock.pauses) == {4.0}


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"token": "wrong"}, "Canvas does not take the token of CANVAS_API_KEY"),
        ({"course": 18}, "Canvas has no such course or assignment"),
        ({"assignment": 43}, "Canvas has no such course or assignment"),
    ],
)
def test_a_wrong_token_course_or_assignment_is_one_line(
    lms: CanvasStandIn, clock: Clock, other: dict[str, str | int], message: str
) -> None:
    """It does not show the token."""
    with course(lms, clock, **other) as canvas, pytest.raises(LmsError, match=message) as error:
        canvas.read_all([])
    assert "\n" not in str(error.value)
    assert "wrong" not in str(error.value)


@pytest.mark.parametrize(
    "settings", [{"grading_type": "pass_fail"}, {"points_possible": None}, {"points_possible": 0}]
)
def test_an_assignment_without_points_is_refused(
    lms: CanvasStandIn, clock: Clock, settings: dict[str, object]
) -> None:
    """Canvas would keep other grades than the ones that were sent."""
    lms.settings |= settings

    with pytest.raises(LmsError, match="takes no points"):
        plan_of(lms, clock, ALL)


def test_anonymous_grading_is_refused(lms: CanvasStandIn, clock: Clock) -> None:
    """Canvas does not say whose a submission is."""
    lms.hides_names = True

    with pytest.raises(LmsError, match="turn anonymous grading off"):
        plan_of(lms, clock, ALL)


HOSTILE = [
    "[]",
    "null",
    '"x"',
    "{",
    "[" * 100_000,
    '{"name": {}}',
    '{"name": "x", "points_possible": NaN}',
    '{"name": "x", "points_possible": 1e999}',
    '{"name": "x", "points_possible": "\\u0000"}',
    '{"name": "x", "points_possible": 100, "_requester": 1, "overrides": 3, "__class__": 5}',
    '{"name": "x", "points_possible": ' + "9" * 5000 + "}",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_an_answer_of_another_form_is_one_line(
    lms: CanvasStandIn, clock: Clock, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever Canvas sends."""
    monkeypatch.setattr(lms, "respond", lambda _: Told(200, body, {}))

    with pytest.raises(LmsError, match="not understood"):
        plan_of(lms, clock, ALL)


@pytest.mark.parametrize("bound", ["MOST_PAGES", "LARGEST_LIST"])
def test_a_list_that_never_ends_is_an_error(
    lms: CanvasStandIn, clock: Clock, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page leads to the next."""
    monkeypatch.setattr(canvas_adapter, bound, 20)
    real = lms.respond

    def respond(asked: Asked) -> Told:
        if not asked.path.endswith("/users"):
            return real(asked)
        link = f'<{lms.url}{asked.path}?page=2>; rel="next"'
        return Told(200, "[]", {"Link": link})

    monkeypatch.setattr(lms, "respond", respond)

    with pytest.raises(LmsError, match="Canvas's list does not end"):
        plan_of(lms, clock, ALL)


def test_the_token_goes_to_no_other_address(
    lms: CanvasStandIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by a link to the next page, nor by a redirect."""
    real = lms.respond
    with CanvasStandIn({}) as other:

        def respond(asked: Asked) -> Told:
            if asked.path.endswith("/users"):
                return Told(200, "[]", {"Link": f'<{other.url}/api/v1/x>; rel="next"'})
            return real(asked)

        monkeypatch.setattr(lms, "respond", respond)
        with pytest.raises(LmsError, match="not understood"):
            plan_of(lms, clock, ALL)
        monkeypatch.setattr(lms, "respond", lambda _: Told(302, "", {"Location": other.url}))
        with pytest.raises(LmsError, match="another address"):
            plan_of(lms, clock, ALL)
        assert other.requests == []


def test_an_answer_that_is_too_large_is_an_error(
    lms: CanvasStandIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read to its end."""
    monkeypatch.setattr(client, "LARGEST_ANSWER", 1000)
    monkeypatch.setattr(lms, "respond", lambda _: Told(200, json.dumps("x" * 2000), {}))

    with pytest.raises(LmsError, match="larger than"):
        plan_of(lms, clock, ALL)


@pytest.mark.parametrize(
    "address",
    [None, "", "canvas.example.edu", "http://canvas.example.edu", "https://", "https://a@b/",
     "ftp://127.0.0.1", "https://canvas.example.edu/?x=1", "https://[", "https://a b", "https://a:x",
     "https://a\nb"],
)  # fmt: skip
def test_a_token_is_not_sent_to_an_unsafe_address(address: str | None) -> None:
    """It must be https, but on this machine."""
    with pytest.raises(LmsError, match="the address of Canvas must be like https://"):
        LmsServer.from_environment("Canvas", address, "KEY", {"KEY": "x"})


def test_a_token_is_needed_and_never_shown() -> None:
    """It comes from the environment."""
    with pytest.raises(LmsError, match="KEY is not set to a token"):
        LmsServer.from_environment("Canvas", "https://canvas.example.edu", "KEY", {})
    server = LmsServer.from_environment(
        "Canvas", " https://canvas.example.edu/ ", "KEY", {"KEY": "a-secret"}
    )
    assert server.url == "https://canvas.example.edu"
    assert "a-secret" not in repr(server)
