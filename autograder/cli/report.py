"""The command `autograder report`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.course_file import CourseFile, course_policy, gradebook_folder
from autograder.cli.options import AssignmentId
from autograder.cli.output import check_writable
from autograder.files import write_whole
from autograder.reports.class_page import as_page
from autograder.reports.class_results import read_class
from autograder.text import counted, in_log


def report_command(
    results: Annotated[Path, typer.Argument(help="What `grade-class` wrote.")],
    output: Annotated[Path, typer.Option(help="HTML file to write.")],
    assignment: AssignmentId = None,
    course_file: CourseFile = None,
    gradebook: Annotated[
        Path | None,
        typer.Option(
            show_default=False,
            help="Folder of the gradebook: who is missing, late or excused, and people's marks. "
            "Default: the one that the course names.",
        ),
    ] = None,
    *,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Leave out everything that identifies a student.")
    ] = False,
) -> None:
    """Show a class on one page: the scores, the tests that tell students apart, who is missing.

    Exit 1: some results could not be read. They are named; the page has all others.
    """
    check_writable(output)
    course = Course.of_this_checkout()
    file, policy = course_policy(course_file)
    asked = choose_assignment(course, assignment, course_file=file).id if assignment else None
    if file is not None:
        gradebook = gradebook_folder(gradebook, policy)
    found = read_class(results, gradebook, policy, asked)
    known = found.assignment in course.ids()
    title = course.load(found.assignment).title if known else found.assignment
    for line in (*found.oddities, *filter(None, [found.off_roster])):
        typer.echo(in_log(line), err=True)
    away = os.path.relpath(results.resolve(), output.resolve().parent)
    write_whole(output, as_page(found.rows, title, anonymous=anonymous, results=away))
    students = counted(len(found.rows), "student")
    typer.echo(f"{students} written to {output}")
    if found.oddities:
        raise typer.Exit(1)
