"""The command line of the gradebook: sync, status, mark, reconcile, export, feedback."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from autograder.assignment import Assignment
from autograder.cli.course_file import CourseFile, GradebookFolder, open_book
from autograder.cli.options import AssignmentId, example
from autograder.cli.push import push
from autograder.course.class_submissions import ClassSubmissions, class_submissions
from autograder.errors import AutograderError, ExportError
from autograder.files import make_folder, write_whole
from autograder.gradebook.book import roster_file
from autograder.gradebook.entries import BookEntry
from autograder.gradebook.exports import FORMATS
from autograder.gradebook.exports.canvas import new_assignments_line, title_of
from autograder.gradebook.exports.table import without_total
from autograder.gradebook.handins import HANDINS_FILE, line_on_strangers
from autograder.gradebook.marking.agreement import AgreementState
from autograder.gradebook.marking.folders import folder_of_marker, notebook_of, own_folder
from autograder.gradebook.marking.formgrader import running_formgrader
from autograder.gradebook.marking.preparing import kept_notebooks, prepare
from autograder.gradebook.marking.reconciling import PAGE, TABLE
from autograder.gradebook.marking.reconciling import reconcile as compare_markers
from autograder.gradebook.marks import cell_name
from autograder.gradebook.notes import feedback_page
from autograder.gradebook.result_files import check_synced
from autograder.gradebook.standing import Standing
from autograder.reports.feedback_zip import zip_of_pages
from autograder.text import counted, decimal_text, inert

gradebook = typer.Typer(
    help="Keep the points and marks of a course, and export them.", no_args_is_help=True
)


class ExportFormat(StrEnum):
    """The systems that an export is written for."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"
    BRIGHTSPACE = "brightspace"
    BLACKBOARD = "blackboard"
    GRADESCOPE = "gradescope"
    GITHUB_CLASSROOM = "github-classroom"
    CLASSROOM50 = "classroom50"


PORT = 8888
_STATUS_COLUMNS = ("student", "name", "points", "penalty", "open", "status", "late", "to mark")
_NEVER_LEFT_OUT = ("student", "status")


def _report_problems(problems: tuple[str, ...]) -> None:
    """Print what could not be done; if there is anything, exit 1."""
    for line in problems:
        typer.echo(inert(line), err=True)
    if problems:
        raise typer.Exit(1)


@gradebook.command(epilog=example("gradebook sync out/results"))
def sync(
    results: Annotated[
        list[Path], typer.Argument(help="Grades as JSON, ID.json each, or folders of them.")
    ],
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
) -> None:
    """Write grades into the gradebook. Repeating it changes nothing; people's marks always stay.

    Repeat it after marking, and after a change of the course file: nbgrader's penalty follows.
    """
    book, _ = open_book(folder, course_file, assignment, results)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("students", total=None)
        done = book.sync(results, on_student=lambda: bar.advance(task))
    typer.echo(f"{counted(len(done.written), 'student')} written")
    strangers = line_on_strangers(book.folder / HANDINS_FILE, book.roster())
    for line in (*done.warnings, *filter(None, [strangers, done.off_roster])):
        typer.echo(inert(line), err=True)
    _report_problems(done.problems)


@gradebook.command(epilog=example("gradebook status"))
def status(
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
) -> None:
    """Show who is missing, late or excused, and which points are open or wait for a mark."""
    book, _ = open_book(folder, course_file, assignment)
    entries = book.entries()
    counts = Counter(entry.state for entry in entries)
    console = Console(highlight=False, markup=False)
    summary = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    console.print(f"{counted(len(entries), 'student')}: {summary or 'none'}")
    console.print(_status_table(entries), crop=False)
    for entry in entries:
        if text := entry.standing.ungraded_text:
            console.print(f"{entry.student.id}: {inert(text)}", soft_wrap=True)
    strangers = line_on_strangers(book.folder / HANDINS_FILE, book.roster())
    for line in filter(None, [strangers, book.off_roster_line()]):
        console.print(inert(line), soft_wrap=True)


