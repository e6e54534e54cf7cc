"""The command `autograder regrade`."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograder.assignment import Assignment, Course
from autograder.choice import choose_assignment
from autograder.cli.course_file import CourseFile, course_policy, known_book, known_roster
from autograder.cli.grade_class import INTERRUPTED, left_to_do, unreadable_line, worth_knowing
from autograder.cli.options import AnyPython, AssignmentId, NoSandbox, Workers
from autograder.cli.output import check_writable
from autograder.course.changes import (
    ScoreChange,
    changes_table,
    signed,
    words_of_reasons,
    words_of_test,
)
from autograder.course.class_outcomes import ClassAction, StudentOutcome
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions, class_submissions
from autograder.course.regrade import (
    compare_results,
    forget_results,
    keep_results,
    results_before,
)
from autograder.course.results import FEEDBACK, RESULTS, only_run_in
from autograder.files import scratch_folder, write_whole
from autograder.grading.foreman.pool import WORKERS
from autograder.reports.changes_page import as_page
from autograder.sandbox import require_interpreter
from autograder.text import counted, decimal_text, inert

MOST_ROWS = 50
"""Students in the table on the terminal; files have all of them."""
LONGEST_TESTS = 300
"""Characters of the tests in a row of that table."""


def regrade_command(
    source: Annotated[
        Path, typer.Argument(help="What `grade-class` graded: a folder, or course.toml.")
    ],
    output: Annotated[Path, typer.Option(help="Folder that `grade-class` wrote.")],
    assignment: AssignmentId = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Grade only this student; may be repeated.")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="Who is in the class, as for `grade-class`.")
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(help="Write the changes to this file: a page if it ends in .html, else CSV."),
    ] = None,
    workers: Workers = WORKERS,
    course_file: CourseFile = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the changes, and keep the results as they are.")
    ] = False,
    no_sandbox: NoSandbox = False,
    any_python: AnyPython = False,
) -> None:
    """Grade a whole class again, and say who gained or lost points, by which tests, and why.

    Writes `changes.csv` and `changes.html` next to the results. Exit codes as for `grade-class`.
    """
    course = Course.of_this_checkout()
    file, policy = course_policy(source if source.suffix == ".toml" else course_file)
    chosen = choose_assignment(
        course, assignment, course_file=file, submissions=source, results=[output]
    )
    roster = roster or known_roster(source, None, file, policy)
    known = known_book(None, file, policy, chosen)
    require_interpreter(chosen.python, any_python=any_python)
    check_writable(changes)
    settings = RunSettings(workers=workers, force=True, confined=not no_sandbox)
    with ExitStack() as opened:
        if not dry_run:
            opened.enter_context(only_run_in(output))
        found = opened.enter_context(class_submissions(source, chosen, roster, policy))
        submissions = found.select(only or (), None)
        if known is not None:
            submissions = submissions.with_records_of(known)
        before = results_before(output) if dry_run else keep_results(output)
        target = opened.enter_context(scratch_folder()) if dry_run else output
        outcomes = _grade(submissions, chosen, course, target, settings)
        compared = compare_results(before, target / RESULTS, submissions)
        changed, students = compared.changes, compared.students
        if not dry_run:
            _write_changes(output, changed, chosen.title, students)
        if changes is not None:
            is_page = changes.suffix == ".html"
            text = as_page(changed, chosen.title, students) if is_page else changes_table(changed)
            write_whole(changes, text)
    # If the grader failed at somebody, the next run completes the changes.
    if not dry_run and not any(outcome.action is ClassAction.FAILED for outcome in outcomes):
        forget_results(output)
    _print_changes(changed, students)
    lines = (*compared.problems, unreadable_line(outcomes), *left_to_do(outcomes))
    for line in (*lines, *worth_knowing(outcomes)):
        if line:
            typer.echo(inert(line))
    if (
        compared.problems
        or submissions.unseen
        or not all(outcome.is_settled for outcome in outcomes)
    ):
        raise typer.Exit(1)


def _grade(
    submissions: ClassSubmissions,
    assignment: Assignment,
    course: Course,
    output: Path,
    settings: RunSettings,
) -> list[StudentOutcome]:
    """Grade a class, with a progress bar, and print oddities as they come."""
    errors = Console(stderr=True, highlight=False, markup=False)
    outcomes: list[StudentOutcome] = []
    for line in (*submissions.oddities, *submissions.notes):
        errors.print(inert(line), soft_wrap=True)
    try:
        with Progress(console=errors, transient=True) as bar:
            task = bar.add_task("grading", total=len(submissions))
            for outcome in grade_class(submissions, assignment, course, output, settings):
                outcomes.append(outcome)
                bar.advance(task)
                if outcome.reason:
                    line = f"{inert(outcome.who)}: {inert(outcome.reason)}"
                    bar.console.print(line, soft_wrap=True)
    except KeyboardInterrupt:
        errors.print("Interrupted: run the same command again.")
        raise typer.Exit(INTERRUPTED) from None
    return outcomes


def _write_changes(output: Path, changes: Sequence[ScoreChange], title: str, students: int) -> None:
    pages = {path.stem: f"{FEEDBACK}/{path.name}" for path in (output / FEEDBACK).glob("*.html")}
    write_whole(output / "changes.csv", changes_table(changes))
    write_whole(output / "changes.html", as_page(changes, title, students, pages))


def _print_changes(changes: Sequence[ScoreChange], students: int) -> None:
    """Print the first changes as a table, and how many there are."""
    console = Console(highlight=False, markup=False)
    if changes:
        table = Table()
        for name in ("student", "before", "after", "change", "why", "by which tests"):
            table.add_column(name)
        for change in changes[:MOST_ROWS]:
            table.add_row(
                inert(change.student),
                *(
                    "none" if points is None else decimal_text(points)
                    for points in (change.before, change.after)
                ),
                signed(change.points),
                words_of_reasons(change),
                inert(", ".join(map(words_of_test, change.tests)), LONGEST_TESTS),
            )
        console.print(table)
    if len(changes) > MOST_ROWS:
        console.print(f"and {len(changes) - MOST_ROWS} more")
    gained = sum(change.points > 0 for change in changes)
    lost = sum(change.points < 0 for change in changes)
    console.print(
        f"{counted(students, 'student')} compared: {gained} gained points, {lost} lost points,"
        f" {students - gained - lost} unchanged"
    )
