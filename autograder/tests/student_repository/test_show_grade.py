"""The step that shows the grade of the hidden tests, if it is published, and never fails."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.feedback.markdown import as_markdown
from autograder.tests.feedback.nasty import HARMLESS, grade_of
from autograder.tests.student_repository.actions_runner import obeyed
from autograder.tests.student_repository.clone import ASSIGNMENT, REPOSITORY
from autograder.tests.student_repository.github import (
    COMMIT,
    REPOSITORY_NAME,
    TOKEN,
    GitHub,
    serving,
    status,
)

CHECKPOINTS = [checkpoint.id for checkpoint in ASSIGNMENT.checkpoints]
GRADED = [status(checkpoint, description="2 / 3") for checkpoint in CHECKPOINTS]
FEEDBACK = f"# `{ASSIGNMENT.id}`: 8 / 12\n\nAn empty page is not the end."


@dataclass(frozen=True)
class Shown:
    """The result of a run of the script."""

    status: int
    log: str
    summary: str


def show(github: GitHub, folder: Path, *, wait: str | None = "60", **environment: str) -> Shown:
    """Run the script as the workflow does, without a pause between two requests."""
    waiting = {} if wait is None else {"GRADE_WAIT_SECONDS": wait}
    summary = folder / "summary.md"
    with serving(github):
        done = subprocess.run(
            [sys.executable, "checks/show_grade.py"],
            cwd=REPOSITORY,
            env={
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": github.address,
                "GITHUB_REPOSITORY": REPOSITORY_NAME,
                "GITHUB_SHA": COMMIT,
                "GITHUB_TOKEN": TOKEN,
                "GITHUB_STEP_SUMMARY": str(summary),
                **waiting,
                "GRADE_PAUSE_SECONDS": "0",
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONIOENCODING": "cp1252:strict",
                **environment,
            },
            capture_output=True,
            encoding="cp1252",
            timeout=120,
            check=False,
        )
    text = summary.read_text("utf-8") if summary.exists() else ""
    return Shown(done.returncode, done.stdout + done.stderr, text)


def test_a_published_grade_is_shown_with_its_feedback(tmp_path: Path) -> None:
    """The log has a line for each checkpoint; the summary has the comment too."""
    github = GitHub([GRADED], [["Well done!", FEEDBACK]])

    shown = show(github, tmp_path)

    assert shown.status == 0
    assert shown.log.splitlines() == [f"grade/{name} success 2 / 3" for name in CHECKPOINTS]
    assert FEEDBACK in shown.summary
    assert "Well done!" not in shown.summary
    assert all(f"| {name} | success | 2 / 3 |" in shown.summary for name in CHECKPOINTS)


def test_it_asks_only_about_its_own_commit_with_the_token_of_the_job(tmp_path: Path) -> None:
    """For its statuses and its comments, and nothing else."""
    github = GitHub([GRADED], [[FEEDBACK]])

    show(github, tmp_path)

    assert github.asked == [
        (f"/repos/{REPOSITORY_NAME}/commits/{COMMIT}/status?per_page=100", f"Bearer {TOKEN}"),
        (f"/repos/{REPOSITORY_NAME}/commits/{COMMIT}/comments?per_page=100", f"Bearer {TOKEN}"),
    ]


def test_it_waits_until_each_checkpoint_is_graded(tmp_path: Path) -> None:
    """A pending status, or a status of another tool, is not a grade."""
    other = {"context": "ci/lint", "state": "success", "description": "fine"}
    pending = [status(checkpoint, "pending", None) for checkpoint in CHECKPOINTS]
    github = GitHub([[], [other], pending, GRADED[:1], [*GRADED, other]], [[FEEDBACK]])

    shown = show(github, tmp_path)

    assert [path for path, _ in github.asked if "/status" in path] == [github.asked[0][0]] * 5
    assert FEEDBACK in shown.summary
    assert "lint" not in shown.log + shown.summary


def test_it_asks_again_after_a_temporary_failure(tmp_path: Path) -> None:
    """GitHub responds with an error, then with half a response, then as it should."""
    github = GitHub([502, b'{"statuses": [', GRADED], [[FEEDBACK]])

    shown = show(github, tmp_path)

    assert FEEDBACK in shown.summary


def test_feedback_that_comes_a_moment_later_is_shown(tmp_path: Path) -> None:
    """The comment may follow the statuses."""
    github = GitHub([GRADED], [[], [FEEDBACK]])

    shown = show(github, tmp_path)

    assert FEEDBACK in shown.summary


def test_the_summary_says_that_feedback_is_not_published(tmp_path: Path) -> None:
    """The statuses are still shown."""
    shown = show(GitHub([GRADED], [403]), tmp_path)

    assert shown.status == 0
    assert "The feedback is not published yet." in shown.summary
    assert "| writer | success |" in shown.summary


def test_it_does_not_wait_unless_the_course_says_so(tmp_path: Path) -> None:
    """Most grades come minutes later: a job that waits would only cost time."""
    github = GitHub([[], GRADED], [[FEEDBACK]])

    shown = show(github, tmp_path, wait=None)

    assert shown.log.startswith("Not graded yet.")


def test_the_grades_published_so_far_are_shown_when_the_time_is_up(tmp_path: Path) -> None:
    """A checkpoint that is marked by hand, or later, does not hide the others."""
    shown = show(GitHub([GRADED[:2]], [[FEEDBACK]]), tmp_path, wait="0")

    assert len(shown.log.splitlines()) == 2
    assert FEEDBACK in shown.summary


@pytest.mark.parametrize(
    ("statuses", "environment", "sentence"),
    [
        ([], {}, "Not graded yet."),
        (403, {}, "GitHub answered 403"),
        (503, {}, "GitHub answered 503"),
        (b"<html>", {}, "GitHub's response could not be read"),
        (b"[1]", {}, "GitHub's response could not be read"),
        (b'{"statuses": [1]}', {}, "GitHub's response could not be read"),
        (b'{"statuses": null}', {}, "GitHub's response could not be read"),
        ([], {"GITHUB_API_URL": "http://127.0.0.1:9"}, "GitHub did not answer"),
        ([], {"GITHUB_API_URL": "file:///etc"}, "GITHUB_API_URL is not a valid web address"),
        ([], {"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set"),
        ([], {"GRADE_WAIT_SECONDS": "soon"}, "could not convert"),
    ],
)
def test_without_a_grade_it_prints_one_line_and_does_not_fail(
    statuses: Any, environment: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    """The line says why, and where to look for the grade."""
    shown = show(GitHub([statuses]), tmp_path, **{"wait": "0", **environment})

    assert shown.status == 0
    assert len(shown.log.splitlines()) == 1
    assert sentence in shown.log
    assert "commit on GitHub" in shown.log
    assert "## Grade" in shown.summary


def test_it_does_not_ask_again_after_a_refusal(tmp_path: Path) -> None:
    """GitHub would refuse again."""
    github = GitHub([404, GRADED])

    show(github, tmp_path)

    assert len(github.asked) == 1


def test_a_status_cannot_give_commands_or_markup(tmp_path: Path) -> None:
    """Everybody who can push can also set a status."""
    text = "x\n::error::y ##[add-mask]z | <img src=a> \u2713 **b** \u202e"
    github = GitHub([[status("writer\n::error::w", "success", text)]], [[]])

    shown = show(github, tmp_path, wait="0")

    assert shown.status == 0
    assert list(obeyed(shown.log)) == []
    assert len(shown.log.splitlines()) == 1
    assert "<img" not in shown.summary
    assert "**b**" not in shown.summary


def test_a_huge_comment_is_truncated(tmp_path: Path) -> None:
    """GitHub refuses a summary of more than 1 MiB."""
    shown = show(GitHub([GRADED], [[FEEDBACK + "z" * 10**6]]), tmp_path)

    assert FEEDBACK in shown.summary
    assert len(shown.summary) < 200_000


def test_the_comment_that_the_grader_writes_is_found(tmp_path: Path) -> None:
    """Its heading names the assignment."""
    grade = grade_of(HARMLESS).model_copy(update={"assignment": ASSIGNMENT.id})
    comment = as_markdown(grade)

    shown = show(GitHub([GRADED], [[comment]]), tmp_path)

    assert comment.strip() in shown.summary