def _status_table(entries: Sequence[BookEntry]) -> Table:
    """Return a row for each student; columns that are empty for all are left out."""
    rows = {
        entry.student.id: [
            entry.student.id,
            inert(entry.student.full_name),
            "" if total is None else f"{decimal_text(total)} / {decimal_text(standing.max_score)}",
            f"-{decimal_text(standing.penalty)}"
            if standing.penalty and not standing.excused
            else "",
            decimal_text(standing.open_points) if standing.open_points else "",
            entry.state,
            _lateness(standing),
            ", ".join(
                f"{cell_name(test)} (again)" if test in entry.to_mark_again else cell_name(test)
                for test in entry.to_mark
            ),
        ]
        for entry in entries
        for standing, total in [(entry.standing, entry.standing.total)]
    }
    table = Table()
    for title, *cells in zip(_STATUS_COLUMNS, *rows.values(), strict=True):
        if title in _NEVER_LEFT_OUT or any(cells):
            # Ids and states are what a reader looks for: in a narrow terminal, others fold.
            is_whole = title in _NEVER_LEFT_OUT
            width = max(map(len, (title, *cells))) if is_whole else None
            table.add_column(title, overflow="fold", min_width=width, no_wrap=is_whole)
    shown = {column.header for column in table.columns}
    for row in rows.values():
        cells = [
            Text(cell) for title, cell in zip(_STATUS_COLUMNS, row, strict=True) if title in shown
        ]
        table.add_row(*cells)
    return table


def _lateness(standing: Standing) -> str:
    """Say how late something came, and whether the deadline was another; empty if it was not."""
    extended = "extended" if standing.is_extended else ""
    return ", ".join(filter(None, [standing.lateness_text, extended]))


@gradebook.command(epilog=example("gradebook mark submissions"))
def mark(
    source: Annotated[
        Path,
        typer.Argument(
            help="What `grade-class` graded: a folder, or course.toml. Or a folder of ID.ipynb."
        ),
    ],
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
    port: Annotated[
        int, typer.Option(help="Port of formgrader on this machine; if taken, one nearby.")
    ] = PORT,
    marker: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Keep your points apart until you `reconcile` them."),
    ] = None,
    *,
    prepare_only: Annotated[
        bool, typer.Option("--prepare-only", help="Make the copies, and do not start formgrader.")
    ] = False,
) -> None:
    """Mark the open answers in nbgrader's formgrader, in a browser."""
    book, course = open_book(folder, course_file, assignment)
    problems: list[str] = []
    notebooks = kept_notebooks(source, book.roster())
    if notebooks is None:
        roster = None if source.suffix == ".toml" else roster_file(book.folder, book.policy)
        with class_submissions(source, book.assignment, roster, book.policy) as found:
            problems += [f"{hand_in.origin!r}: {hand_in.why}" for hand_in in found.unmatched]
            problems += found.oddities
            notebooks = list(_notebooks(found, book.assignment, problems))
    prepared = prepare(book, course, notebooks, marker)
    problems = [*prepared.problems, *problems]
    summary = counted(len(prepared.students), "new or changed notebook")
    if prepare_only:
        typer.echo(summary)
        _report_problems(tuple(problems))
        return
    for line in problems:
        typer.echo(inert(line), err=True)
    marking_folder = own_folder(book) if marker is None else folder_of_marker(book, marker)
    with suppress(KeyboardInterrupt), running_formgrader(marking_folder, port) as formgrader:
        typer.echo(f"{summary}; mark at {formgrader.address} (Ctrl+C ends it)")
        formgrader.wait()


