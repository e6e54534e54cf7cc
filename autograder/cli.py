"""The command line: `autograder grade PATH` and `autograder build`.

Exit 0: done, whatever the score. Exit 1: `build --check` found stubs out of date. Exit 2: it could
not be done, said in one line on stderr. Nothing that a submission does changes that.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer.exceptions import TyperException

from autograder.assignment import Course
from autograder.errors import AutograderError
from autograder.feedback.text import inert, print_grade
from autograder.grading.grade import Grade
from autograder.grading.run import grade_submission
from autograder.stubs import build as build_stubs
from autograder.stubs import check as check_stubs
from autograder.submission import read_submission

app = typer.Typer(
    help="Grade programming assignments.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How a grade is written."""

    TEXT = "text"
    JSON = "json"


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="Folder with the graded files.")],
    assignment: Annotated[
        str | None, typer.Option(help="Id; default: by the folder's name, or the only one.")
    ] = None,
    checkpoint: Annotated[
        list[str] | None, typer.Option(help="Grade only this one; may be given several times.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How to write the grade.")] = Format.TEXT,  # noqa: A002 - the option's name
    output: Annotated[Path | None, typer.Option(help="File to write to, not the terminal.")] = None,
    *,
    no_jail: Annotated[
        bool, typer.Option("--no-jail", help="Run the code without a jail: only if you trust it.")
    ] = False,
) -> None:
    """Grade one submission. Exit 0 whatever the score, 2 if it could not be graded."""
    course = Course.of_this_checkout()
    chosen = course.load(assignment) if assignment else course.assignment_for(path)
    submission = read_submission(path, chosen)
    if output is not None and (output.is_dir() or not output.resolve().parent.is_dir()):
        raise AutograderError(f"{output} cannot be written: give a file in a folder that exists")
    result, trouble = grade_submission(
        submission, chosen, course, checkpoints=checkpoint or (), confined=not no_jail
    )
    if trouble:
        _say_trouble(trouble)
    _write(result, format, output)


def _say_trouble(trouble: str) -> None:
    """Tell the instructor what broke on the grader's side."""
    console = Console(stderr=True)
    for line in trouble.splitlines()[-20:]:
        console.print(inert(line), markup=False, highlight=False, soft_wrap=True)


def _write(result: Grade, form: Format, output: Path | None) -> None:
    try:
        if output is None:
            _render(result, form, Console(highlight=False, markup=False))
            return
        with output.open("w", encoding="utf-8") as file:
            _render(result, form, Console(file=file, highlight=False, markup=False, width=100))
    except OSError as error:
        raise AutograderError(f"the grade cannot be written: {error.strerror}") from None


def _render(result: Grade, form: Format, console: Console) -> None:
    if form is Format.JSON:
        console.file.write(result.model_dump_json(indent=2) + "\n")
    else:
        print_grade(result, console)


@app.command()
def build(
    assignment: Annotated[str | None, typer.Argument(help="Id; default: all.")] = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a stub is out of date.")
    ] = False,
) -> None:
    """Derive the students' stubs from the solutions."""
    course = Course.of_this_checkout()
    ids = [course.load(assignment).id] if assignment else course.ids()
    stale: list[str] = []
    for one in ids:
        act = check_stubs if check else build_stubs
        stale += [
            f"assignments/{one}/{name}"
            for name in act(course.solutions / one, course.assignments / one)
        ]
    for name in stale:
        typer.echo(f"{name} {'is out of date: run `autograder build`' if check else 'written'}")
    if check and stale:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except AutograderError as error:
        message = str(error)
    except TyperException as error:
        message = error.format_message()
    except typer.Abort:
        sys.exit(130)
    if message:  # without arguments, the help was printed instead
        sys.stderr.write(f"autograder: {inert(message)}\n")
    sys.exit(2)
