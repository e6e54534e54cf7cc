"""The commands `autograder gradebook push`: grades and comments into Canvas or Moodle."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from autograder.cli.course_file import CourseFile, GradebookFolder, open_book
from autograder.cli.options import AssignmentId, example
from autograder.errors import LmsError
from autograder.gradebook.result_files import check_synced
from autograder.gradebook.standing import Standing
from autograder.gradebook.student import Student
from autograder.text import counted, inert

if TYPE_CHECKING:
    from autograder.gradebook.lms.plan import PushPlan
    from autograder.gradebook.lms.push import LmsCourse

push = typer.Typer(
    help="Send grades and comments to an LMS: only those that differ from what it has.",
    no_args_is_help=True,
)

CourseNumber = Annotated[int, typer.Option("--course-id", min=1, help="The course's number there.")]
AssignmentNumber = Annotated[
    int, typer.Option("--assignment-id", min=1, help="The assignment's number there.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the differences, and send nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Send without asking.")]
MissingIsZero = Annotated[
    bool,
    typer.Option("--missing-is-zero", help="Give 0 points to students who handed in nothing."),
]

MOST_STRANGERS = 20
"""Who are named; a roster of another course would name everybody."""


@push.command(epilog=example("gradebook push canvas --course-id 17 --assignment-id 42 --dry-run"))
def canvas(
    course: CourseNumber,
    number: AssignmentNumber,
    address: Annotated[
        str | None, typer.Option(envvar="CANVAS_API_URL", help="Such as https://canvas.example.edu")
    ] = None,
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    missing_is_zero: MissingIsZero = False,
) -> None:
    """Send grades to an assignment of Canvas. The token comes from CANVAS_API_KEY.

    Exit 0: Canvas has all grades that are decided; 1: some students need a person, and are named.
    """
    from autograder.gradebook.lms.client import LmsServer

    try:
        from autograder.gradebook.lms.canvas import CanvasCourse
    except ModuleNotFoundError:
        raise LmsError("push canvas needs canvasapi: install the extra `canvas`") from None
    server = LmsServer.from_environment("Canvas", address, "CANVAS_API_KEY")
    with CanvasCourse(server, course, number) as lms:
        _run(
            lms,
            "Canvas",
            _standings(folder, course_file, assignment, missing_is_zero),
            dry_run,
            yes,
        )


@push.command(epilog=example("gradebook push moodle --course-id 17 --assignment-id 42 --dry-run"))
def moodle(
    course: CourseNumber,
    number: AssignmentNumber,
    address: Annotated[
        str | None, typer.Option(envvar="MOODLE_URL", help="Such as https://moodle.example.edu")
    ] = None,
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    missing_is_zero: MissingIsZero = False,
) -> None:
    """Send grades to an assignment of Moodle. The token comes from MOODLE_TOKEN.

    Exit 0: Moodle has all grades that are decided; 1: some students need a person, and are named.
    """
    from autograder.gradebook.lms.client import LmsServer
    from autograder.gradebook.lms.moodle import MoodleCourse

    server = LmsServer.from_environment("Moodle", address, "MOODLE_TOKEN")
    with MoodleCourse(server, course, number) as lms:
        _run(
            lms,
            "Moodle",
            _standings(folder, course_file, assignment, missing_is_zero),
            dry_run,
            yes,
        )


def _standings(
    folder: Path | None, course_file: Path | None, assignment: str | None, missing_is_zero: bool
) -> list[Standing]:
    book, _ = open_book(folder, course_file, assignment)
    check_synced(book.folder)
    return [entry.standing for entry in book.entries(missing_is_zero=missing_is_zero)]


def _run(lms: "LmsCourse", name: str, standings: list[Standing], dry_run: bool, yes: bool) -> None:
    """Show the differences, ask, send them, and say what is left for people."""
    from autograder.gradebook.lms.plan import make_plan
    from autograder.gradebook.lms.push import PushResult
    from autograder.gradebook.lms.push import push as push_grades

    console = Console(highlight=False, markup=False)
    errors = Console(stderr=True)
    with errors.status(f"reading what {name} has"):
        assignment = lms.read_all([standing.student for standing in standings])
    plan = make_plan(standings, assignment)
    console.print(f"{name}: {inert(assignment.title)}", soft_wrap=True)
    _show(console, name, plan)
    needs_person = plan.needs_person
    if plan.differences and not dry_run:
        if not yes:
            typer.confirm(f"Send this to {name}?", abort=True)
        results: Counter[PushResult] = Counter()
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
            task = bar.add_task("students", total=len(plan.differences))
            for pushed in push_grades(lms, plan.differences):
                results[pushed.result] += 1
                bar.advance(task)
                if pushed.result is not PushResult.WRITTEN:
                    why = f"{pushed.result}: {pushed.why}" if pushed.why else pushed.result.value
                    typer.echo(inert(f"{pushed.student.id}: {why}"), err=True)
        console.print(f"{counted(results[PushResult.WRITTEN], 'student')} written")
        needs_person = needs_person or results.total() > results[PushResult.WRITTEN]
    if needs_person:
        raise typer.Exit(1)


def _show(console: Console, name: str, plan: "PushPlan") -> None:
    """Print what differs, and who is left out."""
    if plan.differences:
        table = Table()
        for title in ("student", "name", f"in {name}", "here", "comment"):
            table.add_column(title)
        for difference in plan.differences:
            comment = "" if difference.comment is None else difference.comment.text
            table.add_row(
                Text(difference.student.id),
                Text(inert(difference.student.full_name)),
                str(difference.before),
                str(difference.after),
                Text("there already" if difference.is_commented and comment else inert(comment)),
            )
        console.print(table)
    changed = counted(len(plan.differences), "student")
    console.print(f"{changed} with differences, {len(plan.equal)} without")
    for reason, students in plan.unsent.items():
        console.print(f"not sent, {reason}: {_ids(students)}", soft_wrap=True)
    for student, why in plan.unmatched:
        console.print(f"not found in {name}: {student.id}: {inert(why)}", soft_wrap=True)
    if plan.strangers:
        names = [f"{inert(person.name, 60)} ({person.id})" for person in plan.strangers]
        if len(names) > MOST_STRANGERS:
            names[MOST_STRANGERS:] = [f"and {len(names) - MOST_STRANGERS} more"]
        console.print(f"in {name}, but not in the roster: {', '.join(names)}", soft_wrap=True)


def _ids(students: Iterable[Student]) -> str:
    return ", ".join(student.id for student in students)
