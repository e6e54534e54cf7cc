"""The plan of a push: what differs, what is left out, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import LmsError
from autograder.gradebook.lms.comments import comment_of, is_ours, plain_comment
from autograder.gradebook.lms.plan import (
    GradeValue,
    LmsAssignment,
    LmsGrade,
    LmsPerson,
    UnsentReason,
    make_plan,
)
from autograder.gradebook.standing import Standing
from autograder.tests.gradebook.lms.standings import COMMIT, a_standing, a_student

ADA, BOB = a_student("ada", canvas_id="1"), a_student("bob", canvas_id="2")


def a_person(number: int, **keys: str) -> LmsPerson:
    """Make a person of Canvas."""
    known = {"canvas_id": str(number), "sis_user_id": "", "sis_login_id": ""}
    return LmsPerson(number, f"Person {number}", known | keys)


def an_lms(
    grades: dict[int, LmsGrade] | None = None,
    people: tuple[LmsPerson, ...] = (a_person(1), a_person(2)),
    *,
    max_points: float = 100,
    knows_excused: bool = True,
) -> LmsAssignment:
    """Make what an LMS has."""
    there = {person.id: LmsGrade() for person in people} | (grades or {})
    return LmsAssignment("Logs", max_points, people, there, knows_excused)


def commented(standing: Standing, points: float | None) -> LmsGrade:
    """Make what an LMS has after a push, but for the points."""
    return LmsGrade(GradeValue(points), (plain_comment(comment_of(standing).text),))


def test_only_what_differs_is_sent() -> None:
    """The grade or the comment."""
    ada, bob = a_standing(ADA), a_standing(BOB)
    lms = an_lms({1: commented(ada, 83.0), 2: commented(bob, 80.0)})

    plan = make_plan([ada, bob], lms)

    assert plan.equal == (ADA,)
    assert [(d.student, d.before, d.after) for d in plan.differences] == [
        (BOB, GradeValue(80.0), GradeValue(83.0))
    ]


def test_a_comment_that_is_there_is_not_sent_again() -> None:
    """Whatever the LMS made of its blanks, and whatever else is there."""
    ada = a_standing(ADA, repository="uni/ada")
    text = comment_of(ada).text
    lms = an_lms({1: LmsGrade(GradeValue(80.0), ("Well done!", plain_comment(f" {text}\n")))})

    difference = make_plan([ada], lms).differences[0]

    assert difference.is_commented


def test_the_comment_leads_to_the_feedback() -> None:
    """On the page of the commit."""
    comment = comment_of(a_standing(ADA, repository="uni/ada"))

    assert comment.text == (
        f"Autograder: feedback at https://github.com/uni/ada/commit/{COMMIT}#comments"
    )
    assert f'<a href="https://github.com/uni/ada/commit/{COMMIT}#comments">' in comment.html


def test_without_a_commit_the_comment_has_the_points() -> None:
    """Of each checkpoint."""
    comment = comment_of(a_standing(ADA, 82.5))

    assert comment.text == (
        "Autograder: 82.5 of 100 points (Writer: 30 of 30; The rest: 52.5 of 70)"
    )


@pytest.mark.parametrize("points", [83.0, 30.0, 99.3333])
def test_our_comments_are_recognised_until_somebody_edits_them(points: float) -> None:
    """So that a person's words are not replaced."""
    for standing in (a_standing(ADA, points), a_standing(ADA, points, repository="uni/ada")):
        text = comment_of(standing).text

        assert is_ours(text)
        assert plain_comment(comment_of(standing).html) == text
        assert not is_ours(f"{text} Well done!")
        assert not is_ours(f"Well done! {text}")
    assert not is_ours("Autograder: 5 of 10 points (A: 5 of 10). I gave 2 more (see p. 3 of 4)")


@given(st.text(max_size=30))
def test_our_comment_is_found_in_its_html(title: str) -> None:
    """Whatever a checkpoint is called; otherwise it would be sent again each time."""
    standing = a_standing(ADA)
    named = standing.checkpoints[0].model_copy(update={"title": title})
    comment = comment_of(standing.model_copy(update={"checkpoints": (named,)}))

    assert plain_comment(comment.html) == plain_comment(comment.text)


def test_what_is_not_decided_is_not_sent() -> None:
    """And each reason is named."""
    standings = [
        a_standing(ADA, None),
        a_standing(BOB, None, missing=True),
        a_standing(a_student("cyd", canvas_id="3"), excused=True),
        a_standing(a_student("dan", canvas_id="4")),
        a_standing(a_student("eve", canvas_id="5")),
        a_standing(a_student("fay", canvas_id="6"), None).model_copy(update={"ungraded": ""}),
    ]
    lms = an_lms(
        {
            4: LmsGrade(is_blocked=True),
            5: LmsGrade(comments=("Well done!",), has_comment_to_lose=True),
        },
        tuple(map(a_person, range(1, 7))),
        knows_excused=False,
    )

    plan = make_plan(standings, lms)

    assert {reason: [student.id for student in found] for reason, found in plan.unsent.items()} == {
        UnsentReason.UNDECIDED: ["ada"],
        UnsentReason.MISSING: ["bob"],
        UnsentReason.UNGRADED: ["fay"],
        UnsentReason.EXCUSED: ["cyd"],
        UnsentReason.BLOCKED: ["dan"],
        UnsentReason.COMMENTED: ["eve"],
    }
    assert plan.differences == ()
    assert plan.needs_person


