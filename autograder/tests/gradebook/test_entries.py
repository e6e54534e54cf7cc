"""What people gave, what the policy withholds, and what a student reads of both."""

import html
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from autograder.errors import GradebookError
from autograder.feedback.content import by_cause, causes_of, explanation_lines, outcome_text
from autograder.gradebook.database import Mark, StudentPoints
from autograder.gradebook.entries import BookEntry, entry_of, seen_by_student
from autograder.gradebook.handins import Handin
from autograder.gradebook.notes import feedback_page
from autograder.gradebook.rulings import counted_twice
from autograder.gradebook.standing import StandingStatus
from autograder.gradebook.student import Student
from autograder.grading.grade import Feedback, Grade, GradedTest, Outcome, checkpoint_of
from autograder.policy import Policy, Ruling
from autograder.tests.gradebook.students import a_grade

DUE = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Student(id="ada", name="Ada")
FULL = {"c1-why": 1.0, "c2-why": 2.0, "c3-why": 2.0, "c6-why": 1.0}
LOST = "writer/create_returns_once_active"
CLOSED = "concepts/broker_for_photos"


def policy(**decided: object) -> Policy:
    """Make a policy with a deadline."""
    deadline = {"at": DUE, "grace_minutes": 0}
    return Policy.model_validate({"timezone": "UTC", "deadline": deadline, **decided})


def points(
    given: Mapping[str, float] = FULL, comment: str = "", *, stale: tuple[str, ...] = ()
) -> StudentPoints:
    """Give points for open answers."""
    marks = {cell: Mark(score, comment, is_stale=cell in stale) for cell, score in given.items()}
    return StudentPoints(marks=marks)


def with_notebook(grade: Grade, digest: str) -> Grade:
    """Return a grade of a notebook."""
    submission = grade.submission.model_copy(update={"files": {"concepts.ipynb": digest}})
    return grade.model_copy(update={"submission": submission})


def entry(
    grade: Grade,
    given: StudentPoints | None = None,
    rules: Policy | None = None,
    late: timedelta = -HOUR,
) -> BookEntry:
    """Put together what is known of a student who handed in around the deadline."""
    handin = Handin(handed_in_at=DUE + late)
    return entry_of(ADA, grade, handin, rules or policy(), given or StudentPoints())


def page(made: BookEntry, rules: Policy, moment: datetime) -> str:
    """Write the page as plain text with tags."""
    return html.unescape(feedback_page(made, "Logs", rules, moment))


# --- answers that were changed after they were marked


def test_an_answer_that_changed_after_it_was_marked_is_undecided() -> None:
    """Its old points do not count; those of the other answers do."""
    made = entry(a_grade(), points(stale=("c2-why",)))

    assert made.standing.status is StandingStatus.UNDECIDED
    assert made.standing.open_points == 2
    assert made.to_mark == made.to_mark_again == ("concepts/c2_why",)
    assert made.standing.so_far == 85 + 9 + 4
    assert "Your answer has changed since it was marked" in page(made, policy(), DUE + HOUR)


def test_any_answer_may_have_changed_in_another_notebook() -> None:
    """Until the markers see the one that was graded, all marks of it wait."""
    grade = with_notebook(a_grade(), "sha256:new")
    seen = replace(points(), marked_notebook="sha256:old")

    made = entry(grade, seen)

    assert len(made.to_mark_again) == 4
    assert made.standing.total is None
    assert entry(grade, replace(seen, marked_notebook="sha256:new")).standing.total == 100
    assert entry(grade, replace(seen, marked_notebook=None)).standing.total == 100


def test_a_mark_for_an_answer_that_is_gone_does_not_count() -> None:
    """The newest hand-in lacks the notebook, and its points are lost like the closed ones."""
    gone = dict.fromkeys((test.id for test in a_grade().checkpoints[-1].tests), Outcome.MISSING)

    made = entry(a_grade(gone), replace(points(), marked_notebook="sha256:old"))

    assert (made.standing.total, made.to_mark) == (85, ())


# --- points that cannot be


@pytest.mark.parametrize("given", [2.5, -0.5])
def test_a_mark_beyond_the_points_of_an_answer_is_refused(given: float) -> None:
    """The line says whose, which, and of how many."""
    with pytest.raises(GradebookError) as caught:
        entry(a_grade(), points({**FULL, "c2-why": given}))

    assert f"ada c2-why: {given:g} of 2 points" in str(caught.value)
    assert "correct in formgrader" in str(caught.value)


def test_points_set_by_hand_are_within_those_of_the_hidden_tests() -> None:
    """Extra credit is a separate column in formgrader."""
    with pytest.raises(GradebookError, match="ada writer: 31 of 30 points"):
        entry(a_grade(), StudentPoints(by_hand={"writer": 31}))

    extra = StudentPoints(
        by_hand={"writer": 30}, marks={"c2-why": Mark(3, "", is_stale=False, extra_credit=1)}
    )
    assert entry(a_grade(), extra).standing.so_far == 85 + 9 + 3


def test_points_that_a_ruling_gives_once_more_are_named() -> None:
    """A person had given them already, before the course ruled on the test."""
    grade = a_grade({LOST: Outcome.WRONG})
    by_hand = StudentPoints(by_hand={"writer": 30})

    (line,) = counted_twice(grade, by_hand, {LOST: Ruling.FULL})

    assert line.startswith(f"writer: set by hand to 30, and [tests] adds 2 points for {LOST}")
    assert list(counted_twice(a_grade(), by_hand, {LOST: Ruling.FULL})) == []
    assert list(counted_twice(grade, by_hand, {LOST: Ruling.DROPPED})) == []


