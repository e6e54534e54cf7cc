"""The commands for those who maintain an assignment: `new`, `build` and `validate`."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from autograder.assignment import Assignment, Course
from autograder.choice import choose_assignments
from autograder.cli.options import EachAssignment, Workers
from autograder.cli.output import check_writable, write_result
from autograder.errors import AssignmentError
from autograder.grading.foreman.pool import WORKERS
from autograder.stubs import build as build_stubs
from autograder.stubs import check as check_stubs
from autograder.student_kit.skeleton import write_skeleton
from autograder.validation.corpus import corpus_folder, read_corpus
from autograder.validation.record import is_checked_at_home, is_validated, note_validated
from autograder.validation.report import Validation, markdown, print_validation
from autograder.validation.validate import ValidationOptions
from autograder.validation.validate import validate as validate_suite


def new_command(
    assignment: Annotated[str, typer.Argument(metavar="ID", help="Its id, as m07_example.")],
    title: Annotated[
        str | None, typer.Option(help="Its title; default: from the id, as Module 7: Example.")
    ] = None,
) -> None:
    """Write a new assignment that is complete and can be graded, for you to change.

    It has a handout, a stub with its solution, a visible check, a hidden test, and a right and a
    wrong submission.
    """
    course = Course.of_this_checkout()
    write_skeleton(course, assignment, title)
    build_stubs(course, course.load(assignment))
    root = course.assignments.parent
    for folder in (course.assignments, course.solutions, course.suites):
        typer.echo(f"{(folder / assignment).relative_to(root)} written")
    typer.echo("Change them as you like, and try them:")
    typer.echo("    uv run autograder build  # after each change of the solution")
    typer.echo(f"    uv run autograder grade solutions/{assignment}")
    typer.echo(f"    uv run autograder validate --assignment {assignment}")


def build_command(
    assignment: EachAssignment = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a file is out of date.")
    ] = False,
) -> None:
    """Derive what students get from the solutions, the student kit and assignment.toml."""
    course = Course.of_this_checkout()
    act = check_stubs if check else build_stubs
    stale: list[str] = []
    for chosen in choose_assignments(course, assignment):
        files = act(course, chosen)
        stale += [f"assignments/{chosen.id}/{name}" for name in files]
    for name in stale:
        typer.echo(f"{name} {'is out of date: run `autograder build`' if check else 'written'}")
    if check and stale:
        raise typer.Exit(1)


class ReportFormat(StrEnum):
    """The formats that a validation can be written in."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def validate_command(
    assignment: EachAssignment = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Part of a submission's name; may be repeated.")
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="How often to grade, each time with other data.")
    ] = 1,
    workers: Workers = WORKERS,
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
    rehearse: Annotated[
        bool,
        typer.Option(
            "--rehearse", help="Play the cases of lost tests at home, and compare; takes minutes."
        ),
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Write the expected feedback again.")
    ] = False,
    changed: Annotated[
        bool,
        typer.Option("--changed", help="Skip assignments that have not changed since they passed."),
    ] = False,
) -> None:
    """Check hidden tests against known-right and known-wrong submissions.

    Exit 1 if there are findings. A complete validation without findings is recorded in
    `validated.json`.
    """
    course = Course.of_this_checkout()
    check_writable(output)
    options = ValidationOptions(
        tuple(only or ()),
        repeats,
        mutants=mutants,
        checks=checks,
        rehearse=rehearse,
        update=update,
        workers=workers,
    )
    chosen = _with_submissions(choose_assignments(course, assignment), course, options)
    if changed:
        unchanged = [
            suite
            for suite in chosen
            if is_validated(course, suite) and (not checks or is_checked_at_home(course, suite))
        ]
        for suite in unchanged:
            typer.echo(f"{suite.id} has not changed since it was validated", err=True)
        chosen = tuple(suite for suite in chosen if suite not in unchanged)
    if format is ReportFormat.JSON and len(chosen) > 1:
        raise AssignmentError("a JSON report is about one assignment: choose it with --assignment")
    with Progress(console=Console(stderr=True), transient=True) as bar:

        def progress(what: str, total: int) -> Callable[[], None]:
            task = bar.add_task(what, total=total)
            return lambda: bar.advance(task)

        results = [validate_suite(suite, course, options, progress=progress) for suite in chosen]

    def render(console: Console) -> None:
        for result in results:
            _render_validation(result, format, console)

    write_result(render, output)
    for suite, result in zip(chosen, results, strict=True):
        if result.complete and not result.findings:
            note_validated(course, suite, with_checks=checks)
    if any(result.findings for result in results):
        raise typer.Exit(1)


def _with_submissions(
    assignments: tuple[Assignment, ...], course: Course, options: ValidationOptions
) -> tuple[Assignment, ...]:
    """Return the assignments that have a submission named by `--only`; if none has, all."""
    if not options.only or options.mutants:
        return assignments
    return (
        tuple(
            assignment
            for assignment in assignments
            for corpus in [read_corpus(corpus_folder(course, assignment), assignment)]
            if any(options.includes(submission.name) for submission in corpus)
        )
        or assignments
    )


def _render_validation(result: Validation, form: ReportFormat, console: Console) -> None:
    if form is ReportFormat.JSON:
        console.file.write(result.model_dump_json(indent=2) + "\n")
    elif form is ReportFormat.MARKDOWN:
        console.file.write(markdown(result))
    else:
        print_validation(result, console)