def test_missing_work_gets_the_points_that_the_gradebook_gives() -> None:
    """0, if the course decides so."""
    plan = make_plan([a_standing(ADA, 30.0, missing=True)], an_lms())

    assert str(plan.differences[0].after) == "30"


def test_an_excused_student_is_excused_without_a_comment() -> None:
    """Where the LMS knows that."""
    difference = make_plan([a_standing(ADA, excused=True)], an_lms()).differences[0]

    assert (difference.after, difference.comment) == (GradeValue(is_excused=True), None)


def test_students_are_matched_by_ids_and_never_by_names() -> None:
    """The first id that both sides know decides, whatever the others say."""
    students = [
        a_student("ada", canvas_id="1", sis_user_id="s9"),
        a_student("bob", sis_user_id="S2"),
        a_student("cyd", canvas_id="99", sis_user_id="s3"),
        a_student("person 4".replace(" ", "-")),
        a_student("eve", sis_login_id="same"),
    ]
    people = (
        a_person(1, sis_user_id="s1"),
        a_person(2, sis_user_id="s2"),
        a_person(3, sis_user_id="s3"),
        a_person(4),
        a_person(5, sis_login_id="same"),
        a_person(6, sis_login_id="same"),
    )

    plan = make_plan([a_standing(student) for student in students], an_lms(people=people))

    assert [(d.student.id, d.person) for d in plan.differences] == [("ada", 1), ("bob", 2)]
    assert [(student.id, why) for student, why in plan.unmatched] == [
        ("cyd", "nobody has the canvas_id 99"),
        ("person-4", "the roster lacks canvas_id, sis_user_id, sis_login_id"),
        ("eve", "2 people have the sis_login_id same"),
    ]
    assert [person.id for person in plan.strangers] == [3, 4, 5, 6]


def test_an_id_that_the_lms_does_not_show_does_not_count() -> None:
    """A token may not be allowed to see SIS ids."""
    student = a_student("ada", sis_user_id="s1", sis_login_id="ada")

    plan = make_plan([a_standing(student)], an_lms(people=(a_person(1, sis_login_id="Ada"),)))

    assert [difference.person for difference in plan.differences] == [1]


def test_two_students_who_are_one_person_there_get_nothing() -> None:
    """Either could be the right student."""
    twins = [a_student("ada", canvas_id="1"), a_student("bob", sis_user_id="s1")]

    plan = make_plan(
        [a_standing(student) for student in twins], an_lms(people=(a_person(1, sis_user_id="s1"),))
    )

    assert [student.id for student, _ in plan.unmatched] == ["ada", "bob"]


def test_a_group_with_one_grade_must_have_one_here() -> None:
    """Canvas would give all its members the grade that is written last."""
    team = {number: LmsGrade(group="Team (3)") for number in (1, 2)}

    with pytest.raises(LmsError, match=r"group Team \(3\) has one grade there.*ada 83, bob 70"):
        make_plan([a_standing(ADA), a_standing(BOB, 70.0)], an_lms(team))
    assert len(make_plan([a_standing(ADA), a_standing(BOB)], an_lms(team)).differences) == 2


def test_an_excused_member_is_no_difference_within_a_group() -> None:
    """Canvas leaves those who are excused alone."""
    team = {number: LmsGrade(group="Team (3)") for number in (1, 2)}

    plan = make_plan([a_standing(ADA), a_standing(BOB, excused=True)], an_lms(team))

    assert [str(difference.after) for difference in plan.differences] == ["83", "excused"]


def test_an_assignment_of_other_points_is_refused() -> None:
    """83 of 10 points would be sent."""
    with pytest.raises(LmsError, match="has 10 points there and 100 here: set its points to 100"):
        make_plan([a_standing(ADA)], an_lms(max_points=10))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, 30.0, 83.0]),
            st.booleans(),
            st.booleans(),
            st.integers(0, 6),
            st.sampled_from([None, 83.0]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_each_student_is_in_exactly_one_place(
    facts: list[tuple[float | None, bool, bool, int, float | None, bool, bool]],
) -> None:
    """Whatever the gradebook and the LMS have."""
    standings, grades = [], {}
    for number, (points, excused, missing, id_there, there, blocked, to_lose) in enumerate(facts):
        student = a_student(f"s{number}", canvas_id=str(id_there))
        standings.append(a_standing(student, points, excused=excused, missing=missing))
        grades[id_there] = LmsGrade(
            GradeValue(there), is_blocked=blocked, has_comment_to_lose=to_lose
        )

    plan = make_plan(standings, an_lms(grades, tuple(map(a_person, range(5)))))

    placed = [
        *(difference.student.id for difference in plan.differences),
        *(student.id for student in plan.equal),
        *(student.id for students in plan.unsent.values() for student in students),
        *(student.id for student, _ in plan.unmatched),
    ]
    assert sorted(placed) == sorted(standing.student.id for standing in standings)