def _notebooks(
    submissions: ClassSubmissions, assignment: Assignment, problems: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield each student's notebook; a hand-in that cannot be read becomes a problem."""
    file = notebook_of(assignment)
    for work in submissions.handed_in:
        try:
            notebook = work.read(assignment).files.get(file)
        except AutograderError as error:
            problems.append(f"{work.student}: {error}")
            continue
        if notebook is not None:
            yield work.student, notebook


@gradebook.command(epilog=example("gradebook reconcile"))
def reconcile(
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
) -> None:
    """Compare the points of several markers: equal ones count, and different ones are listed."""
    book, course = open_book(folder, course_file, assignment)
    done = compare_markers(book, course)
    counts = ", ".join(
        f"{done.counts[state]} {state.value}" for state in AgreementState if done.counts[state]
    )
    answers = counted(len(done.answers), "answer")
    typer.echo(f"{answers}: {counts or 'none'}; {done.written} new in the gradebook")
    for marker in done.markers:
        left, changed = done.left_to_mark(marker), done.changed_since(marker)
        if left:
            typer.echo(f"{marker}: {len(left)} to mark")
        if changed:
            listed = ", ".join(f"{answer.student} {answer.question.cell}" for answer in changed)
            typer.echo(f"{marker}: {len(changed)} changed after being marked: {listed}")
    if done.counts[AgreementState.DIFFERENT]:
        typer.echo(f"See {book.folder / PAGE}, and enter agreed points into {book.folder / TABLE}")
    if done.outdated:
        students = counted(len(done.outdated), "student")
        typer.echo(
            f"{students} were graded with a newer notebook: {', '.join(done.outdated)}. "
            "Run `gradebook mark SOURCE --prepare-only`",
            err=True,
        )
        raise typer.Exit(1)


@gradebook.command(epilog=example("gradebook export --format csv --output points.csv"))
def export(
    format: Annotated[ExportFormat, typer.Option(help="The system that imports it.")],  # noqa: A002 - the option's name
    output: Annotated[Path, typer.Option(help="File to write.")],
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
    column: Annotated[
        str | None,
        typer.Option(
            metavar="TITLE",
            help="For canvas: the assignment of the roster's Canvas export that gets the totals.",
        ),
    ] = None,
    *,
    missing_is_zero: Annotated[
        bool,
        typer.Option("--missing-is-zero", help="Give 0 points to students who handed in nothing."),
    ] = False,
) -> None:
    """Write everybody's points in a format that another system imports."""
    book, _ = open_book(folder, course_file, assignment)
    check_synced(book.folder)
    standings = [entry.standing for entry in book.entries(missing_is_zero=missing_is_zero)]
    title = book.assignment.title
    if column is not None:
        if format is not ExportFormat.CANVAS:
            raise ExportError("--column names an assignment of Canvas: give --format canvas")
        title = title_of(column, standings)
    text = FORMATS[format.value](book.assignment.id, title, standings)
    make_folder(output.parent)
    write_whole(output, text)
    typer.echo(f"{counted(len(standings), 'student')} written{without_total(standings)}")
    if format is ExportFormat.CANVAS and (line := new_assignments_line(title, standings)):
        typer.echo(inert(line), err=True)


@gradebook.command(epilog=example("gradebook feedback --output pages"))
def feedback(
    output: Annotated[Path, typer.Option(help="Folder for a page per student.")],
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
) -> None:
    """Write each student's feedback as a page, with people's marks and comments in it."""
    book, _ = open_book(folder, course_file, assignment)
    check_synced(book.folder)
    graded = [entry for entry in book.entries() if entry.grade is not None]
    moment = datetime.now(UTC)
    make_folder(output)
    for entry in graded:
        page = feedback_page(entry, book.assignment.title, book.policy, moment)
        write_whole(output / f"{entry.student.id}.html", page)
    typer.echo(f"{counted(len(graded), 'page')} written")


@gradebook.command(epilog=example("gradebook feedback-zip downloads feedback.zip"))
def feedback_zip(
    source: Annotated[
        Path, typer.Argument(help="The unpacked download of Moodle or Canvas that was graded.")
    ],
    output: Annotated[Path, typer.Argument(help="Zip file to write.")],
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
) -> None:
    """Write all feedback pages as one zip that Moodle or Canvas takes back.

    Its files are named as in the download. Exit 1: some pages are not in it; they are named.
    """
    book, _ = open_book(folder, course_file, assignment)
    check_synced(book.folder)
    moment = datetime.now(UTC)
    pages = {
        entry.student.id: feedback_page(entry, book.assignment.title, book.policy, moment)
        for entry in book.entries()
        if entry.grade is not None
    }
    roster = roster_file(book.folder, book.policy)
    with class_submissions(source, book.assignment, roster, book.policy) as found:
        zipped = zip_of_pages(pages, found.handed_in)
    if zipped.names:
        make_folder(output.parent)
        write_whole(output, zipped.content)
    typer.echo(f"{counted(len(zipped.names), 'page')} written to {output}")
    _report_problems(zipped.problems)


gradebook.add_typer(push, name="push")
