"""The commands `autograder classroom50`: bundle, roster, handins and override."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.classroom50.bundle import write_bundle
from autograder.classroom50.roster import as_classroom50_roster
from autograder.classroom50.scores import handins_of, read_scores, with_overrides
from autograder.cli.course_file import CourseFile, GradebookFolder, open_book
from autograder.cli.options import AssignmentId, example
from autograder.cli.output import check_writable
from autograder.files import write_whole
from autograder.gradebook.roster import read_roster
from autograder.text import counted, in_log

classroom50 = typer.Typer(help="Work with Classroom 50.", no_args_is_help=True)

ScoresFile = Annotated[Path, typer.Argument(help="CLASSROOM/scores.json of the service.")]
Slug = Annotated[str, typer.Option(help="The assignment's name in Classroom 50.")]


@classroom50.command(epilog=example("classroom50 bundle --output CLASSROOM/autograders/SLUG"))
def bundle(
    output: Annotated[Path, typer.Option(help="Folder to write: CLASSROOM/autograders/SLUG.")],
    assignment: AssignmentId = None,
) -> None:
    """Write the folder that Classroom 50 runs: the visible checks, whose points are advice."""
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment)
    written = write_bundle(course, chosen, output)
    typer.echo(
        f"{counted(len(written), 'file')} written; commit them to CLASSROOM/autograders/SLUG"
    )


@classroom50.command(epilog=example("classroom50 roster course/roster.csv --output roster.csv"))
def roster(
    source: Annotated[Path, typer.Argument(help="A roster in any known form.")],
    output: Annotated[Path, typer.Option(help="File to write.")],
) -> None:
    """Write a roster for `gh teacher roster import`."""
    check_writable(output)
    found = read_roster(source)
    write_whole(output, as_classroom50_roster(found))
    typer.echo(f"{counted(len(found.students), 'student')} written")


@classroom50.command(epilog=example("classroom50 handins scores.json --slug SLUG"))
def handins(
    scores: ScoresFile,
    slug: Slug,
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
) -> None:
    """Note in the gradebook when each student handed in, and which commit."""
    book, _ = open_book(folder, course_file, assignment)
    found, left = handins_of(read_scores(scores, slug), book.roster())
    book.note_handins(found)
    typer.echo(f"{counted(len(found), 'student')} noted")
    _report_problems(left)


@classroom50.command(
    epilog=example("classroom50 override scores.json --slug SLUG --output scores.json")
)
def override(
    scores: ScoresFile,
    slug: Slug,
    output: Annotated[Path, typer.Option(help="File to write; it may be the same file.")],
    course_file: CourseFile = None,
    folder: GradebookFolder = None,
    assignment: AssignmentId = None,
) -> None:
    """Write the gradebook's points into Classroom 50's scores, as overrides."""
    check_writable(output)
    book, _ = open_book(folder, course_file, assignment)
    done = with_overrides(read_scores(scores, slug), [entry.standing for entry in book.entries()])
    write_whole(output, done.text)
    typer.echo(f"{counted(len(done.written), 'student')} written")
    _report_problems(done.left)


def _report_problems(problems: tuple[str, ...]) -> None:
    """Print one line for each student who could not be handled; if there are any, exit 1."""
    for line in problems:
        typer.echo(in_log(line), err=True)
    if problems:
        raise typer.Exit(1)
