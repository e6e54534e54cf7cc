"""The command line: `autograder grade PATH`, `grade-class`, `grade-pushes`, `build` and others.

Exit 0: done, whatever the score. Exit 1: `build --check` found stubs out of date, `validate`
something off, `doctor` something missing, `gradebook`, `classroom50` or `report` something that it
could not take; for some of a class or of the pushes there is no grade. Exit 2: it could not be
done, said in one line on stderr. Nothing that a submission does changes that.
"""

import importlib.metadata
import sys
from collections.abc import Callable
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text
from typer.exceptions import TyperException

from autograder.assignment import Course
from autograder.class_run.command import grade_class_command
from autograder.classroom.command import grade_pushes_command
from autograder.classroom.handing_out import publish_command, release_command
from autograder.classroom50.command import classroom50
from autograder.dashboard.command import report_command
from autograder.doctor import examine, this_machine
from autograder.errors import AutograderError
from autograder.feedback.actions import as_workflow_log
from autograder.feedback.data import as_json
from autograder.feedback.html import as_html
from autograder.feedback.inert import in_log
from autograder.feedback.markdown import as_markdown
from autograder.feedback.table import as_csv
from autograder.feedback.text import print_grade
from autograder.files import write_whole
from autograder.gradebook.commands import gradebook
from autograder.grading.grade import Grade
from autograder.grading.run import Examiner
from autograder.grading.workers import WORKERS
from autograder.options import AnyPython
from autograder.similarity.command import similarity_command
from autograder.stubs import build as build_stubs
from autograder.stubs import check as check_stubs
from autograder.submission import read_submission
from autograder.validation.report import Validation, markdown, print_validation
from autograder.validation.validate import Scope
from autograder.validation.validate import validate as validate_suite

app = typer.Typer(
    help="Grade programming assignments.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


GRADE, CLASS, GITHUB, MAINTAIN = "Grade", "A class", "GitHub", "Maintain an assignment"
"""The groups of the list of commands, by work."""

app.command("grade-class", rich_help_panel=GRADE)(grade_class_command)
app.command("grade-pushes", rich_help_panel=GRADE)(grade_pushes_command)
app.add_typer(gradebook, name="gradebook", rich_help_panel=CLASS)
app.command("report", rich_help_panel=CLASS)(report_command)
app.command("similarity", rich_help_panel=CLASS)(similarity_command)
app.command("publish", rich_help_panel=GITHUB)(publish_command)
app.command("release-solutions", rich_help_panel=GITHUB)(release_command)
app.add_typer(classroom50, name="classroom50", rich_help_panel=GITHUB)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"autograder {importlib.metadata.version('autograder')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it and end."),
    ] = False,
) -> None:
    """Grade programming assignments."""


class Format(StrEnum):
    """How a grade is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    ACTIONS = "actions"


_WRITTEN: dict[Format, Callable[[Grade], str]] = {
    Format.JSON: as_json,
    Format.MARKDOWN: as_markdown,
    Format.HTML: as_html,
    Format.CSV: as_csv,
    Format.ACTIONS: as_workflow_log,
}


@app.command(rich_help_panel=GRADE)
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
    _check_writable(output)
    with Examiner(chosen, course, confined=not no_jail) as examiner:
        result, trouble = examiner.grade(submission, checkpoints=checkpoint or ())
    if trouble:
        _say_trouble(trouble)
    _write(lambda console: _render(result, format, console), output)


def _say_trouble(trouble: str) -> None:
    """Tell the instructor what broke on the grader's side."""
    console = Console(stderr=True)
    for line in trouble.splitlines()[-20:]:
        console.print(in_log(line), markup=False, highlight=False, soft_wrap=True)


def _check_writable(output: Path | None) -> None:
    """Notice before the work that its result could not be written."""
    if output is not None and (output.is_dir() or not output.resolve().parent.is_dir()):
        raise AutograderError(f"{output} cannot be written: give a file in a folder that exists")


def _write(render: Callable[[Console], None], output: Path | None) -> None:
    """Write a result to the terminal or to a file."""
    if output is None:
        try:
            render(Console(highlight=False, markup=False))
        except OSError as error:
            raise AutograderError(f"the result cannot be written: {error.strerror}") from None
        return
    text = StringIO()
    render(Console(file=text, highlight=False, markup=False, width=100))
    write_whole(output, text.getvalue())


def _render(result: Grade, form: Format, console: Console) -> None:
    if form is Format.TEXT:
        print_grade(result, console)
    else:
        console.file.write(_WRITTEN[form](result))


@app.command(rich_help_panel=MAINTAIN)
def build(
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


@app.command(rich_help_panel=GRADE)
def doctor(*, any_python: AnyPython = False) -> None:
    """Say what this machine offers for grading. Exit 1 if something is missing."""
    findings = list(examine(this_machine(), any_python=any_python))
    console = Console(highlight=False, markup=False)
    for one in findings:
        sign = Text("+ ", "green") if one.is_there else Text("x ", "red")
        console.print(sign + Text(f"{one.what}: {one.found}"), soft_wrap=True)
        if not one.is_there:
            console.print(Text(f"    {one.advice}"), soft_wrap=True)
    if not all(one.is_there for one in findings):
        raise typer.Exit(1)


class ReportFormat(StrEnum):
    """How a validation is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@app.command(rich_help_panel=MAINTAIN)
def validate(
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
    """Hold the hidden tests against their corpus. Exit 1 if anything is off."""
    course = Course.of_this_checkout()
    chosen = course.load(assignment) if assignment else course.only()
    _check_writable(output)
    scope = Scope(
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

        result = validate_suite(chosen, course, scope, progress=progress)
    _write(lambda console: _render_validation(result, format, console), output)
    if result.findings:
        raise typer.Exit(1)


def _render_validation(result: Validation, form: ReportFormat, console: Console) -> None:
    if form is ReportFormat.JSON:
        console.file.write(result.model_dump_json(indent=2) + "\n")
    elif form is ReportFormat.MARKDOWN:
        console.file.write(markdown(result))
    else:
        print_validation(result, console)


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
        sys.stderr.write(f"autograder: {in_log(message)}\n")
    sys.exit(2)
