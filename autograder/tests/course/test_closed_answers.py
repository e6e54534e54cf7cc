"""Repeated pushes before the deadline do not reveal the key of the closed questions."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course.find_pushes import Push, PushOutcome, PushState
from autograder.grading.foreman.examiner import Examiner
from autograder.tests.course.classroom import Classroom
from autograder.tests.github_stand_in import StandIn
from autograder.tests.gradebook.students import ASSIGNMENT, COURSE
from autograder.tests.notebook.notebooks import FILE, changed, released

RIGHT: Mapping[str, Any] = {
    "c1": {"photos": "queue", "balances": "log", "invoices": "queue", "rides": "log"},
    "c2": {"log": "B", "queue": "D"},
    "c3": {
        "records_per_second": 10_000,
        "megabytes_per_second": 10,
        "shards_at_least": 10,
        "shards_half_full": 20,
        "partition_key": "A",
        "ordered_between": False,
    },
    "c4": "C",
    "c5": "B",
    "c6": {"goes_on_at": 400, "processed_twice": 50},
}
WRONG: Mapping[str, Any] = {
    "c1": {"photos": "log", "balances": "queue", "invoices": "log", "rides": "queue"},
    "c2": {"log": "A", "queue": "B"},
    "c3": {
        "records_per_second": 1,
        "megabytes_per_second": 2,
        "shards_at_least": 3,
        "shards_half_full": 4,
        "partition_key": "B",
        "ordered_between": True,
    },
    "c4": "A",
    "c5": "D",
    "c6": {"goes_on_at": 450, "processed_twice": 0},
}
GUESSES = [RIGHT, WRONG, {**WRONG, "c1": RIGHT["c1"], "c3": RIGHT["c3"], "c4": RIGHT["c4"]}]


@dataclass
class RealPool:
    """Grades one push after the other, with the hidden suite in the sandbox."""

    examiner: Examiner

    def each(
        self, do: Callable[[Any, Push], PushOutcome], tasks: Iterable[Push]
    ) -> Iterator[PushOutcome]:
        """Call `do` for each task in turn."""
        for task in tasks:
            yield do(self.examiner, task)


@pytest.fixture(scope="module")
def examiner() -> Iterator[Examiner]:
    """Make the examiner of the real suite."""
    with Examiner(ASSIGNMENT, COURSE) as made:
        yield made


@pytest.fixture
def course(tmp_path: Path, examiner: Examiner) -> Iterator[Classroom]:
    """Make a course of two students; Bob's work is due two days later."""
    with StandIn(tmp_path / "github") as github:
        made = Classroom(github, tmp_path / "course", ("ada", "bob"))
        made.pool = RealPool(examiner)  # type: ignore[assignment]  # of the same shape
        made.change_policy("[extensions]\nbob = 2026-03-12T12:00:00\n")
        yield made


def push(course: Classroom, answers: Mapping[str, Any], login: str = "ada") -> str:
    """Push a notebook with these closed answers, as a bot would; return the commit."""

    def answer(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            cell | {"source": f"{cell['id']} = {answers[cell['id']]!r}"}
            if cell.get("id") in answers
            else cell
            for cell in cells
        ]

    text = changed(released(), answer).decode()
    return course.github.push(course.name(login), {FILE: text})


def readable(course: Classroom, commit: str, login: str = "ada") -> str:
    """Return everything that a student can read at a commit, without the commit's hash.

    The digest of the terms is left out, too: students with and without an extension have another.
    """
    shown = {
        "comments": course.comments(commit, login),
        "statuses": course.statuses(commit, login),
    }
    text = json.dumps(shown, indent=2).replace(commit, "COMMIT").replace(course.name(login), "REPO")
    return re.sub(r" terms=\w+", "", text)


@pytest.mark.parametrize("detail", ["full", "titles", "score"])
def test_a_bot_that_pushes_guesses_reads_the_same_each_time(course: Classroom, detail: str) -> None:
    """The text and the requests to GitHub are identical, whether or not a guess is right."""
    course.change_policy(f'[[feedback]]\ndetail = "{detail}"\n')

    shown, asked = [], []
    for answers in GUESSES:
        commit = push(course, answers)
        course.github.requests.clear()
        assert course.done()["ada"] is PushState.GRADED
        assert course.done()["ada"] is PushState.ALREADY
        shown.append(readable(course, commit))
        asked.append(
            [
                (request.method, request.path.replace(commit, "COMMIT"))
                for request in course.github.requests
            ]
        )

    assert shown[0] == shown[1] == shown[2]
    assert asked[0] == asked[1] == asked[2]
    assert "9 points open until the deadline" in shown[0]


def test_verdicts_are_shown_after_the_students_deadline(course: Classroom) -> None:
    """The comment is edited once; until then nothing is written again."""
    ada, bob = push(course, GUESSES[2]), push(course, GUESSES[2], "bob")
    course.done()
    before = readable(course, bob, "bob")

    course.github.wait(days=10)
    first = course.done()
    shown, withheld = readable(course, ada), readable(course, bob, "bob")
    course.github.wait(days=2)
    second = course.done()

    assert first == {"ada": PushState.GRADED, "bob": PushState.ALREADY}
    assert second == {"ada": PushState.ALREADY, "bob": PushState.GRADED}
    assert withheld == before
    assert readable(course, bob, "bob") == shown
    assert "until the deadline" not in shown
    assert "A log does not know who processed which message." in shown
    assert len(course.comments(ada)) == 1


def test_a_wrong_form_is_reported_on_a_push_before_the_deadline(course: Classroom) -> None:
    """The hint says how to fix the form, so that nobody loses points for it."""
    c3 = RIGHT["c3"] | {"ordered_between": "no"}
    c6 = {"goes_on_at": "four hundred", "processed_twice": 1}
    commit = push(course, {**RIGHT, "c3": c3, "c4": "E", "c5": None, "c6": c6})

    course.done()

    shown = readable(course, commit)
    wanted = ["Write it in quotes, exactly like this.", "Write your answer in place of None."]
    wanted += ["Write digits, without a unit.", "Write it without quotes."]
    assert [hint for hint in wanted if hint not in shown] == []
    assert "6 points open until the deadline" in shown


def test_a_course_can_show_verdicts_immediately(course: Classroom) -> None:
    """A key of the policy turns this on."""
    course.change_policy('closed_answers = "immediately"\n')
    commit = push(course, RIGHT)

    course.done()

    assert "until the deadline" not in readable(course, commit)
    assert "9 / 15" in readable(course, commit)
