"""The command `autograder close`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.course_file import check_policy
from autograder.cli.grade_class import (
    INTERRUPTED,
    interrupted,
    left_to_do,
    summary,
    unreadable_line,
    with_progress,
    worth_knowing,
)
from autograder.cli.options import AnyPython, AssignmentId, NoSandbox, Workers
from autograder.course.class_outcomes import StudentOutcome
from autograder.course.class_run import RunSettings
from autograder.course.class_submissions import class_submissions
from autograder.course.closing import close_book, left_for_people, note_on_stage
from autograder.course.request_file import open_request_lines
from autograder.course.results import only_run_in
from autograder.course.unknown_times import line_on_unknown_times, line_without_times
from autograder.course.withdrawn import follow_new_ids
from autograder.files import make_folder, write_whole
from autograder.github.client import GitHubServer
from autograder.gradebook.book import Book, roster_file
from autograder.gradebook.marking.earlier_ids import take_over_earlier_ids
from autograder.grading.foreman.pool import WORKERS
from autograder.grading.judge.plan import read_plan
from autograder.policy import read_policy
from autograder.reports.class_page import as_page
from autograder.reports.class_results import read_class
from autograder.sandbox import require_interpreter
from autograder.text import inert

REPORT = "class.html"


def close_command(
    course_file: Annotated[Path, typer.Argument(help="The course's policy: course/course.toml.")],
    output: Annotated[
        Path, typer.Option(help="Folder for results, feedback pages, notebooks, exports, report.")
    ],
    submissions: Annotated[
        Path | None,
        typer.Option(
            show_default=False,
            help="What was handed in: a folder, or an unpacked download of an LMS. Default: what "
            "was in each student's repository on GitHub when it was due.",
        ),
    ] = None,
    assignment: AssignmentId = None,
    workers: Workers = WORKERS,
    *,
    no_sandbox: NoSandbox = False,
    any_python: AnyPython = False,
) -> None:
    """Grade what counts at each deadline, and write everything that follows from it.

    Gradebook, feedback pages, report and exports; then the last lines say what is left for people.
    Run it again after an interruption, after marking, or after a change of the course file: it does
    what is missing. For GitHub, it needs GITHUB_TOKEN. Exit 0: all grades are final; 1: something
    is left to do; 130: interrupted.
    """
    course = Course.of_this_checkout()
    policy = read_policy(course_file)
    chosen = choose_assignment(
        course, assignment, course_file=course_file, submissions=submissions, results=[output]
    )
    require_interpreter(chosen.python, any_python=any_python)
    book = Book(policy.gradebook, chosen, policy)
    check_policy(policy, book, course)
    make_folder(book.folder)
    console = Console(highlight=False, markup=False)
    errors = Console(stderr=True, highlight=False, markup=False)
    settings = RunSettings(workers=workers, confined=not no_sandbox)
    source = submissions or course_file
    roster = roster_file(book.folder, policy) if submissions else None
    taken_over = take_over_earlier_ids(book)
    book.handins()  # a mistake in them ends it here
    server = GitHubServer.from_environment() if policy.organization and not submissions else None
    with only_run_in(output), class_submissions(source, chosen, roster, policy) as found:
        follow_new_ids(taken_over.new_ids, output)
        the_class = found.with_records_of(book)
        outcomes: list[StudentOutcome] = []
        try:
            for outcome in with_progress(the_class, chosen, course, output, settings, errors):
                outcomes.append(outcome)
            closed = close_book(book, course, the_class, outcomes, output, settings.moment)
            read = read_class(output, book.folder, policy, chosen.id)
            write_whole(output / REPORT, as_page(read.rows, chosen.title, results="."))
        except KeyboardInterrupt:
            errors.print(interrupted(outcomes, the_class), soft_wrap=True)
            raise typer.Exit(INTERRUPTED) from None
    console.print(summary(closed.outcomes))
    written = [name for name, why in closed.exports.items() if not why]
    console.print(f"report: {output / REPORT}; exports: {', '.join(written)}", soft_wrap=True)
    stage = note_on_stage(policy, settings.moment)
    notes = [*the_class.notes, *taken_over.lines, *closed.warnings, *worth_knowing(closed.outcomes)]
    more = filter(None, [read.off_roster, line_without_times(the_class, book.folder)])
    for line in (*notes, *more, *stage):
        errors.print(inert(line), soft_wrap=True)
    left = [
        *the_class.oddities,
        *open_request_lines(
            course_file, book, read_plan(chosen, course.suites / chosen.id), server
        ),
        *closed.problems,
        *filter(
            None,
            [
                unreadable_line(closed.outcomes),
                line_on_unknown_times(the_class, book.folder),
            ],
        ),
        *left_to_do(closed.outcomes),
        *left_for_people(closed, the_class, output, course_file, policy, settings.moment),
    ]
    for line in left:
        console.print(inert(line), soft_wrap=True)
    if left or not all(outcome.is_settled for outcome in outcomes):
        raise typer.Exit(1)
