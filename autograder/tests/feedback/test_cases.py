"""How each form shows the case of a lost test: one command for each cause, to be copied."""

import io

import pytest
from rich.console import Console

from autograder.feedback.actions import as_workflow_log
from autograder.feedback.content import Detail, without_cases
from autograder.feedback.html import SCRIPT, as_html
from autograder.feedback.markdown import LONGEST_COMMENT, as_markdown
from autograder.feedback.text import print_grade
from autograder.grading.grade import Feedback, Grade
from autograder.tests.feedback.nasty import grade_of

WORD = "c2" + "aB-_9" * 399
COMMAND = f"uv run checks/rehearse.py {WORD}"


def with_case(case: str) -> Grade:
    """Make a grade that has a case in the feedback on each test."""
    grade = grade_of(["harmless"])
    checkpoints = tuple(
        checkpoint.model_copy(
            update={
                "tests": tuple(
                    test.model_copy(update={"feedback": _with_case(test.feedback, case)})
                    for test in checkpoint.tests
                )
            }
        )
        for checkpoint in grade.checkpoints
    )
    return grade.model_copy(update={"checkpoints": checkpoints})


def _with_case(feedback: Feedback | None, case: str) -> Feedback | None:
    return feedback and feedback.model_copy(update={"case": case})


def as_text(grade: Grade) -> str:
    """Print a grade into a pipe."""
    file = io.StringIO()
    print_grade(grade, Console(file=file, width=80, highlight=False, markup=False))
    return file.getvalue()


def test_the_terminal_has_the_command_in_one_line() -> None:
    """So that it can be copied whole."""
    lines = [line.strip() for line in as_text(with_case(WORD)).splitlines()]

    assert COMMAND in lines


def test_a_comment_has_the_command_in_a_block_of_code() -> None:
    """GitHub draws a button to copy it."""
    assert f"```sh\n{COMMAND}\n```" in as_markdown(with_case(WORD))


def test_cases_are_the_first_to_be_left_out_of_a_comment_that_is_too_long() -> None:
    """And it says so."""
    whole = as_markdown(with_case(WORD), limit=LONGEST_COMMENT)

    tight = as_markdown(with_case(WORD), limit=len(whole.encode()) - 100)

    assert 0 < tight.count(COMMAND) < whole.count(COMMAND)
    assert "1 case" in tight


@pytest.mark.parametrize("detail", [Detail.EXPLAINED, Detail.TITLES, Detail.SCORE])
def test_a_stage_without_cases_has_none(detail: Detail) -> None:
    """Whatever else it shows."""
    assert WORD not in as_markdown(with_case(WORD), detail=detail)


def test_a_page_has_one_script_which_copies_the_command() -> None:
    """A page without cases has none."""
    page = as_html(with_case(WORD))
    bare = as_html(without_cases(with_case(WORD)))

    assert f"<code>{COMMAND}</code>" in page
    assert page.count("<script") == 1
    assert SCRIPT.read_text("utf-8").strip() in page
    assert "script-src 'sha256-" in page
    assert "<script" not in bare
    assert "script-src" not in bare


@pytest.mark.parametrize("case", ["c2; rm -rf ~", "c2`id`", "$(id)", "c2\nid", "", "c2<b>"])
def test_what_is_no_case_is_not_shown(case: str) -> None:
    """A result that somebody has changed must not put a command into a terminal."""
    grade = with_case(case)

    shown = [as_text(grade), as_markdown(grade), as_html(grade), as_workflow_log(grade)]

    assert not any("rehearse.py" in text for text in shown)
