"""Published feedback fits GitHub's limits, shows what the policy allows, and can be found again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course.push_feedback import (
    LONGEST_DESCRIPTION,
    Marker,
    PushFeedback,
    feedback_on_push,
    marker_of,
    waiting_status,
)
from autograder.feedback.content import Detail
from autograder.feedback.markdown import LONGEST_COMMENT
from autograder.gradebook.entries import entry_of
from autograder.gradebook.handins import Handin
from autograder.gradebook.student import Student
from autograder.grading.grade import Feedback, Grade, Outcome
from autograder.policy import Policy, read_policy
from autograder.tests.course.classroom import CONTEXTS, POLICY
from autograder.tests.gradebook.students import a_grade

ADA = Student(id="ada", login="ada")
SHA = "a" * 40
DUE = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATE = "[late]\npercent_per_day = 10\ndays = 3\n"


def policy(folder: Path, more: str = LATE) -> Policy:
    """Make a policy."""
    (folder / "course.toml").write_text(f"{POLICY}\n{more}")
    return read_policy(folder / "course.toml")


def published(
    rules: Policy, grade: Grade, detail: Detail = Detail.FULL, *, late: timedelta = timedelta()
) -> PushFeedback:
    """Return the feedback to publish."""
    entry = entry_of(ADA, grade, Handin(handed_in_at=DUE + late, commit=SHA), rules)
    return feedback_on_push(entry, SHA, detail, rules, "https://github.com/o/r/blob/x/")


def with_feedback(grade: Grade, text: str) -> Grade:
    """Make each test fail for a different reason."""
    checkpoints = [
        checkpoint.model_copy(
            update={
                "tests": tuple(
                    test.model_copy(
                        update={
                            "outcome": Outcome.WRONG,
                            "feedback": Feedback(asked="a", came_back=f"{test.id} {text}"),
                        }
                    )
                    for test in checkpoint.tests
                )
            }
        )
        for checkpoint in grade.checkpoints
    ]
    return grade.model_copy(update={"checkpoints": tuple(checkpoints)})


def test_the_comment_begins_with_the_assignment_and_ends_with_a_marker(tmp_path: Path) -> None:
    """The student's job finds it by the beginning, and the next run finds it by the marker."""
    made = published(policy(tmp_path), a_grade())

    assert made.comment.startswith("# `m06_partitioned_logs`: 94 / 100\n")
    assert marker_of(made.comment) == Marker(SHA, "sha256:1", Detail.FULL)


@pytest.mark.parametrize("text", ["x" * 500, "🛰" * 200, "`|<b>@ada #1 " * 40, "<!-- -->\n" * 40])
def test_it_fits_whatever_students_write(tmp_path: Path, text: str) -> None:
    """It fits in characters and bytes, together with the lateness and the complete marker."""
    grade = a_grade()
    many = grade.model_copy(update={"checkpoints": grade.checkpoints * 10})

    made = published(policy(tmp_path), with_feedback(many, text), late=timedelta(days=2))

    assert len(made.comment.encode()) <= LONGEST_COMMENT
    assert "Left out" in made.comment
    assert marker_of(made.comment) is not None
    assert all(len(status.description) <= LONGEST_DESCRIPTION for status in made.statuses)


def test_a_students_text_is_not_a_marker(tmp_path: Path) -> None:
    """A marker in the feedback has no effect: only the last line counts."""
    forged = str(Marker("b" * 40, "sha256:1", Detail.FULL))
    grade = with_feedback(a_grade(), f"\n{forged}\n")

    made = published(policy(tmp_path), grade)

    assert marker_of(made.comment) == Marker(SHA, "sha256:1", Detail.FULL)
    assert forged not in made.comment
    assert marker_of(f"{forged} or so") is None