# --- what a student reads


def test_until_the_deadline_a_page_withholds_verdicts_on_closed_answers() -> None:
    """As a comment on GitHub does; people's marks are in it, and the gradebook has everything."""
    made = entry(a_grade({CLOSED: Outcome.WRONG}), points())

    before, after = (seen_by_student(made, policy(), DUE + wait) for wait in (-HOUR, HOUR))

    assert before.standing.so_far == 85 + 6
    assert after.standing == made.standing
    text = page(made, policy(), DUE - HOUR)
    assert "Closed questions:" in text
    assert "91 / 100" in text
    assert "Closed questions:" not in page(made, policy(), DUE + HOUR)
    at_once = policy(closed_answers="immediately")
    assert "Closed questions:" not in page(made, at_once, DUE - HOUR)


def lost_test(**feedback: object) -> Grade:
    """Return a grade in which a test with feedback lost its points."""
    grade = a_grade({LOST: Outcome.WRONG})
    given = Feedback.model_validate({"asked": "asked", "came_back": "What it did.", **feedback})
    checkpoints = tuple(
        checkpoint_of(
            checkpoint.id,
            checkpoint.title,
            tuple(
                test.model_copy(update={"feedback": given}) if test.id == LOST else test
                for test in checkpoint.tests
            ),
        )
        for checkpoint in grade.checkpoints
    )
    return grade.model_copy(update={"checkpoints": checkpoints})


@pytest.mark.parametrize(
    ("stage", "shows"),
    [
        ({"detail": "score"}, (False, False, False)),
        ({"detail": "titles"}, (True, False, False)),
        ({"detail": "full", "cases": False}, (True, True, False)),
        ({"detail": "full"}, (True, True, True)),
    ],
)
def test_a_page_shows_as_much_as_the_stage_says(
    stage: Mapping[str, object], shows: tuple[bool, bool, bool]
) -> None:
    """Tests, why they gave no points, and cases; it says from when on there is more."""
    later = {"detail": "full", "from": DUE + 2 * HOUR}
    rules = policy(feedback=(stage, later))
    made = entry(lost_test(case="abc"), points(comment="Well put."), rules)

    first, second = (page(made, rules, DUE + wait * HOUR) for wait in (1, 3))

    parts = ("All tests", "What it did.", "checks/rehearse.py")
    assert tuple(part in first for part in parts) == shows
    assert ("Well put." in first) == shows[1]
    assert ('href="#checkpoint-1"' in first) == shows[0]
    assert ("More of it is shown from 2026-12-02 00:00" in first) == (stage != {"detail": "full"})
    assert all(part in second for part in parts)


@pytest.mark.parametrize(
    ("late", "headline", "title"), [(-HOUR, "100 / 100", ""), (HOUR, "90 / 100", "100 / 100"),
                                    (50 * HOUR, "0 / 100", "100 / 100")]
)  # fmt: skip
def test_the_headline_has_the_points_that_count(late: timedelta, headline: str, title: str) -> None:
    """The points before the penalty are next to it."""
    rules = policy(late={"percent_per_day": 10, "days": 2})

    text = page(entry(a_grade(), points(), rules, late), rules, DUE + 99 * HOUR)

    assert f"<strong>{headline}</strong>" in text
    assert f": {headline}</title>" in text
    assert (f"that count; {title} before the late penalty" in text) == bool(title)


# --- open answers on pages


def open_answer(**changed: object) -> GradedTest:
    """Return the test of an open answer, as a person marked it."""
    update = {"outcome": Outcome.WRONG, "score": 1.0, **changed}
    return a_grade().checkpoints[-1].tests[-1].model_copy(update=update)


def test_a_person_s_mark_is_not_right_or_wrong() -> None:
    """A blank answer is not an answer."""
    assert outcome_text(open_answer()) == "marked"
    assert outcome_text(open_answer(outcome=Outcome.PASSED)) == "marked"
    assert outcome_text(open_answer(score=0.0)) == "wrong"
    assert outcome_text(open_answer(outcome=Outcome.UNIMPLEMENTED)) == "no answer"


def test_comments_of_two_markers_are_paragraphs() -> None:
    """Each stands under `comment`, also for full points."""
    comments = "Well put.\n\nBut what of the key?"
    made = entry(a_grade(), points({**FULL, "c2-why": 1.5}, comments))
    assert made.grade is not None
    test = next(test for test in made.grade.checkpoints[-1].tests if test.id == "concepts/c2_why")

    assert explanation_lines([test]) == [
        ("comment", "Well put."),
        ("comment", "But what of the key?"),
    ]
    text = page(made, policy(), DUE + HOUR)
    assert "\\n" not in text
    assert text.count("<dt>comment</dt>") == 8


def test_open_answers_are_no_cause_of_lost_points() -> None:
    """And none fails for the reason of another."""
    blank = open_answer(
        outcome=Outcome.UNIMPLEMENTED, score=0.0, feedback=Feedback(asked="", came_back="blank")
    )
    half = entry(a_grade(), points({**FULL, "c2-why": 0.5})).grade
    assert half is not None

    assert len(by_cause([blank, blank.model_copy(update={"id": "concepts/other"})])) == 2
    assert causes_of(half) == []
