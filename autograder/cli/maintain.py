"""The commands for those who maintain an assignment: `build` and `validate`."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from autograder.assignment import Course
from autograder.cli.output import check_writable, write_result
from autograder.grading.foreman.pool import WORKERS
from autograder.stubs import build as build_stubs
from autograder.stubs import check as check_stubs
from autograder.validation.report import Validation, markdown, print_validation
from autograder.validation.validate import ValidationOptions
from autograder.validation.validate import validate as validate_suite


def build_command(
    assignment: Annotated[str | None, typer.Argument(help="Id; default: all.")] = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a file is out of date.")
    ] = False,
) -> None:
    """Derive what students get from the solutions and from assignment.toml."""
    course = Course.of_this_checkout()
    ids = [assignment] if assignment else course.ids()
    act = check_stubs if check else build_stubs
    stale: list[str] = []
    for one in map(course.load, ids):
        files = act(course.solutions / one.id, course.assignments / one.id, one.python)
        stale += [f"assignments/{one.id}/{name}" for name in files]
    for name in stale:
        typer.echo(f"{name} {'is out of date: run `autograder build`' if check else 'written'}")
    if check and stale:
        raise typer.Exit(1)


class ReportFormat(StrEnum):
    """How a validation is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def validate_command(
    assignment: Annotated[str | None, typer.Argument(help="Id; default: the only one.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Part of a submission's name; may be repeated.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Times to grade, with other data each.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="How many are graded at once.")] = WORKERS,
    format: Annotated[ReportFormat, typer.Option(help="How to write it.")] = ReportFormat.TEXT,  # noqa: A002 - the option's name
    output: Annotated[Path | None, typer.Option(help="File to write to, not the terminal.")] = None,
    *,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Try mutants of the solution as well.")
    ] = False,
    checks: Annotated[
        bool,
        typer.Option("--checks", help="Run the visible checks on the corpus too; takes minutes."),
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Write the expected feedback anew.")
    ] = False,
) -> None:
    """Check the hidden tests against known-right and known-wrong submissions.

    Exit 1 if there are findings.
    """
    course = Course.of_this_checkout()
    chosen = course.load(assignment) if assignment else course.only()
    check_writable(output)
    options = ValidationOptions(
        tuple(only or ()),
        repeats,
        mutants=mutants,
        checks=checks,
        update=update,
        workers=workers,
    )
    with Progress(console=Console(stderr=True), transient=True) as bar:

        def progress(what: str, total: int) -> Callable[[], None]:
            task = bar.add_task(what, total=total)
            return lambda: bar.advance(task)

        result = validate_suite(chosen, course, options, progress=progress)
    write_result(lambda console: _render_validation(result, format, console), output)
    if result.findings:
        raise typer.Exit(1)


def _render_validation(result: Validation, form: ReportFormat, console: Console) -> None:
    if form is ReportFormat.JSON:
        console.file.write(result.model_dump_json(indent=2) + "\n")
    elif form is ReportFormat.MARKDOWN:
        console.file.write(markdown(result))
    else:
        print_validation(result, console)