def test_each_checkpoint_has_a_status(tmp_path: Path) -> None:
    """Open points are not a failure; without lost points, a fault of the grader is an error."""
    grade = a_grade()
    lost = {test.id: Outcome.WRONG for test in grade.checkpoints[0].tests[:1]}
    failed = {grade.checkpoints[1].tests[0].id: Outcome.GRADER_ERROR}

    made = published(policy(tmp_path), a_grade({**lost, **failed}))

    assert [status.context for status in made.statuses] == CONTEXTS
    states = {status.context.partition("/")[2]: status.state for status in made.statuses}
    assert states == {
        "writer": "failure",
        "reader": "error",
        "replay": "success",
        "brokers": "success",
        "concepts": "success",
    }
    assert made.statuses[1].description == (
        "23 / 25, 2 points open: the grader failed, 18/19 tests"
    )
    assert "6 points to be marked by a person" in made.statuses[4].description


def test_a_penalty_is_shown(tmp_path: Path) -> None:
    """It shows both times in the course's zone, and the points that remain."""
    made = published(policy(tmp_path), a_grade(), late=timedelta(hours=25))

    assert (
        "**Late.** This was pushed 2026-03-11 13:00 UTC+0000 and due 2026-03-10 12:00 UTC+0000:"
        " up to 2 days late. 20% of the points are taken off: 75.2 of 94 remain."
    ) in made.comment
    assert made.comment.startswith("# ")
    assert made.statuses[0].description.endswith("up to 2 days late, 20 % off")


def test_a_push_that_is_too_late_does_not_count(tmp_path: Path) -> None:
    """It is graded nevertheless."""
    made = published(policy(tmp_path), a_grade(), late=timedelta(days=4))

    assert "**Too late.**" in made.comment
    assert "does not count" in made.comment
    assert made.statuses[0].description.endswith("too late to count")


def test_an_excuse_is_told(tmp_path: Path) -> None:
    """The points are shown, and that they do not count."""
    rules = policy(tmp_path).model_copy(update={"excused": ("Ada",)})

    made = published(rules, a_grade())

    assert "**Excused.** This assignment counts neither for you nor against you." in made.comment
    assert made.statuses[0].description.endswith("excused")


def test_rulings_on_tests_are_told(tmp_path: Path) -> None:
    """A dropped test leaves the maximum, and a corrected one gives its points; both are named."""
    dropped, given = (test.id for test in a_grade().checkpoints[0].tests[:2])
    rules = policy(tmp_path, f'[tests]\n"{dropped}" = "dropped"\n"{given}" = "full"\n')
    lost = {dropped: Outcome.WRONG, given: Outcome.WRONG}

    made = published(rules, a_grade(lost))

    worth = a_grade().checkpoints[0].tests[0].max_score
    assert made.comment.startswith(f"# `m06_partitioned_logs`: {94 - worth:g} / {100 - worth:g}\n")
    assert "was dropped: it counts for nobody" in made.comment
    assert "was corrected: everybody gets its points" in made.comment
    assert made.statuses[0].state == "success"


def test_the_comment_says_when_more_is_shown(tmp_path: Path) -> None:
    """It says so as long as more is to come."""
    stages = '[[feedback]]\ndetail="score"\n[[feedback]]\ndetail="full"\nfrom=2026-03-12T00:00:00\n'
    rules = policy(tmp_path, stages)

    less = published(rules, a_grade(), Detail.SCORE)
    more = published(rules, a_grade(), Detail.FULL)

    assert "More of it is shown from 2026-03-12 00:00 UTC+0000 on." in less.comment
    assert "More of it" not in more.comment
    assert "tests" not in less.statuses[0].description


def test_a_waiting_push_has_a_status_with_the_time(tmp_path: Path) -> None:
    """The grade replaces this status."""
    rules = policy(tmp_path).model_copy(update={"attempts_per_hour": 3})

    status = waiting_status("writer", DUE, rules)

    assert (status.context, status.state) == ("grade/writer", "pending")
    assert status.description.startswith("graded after 2026-03-10 12:00 UTC+0000")
