"""A student's view of a grade before the deadline tells nothing about the key of closed answers."""

from collections.abc import Mapping

from autograder.feedback.content import state, undecided
from autograder.feedback.markdown import as_markdown
from autograder.grading.grade import Feedback, Grade, Outcome, without_closed_verdicts
from autograder.tests.gradebook.students import a_grade

CLOSED = [
    test.id for checkpoint in a_grade().checkpoints for test in checkpoint.tests
    if test.closed_answer
]  # fmt: skip


def with_feedback(outcomes: Mapping[str, Outcome], *, about_form: bool) -> Grade:
    """Make a grade whose lost points have feedback."""
    grade = a_grade(outcomes)
    checkpoints = []
    for checkpoint in grade.checkpoints:
        tests = tuple(
            test.model_copy(
                update={
                    "feedback": Feedback(
                        asked="a", came_back=f"Of {test.id}.", about_form=about_form
                    )
                }
            )
            if test.outcome is Outcome.WRONG
            else test
            for test in checkpoint.tests
        )
        checkpoints.append(checkpoint.model_copy(update={"tests": tests}))
    return grade.model_copy(update={"checkpoints": tuple(checkpoints)})


def test_right_and_wrong_answers_give_the_same_view() -> None:
    """Equal as data, so that no form of feedback can differ."""
    right = a_grade()
    wrong = with_feedback(dict.fromkeys(CLOSED, Outcome.WRONG), about_form=False)
    some = with_feedback(dict.fromkeys(CLOSED[::2], Outcome.WRONG), about_form=False)

    views = [without_closed_verdicts(grade) for grade in (right, wrong, some)]

    assert views[0] == views[1] == views[2]
    assert right != wrong


def test_the_points_of_a_withheld_answer_are_open() -> None:
    """In the checkpoint and in the total, and told apart from those that wait for a person."""
    view = without_closed_verdicts(a_grade())

    concepts = view.checkpoints[-1]
    assert (view.score, view.open_points) == (85, 15)
    assert (concepts.score, concepts.open_points) == (0, 15)
    assert state(concepts) == "9 points open until the deadline, 6 points wait for a person"
    assert undecided(view) == "15 points open"
    assert "open / 0.5 | answered |" in as_markdown(view)


def test_the_form_of_an_answer_is_told_at_once() -> None:
    """That it is missing or has the wrong form tells nothing about what is right."""
    missing, blank, odd, *_ = CLOSED
    outcomes = {missing: Outcome.MISSING, blank: Outcome.UNIMPLEMENTED, odd: Outcome.WRONG}
    grade = with_feedback(outcomes, about_form=True)

    view = without_closed_verdicts(grade)

    shown = {test.id: test for checkpoint in view.checkpoints for test in checkpoint.tests}
    assert {name: shown[name].outcome for name in outcomes} == outcomes
    assert shown[odd].feedback is not None
    assert [shown[name].outcome for name in CLOSED[3:]] == [Outcome.ANSWERED] * 13


def test_all_else_is_shown_as_it_is() -> None:
    """Verdicts on code, and answers that wait for a person."""
    failed = a_grade().checkpoints[0].tests[0].id
    grade = with_feedback({failed: Outcome.WRONG}, about_form=False)

    view = without_closed_verdicts(grade)

    assert view.checkpoints[:-1] == grade.checkpoints[:-1]
    assert [test for test in view.checkpoints[-1].tests if not test.closed_answer] == [
        test for test in grade.checkpoints[-1].tests if not test.closed_answer
    ]
