"""The command `autograder grade`."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId, NoSandbox
from autograder.cli.output import check_writable, write_result
from autograder.feedback.actions import as_workflow_log
from autograder.feedback.data import as_csv, as_json
from autograder.feedback.html import as_html, way_to_handout
from autograder.feedback.markdown import as_markdown
from autograder.feedback.text import print_grade
from autograder.grading.foreman.examiner import PARTS, Examiner
from autograder.grading.grade import Grade
from autograder.submission import read_submission
from autograder.text import in_log


class Format(StrEnum):
    """The formats that a grade can be written in."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    ACTIONS = "actions"


_WRITERS: dict[Format, Callable[[Grade], str]] = {
    Format.JSON: as_json,
    Format.MARKDOWN: as_markdown,
    Format.CSV: as_csv,
    Format.ACTIONS: as_workflow_log,
}


def grade_command(
    path: Annotated[Path, typer.Argument(help="Folder with the graded files.")],
    assignment: AssignmentId = None,
    checkpoint: Annotated[
        list[str] | None, typer.Option(help="Grade only this one; may be given several times.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How to write the grade.")] = Format.TEXT,  # noqa: A002 - the option's name
    output: Annotated[Path | None, typer.Option(help="File to write to, not the terminal.")] = None,
    *,
    no_sandbox: NoSandbox = False,
) -> None:
    """Grade one submission. Exit 0 whatever the score, 2 if it could not be graded."""
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, submissions=path)
    submission = read_submission(path, chosen)
    check_writable(output)
    with Examiner(chosen, course, confined=not no_sandbox, side_by_side=PARTS) as examiner:
        result, grader_log = examiner.grade(submission, checkpoints=checkpoint or ())
    if grader_log:
        _print_grader_log(grader_log)
    handouts = (path, course.assignments / chosen.id)
    write_html = partial(
        as_html,
        title=chosen.title,
        files_at=way_to_handout(output, handouts) if output else None,
    )
    writers: dict[Format, Callable[[Grade], str]] = {**_WRITERS, Format.HTML: write_html}
    write_result(lambda console: _render(result, writers.get(format), console), output)


def _print_grader_log(grader_log: str) -> None:
    """Print the last lines about what failed on the grader's side to stderr."""
    console = Console(stderr=True)
    for line in grader_log.splitlines()[-20:]:
        console.print(in_log(line), markup=False, highlight=False, soft_wrap=True)


def _render(result: Grade, write: Callable[[Grade], str] | None, console: Console) -> None:
    if write is None:
        print_grade(result, console)
    else:
        console.file.write(write(result))
