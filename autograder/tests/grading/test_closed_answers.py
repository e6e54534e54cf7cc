"""Before the deadline, a student's view of a grade does not reveal the key of closed answers."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.feedback.content import state, undecided
from autograder.feedback.markdown import as_markdown
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Feedback, Grade, Outcome, without_closed_verdicts
from autograder.submission import read_submission
from autograder.tests.gradebook.students import ASSIGNMENT, COURSE, a_grade, hand_in

CLOSED = [
    test.id for checkpoint in a_grade().checkpoints for test in checkpoint.tests
    if test.closed_answer
]  # fmt: skip
WRONG_FORMS: Mapping[str, Any] = {
    "c1": {"photos": "both", "balances": 1, "invoices": "", "rides": ["log"]},
    "c2": "B",
    "c3": {
        "records_per_second": "ten thousand",
        "megabytes_per_second": "10 MB",
        "shards_at_least": True,
        "shards_half_full": [20],
        "partition_key": "E",
        "ordered_between": "False",
    },
    "c4": "C, since it keeps them",
    "c5": 2,
    "c6": {"goes_on_at": "-400", "processed_twice": {}},
}
"""For each question, an answer that is obviously not a guess."""


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
    """The views are equal as data, so no feedback format can differ."""
    right = a_grade()
    wrong = with_feedback(dict.fromkeys(CLOSED, Outcome.WRONG), about_form=False)
    some = with_feedback(dict.fromkeys(CLOSED[::2], Outcome.WRONG), about_form=False)

    views = [without_closed_verdicts(grade) for grade in (right, wrong, some)]

    assert views[0] == views[1] == views[2]
    assert right != wrong


def test_the_points_of_a_withheld_answer_are_open() -> None:
    """They are open in the checkpoint and the total, separate from points a person must mark."""
    view = without_closed_verdicts(a_grade())

    concepts = view.checkpoints[-1]
    assert (view.score, view.open_points) == (85, 15)
    assert (concepts.score, concepts.open_points) == (0, 15)
    assert state(concepts) == "9 points open until the deadline, 6 points to be marked by a person"
    assert undecided(view) == "15 points open"
    assert "open / 0.5 | answered |" in as_markdown(view)


def test_a_wrong_form_is_reported_before_the_deadline() -> None:
    """A missing answer or one in the wrong form reveals nothing about the right answer."""
    missing, blank, odd, *_ = CLOSED
    outcomes = {missing: Outcome.MISSING, blank: Outcome.UNIMPLEMENTED, odd: Outcome.WRONG}
    grade = with_feedback(outcomes, about_form=True)

    view = without_closed_verdicts(grade)

    shown = {test.id: test for checkpoint in view.checkpoints for test in checkpoint.tests}
    assert {name: shown[name].outcome for name in outcomes} == outcomes
    assert shown[odd].feedback is not None
    assert [shown[name].outcome for name in CLOSED[3:]] == [Outcome.ANSWERED] * 13


def test_other_verdicts_are_shown_unchanged() -> None:
    """This covers verdicts on code, and answers that a person still has to mark."""
    failed = a_grade().checkpoints[0].tests[0].id
    grade = with_feedback({failed: Outcome.WRONG}, about_form=False)

    view = without_closed_verdicts(grade)

    assert view.checkpoints[:-1] == grade.checkpoints[:-1]
    assert [test for test in view.checkpoints[-1].tests if not test.closed_answer] == [
        test for test in grade.checkpoints[-1].tests if not test.closed_answer
    ]


@pytest.fixture(scope="module")
def examiner() -> Iterator[Examiner]:
    """Make the examiner of the real suite."""
    with Examiner(ASSIGNMENT, COURSE) as made:
        yield made


def graded_with(examiner: Examiner, folder: Path, source: str) -> Grade:
    """Grade the solution's notebook with one more code cell, which overrides those before it."""
    path = hand_in(folder, "ada") / "concepts.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "later", "metadata": {}, "outputs": [], "source": source}
    notebook["cells"].append(cell | {"execution_count": None})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    grade, grader_log = examiner.grade(
        read_submission(path.parent, ASSIGNMENT), checkpoints=["concepts"]
    )
    assert grader_log == ""
    return grade


def test_right_answers_of_the_real_suite_are_withheld(examiner: Examiner, tmp_path: Path) -> None:
    """All are withheld, although the full grade includes their points."""
    grade = graded_with(examiner, tmp_path, "")

    assert grade.score == 9
    assert without_closed_verdicts(grade).score == 0


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "\n".join(f"{name} = {value!r}" for name, value in WRONG_FORMS.items()),
            id="neither a choice nor a number",
        ),
        pytest.param("\n".join(f"{name} = input()" for name in WRONG_FORMS), id="not a value"),
    ],
)
def test_each_question_tells_a_wrong_form_from_a_wrong_answer(
    examiner: Examiner, tmp_path: Path, source: str
) -> None:
    """So students learn about mistakes in the form of an answer even before the deadline."""
    grade = graded_with(examiner, tmp_path, source)

    outcomes = {
        test.outcome
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.closed_answer
    }
    assert outcomes == {Outcome.WRONG}
    assert without_closed_verdicts(grade) == grade
