"""The command line of the gradebook: sync, status, mark, export and feedback."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId
from autograder.errors import GradebookError
from autograder.feedback.html import as_html
from autograder.gradebook.book import Book
from autograder.gradebook.exports import FORMATS
from autograder.gradebook.formgrader import prepare, serve
from autograder.text import inert

gradebook = typer.Typer(
    help="Keep points and marks of a course, and hand them on.", no_args_is_help=True
)

Folder = Annotated[Path, typer.Option("--folder", help="The gradebook's; it has roster.csv in it.")]


class ExportFormat(StrEnum):
    """Who reads what is written."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    GITHUB_CLASSROOM = "github-classroom"
    CLASSROOM50 = "classroom50"


DEFAULT_FOLDER = Path("gradebook")
PORT = 8888


def _book(
    folder: Path, assignment: str | None, results: Sequence[Path] = ()
) -> tuple[Book, Course]:
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, results=[*results, folder])
    if not folder.is_dir():
        raise GradebookError(f"{folder} is no folder: make it, and put roster.csv into it")
    return Book(folder, chosen), course


def _tell(problems: tuple[str, ...]) -> None:
    """Name what could not be done, after the rest was; exit 1 then."""
    for line in problems:
        typer.echo(inert(line), err=True)
    if problems:
        raise typer.Exit(1)


@gradebook.command()
def sync(
    results: Annotated[
        list[Path], typer.Argument(help="Grades as JSON, ID.json each, or folders of them.")
    ],
    folder: Folder = DEFAULT_FOLDER,
    assignment: AssignmentId = None,
    deadline: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"], help="With time zone."),
    ] = None,
) -> None:
    """Write grades into the gradebook. Again changes nothing; marks of people always stay."""
    book, _ = _book(folder, assignment, results)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("students", total=None)
        done = book.sync(results, deadline, on_student=lambda: bar.advance(task))
    typer.echo(f"{len(done.written)} students written")
    _tell(done.problems)


@gradebook.command()
def status(folder: Folder = DEFAULT_FOLDER, assignment: AssignmentId = None) -> None:
    """Say who is missing, late or excused, and how many points are open or wait for a mark."""
    book, _ = _book(folder, assignment)
    entries = book.entries()
    counts = Counter(one.standing.status.value for one in entries)
    console = Console(highlight=False, markup=False)
    summary = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    console.print(f"{len(entries)} students: {summary or 'none'}")
    table = Table()
    for title in ("student", "name", "points", "open", "status", "late", "to mark"):
        table.add_column(title)
    for one in entries:
        total = one.standing.total
        late = one.standing.late_seconds
        table.add_row(
            Text(one.student.id),
            Text(inert(one.student.full_name)),
            "" if total is None else f"{total:g} / {one.standing.max_score:g}",
            f"{one.standing.open_points:g}" if one.standing.open_points else "",
            one.standing.status.value,
            f"{late / 3600:.1f} h" if late else "",
            ", ".join(cell.partition("/")[2] for cell in one.to_mark),
        )
    console.print(table)


@gradebook.command()
def mark(
    submissions: Annotated[Path, typer.Argument(help="Folder with a folder per student.")],
    folder: Folder = DEFAULT_FOLDER,
    assignment: AssignmentId = None,
    port: Annotated[int, typer.Option(help="On this machine.")] = PORT,
    *,
    prepare_only: Annotated[
        bool, typer.Option("--prepare-only", help="Make the copies, and start nothing.")
    ] = False,
) -> None:
    """Have people mark the open answers in nbgrader's formgrader, in a browser."""
    book, course = _book(folder, assignment)
    prepared = prepare(book, course, submissions)
    typer.echo(f"{len(prepared.students)} new or changed notebooks")
    if not prepare_only:
        raise typer.Exit(serve(book, port))
    _tell(prepared.problems)


@gradebook.command()
def export(
    format: Annotated[ExportFormat, typer.Option(help="Who is to read it.")],  # noqa: A002 - the option's name
    output: Annotated[Path, typer.Option(help="File to write.")],
    folder: Folder = DEFAULT_FOLDER,
    assignment: AssignmentId = None,
    *,
    missing_is_zero: Annotated[
        bool, typer.Option("--missing-is-zero", help="0 points for who handed in nothing.")
    ] = False,
) -> None:
    """Write everybody's points in a form that another system imports."""
    book, _ = _book(folder, assignment)
    entries = book.entries(missing_is_zero=missing_is_zero)
    text = FORMATS[format.value](
        book.assignment.id, book.assignment.title, [one.standing for one in entries]
    )
    _write(output, text)
    undecided = sum(one.standing.total is None for one in entries)
    typer.echo(f"{len(entries)} students written, {undecided} of them without a total")


@gradebook.command()
def feedback(
    output: Annotated[Path, typer.Option(help="Folder for a page per student.")],
    folder: Folder = DEFAULT_FOLDER,
    assignment: AssignmentId = None,
) -> None:
    """Write each student's feedback as a page, with marks and comments of people in it."""
    book, _ = _book(folder, assignment)
    grades = {one.student.id: one.grade for one in book.entries() if one.grade is not None}
    for student, grade in grades.items():
        _write(output / f"{student}.html", as_html(grade))
    typer.echo(f"{len(grades)} pages written")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise GradebookError(f"{path}: cannot be written: {error.strerror}") from None
