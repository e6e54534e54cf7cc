"""The command `autograder grade-class`."""

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as ProgressTask
from rich.table import Table
from rich.text import Text

from autograder.assignment import Course
from autograder.class_run.grade_class import RESULTS, Done, Outcome, Scope, grade_class
from autograder.class_run.sources import find_submissions
from autograder.errors import AutograderError
from autograder.feedback.inert import inert
from autograder.gradebook.book import Book

CORES = os.cpu_count() or 1


def grade_class_command(
    source: Annotated[
        Path, typer.Argument(help="A folder per student, or an unpacked download of an LMS.")
    ],
    output: Annotated[Path, typer.Option(help="Folder for results, feedback and a table.")],
    assignment: Annotated[str | None, typer.Option(help="Id; default: the only one.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Grade only this student; may be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="How many are graded at once.")] = CORES,
    gradebook: Annotated[
        Path | None, typer.Option(help="Write the results into this gradebook's folder, too.")
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what has a result that stands.")
    ] = False,
    no_jail: Annotated[
        bool, typer.Option("--no-jail", help="Run the code without a jail: only if you trust it.")
    ] = False,
) -> None:
    """Grade a whole class. Do it again to go on where it was interrupted, or to grade what changed.

    Exit 0: everybody has a grade; 1: the grader failed for some, who are named.
    """
    course = Course.of_this_checkout()
    chosen = course.load(assignment) if assignment else course.only()
    errors = Console(stderr=True, highlight=False, markup=False)
    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
        found = find_submissions(source, chosen, Path(scratch))
        wanted = [one for one in found.handed_in if not only or one.student in only]
        unknown = sorted(set(only or ()) - {one.student for one in found.handed_in})
        if unknown:
            raise AutograderError(f"{source} has no submission of {', '.join(unknown)}")
        for line in found.oddities:
            errors.print(inert(line), soft_wrap=True)
        scope = Scope(workers=workers, force=force, confined=not no_jail)
        with _bar(errors) as bar:
            task = bar.add_task("grading", total=len(wanted))

            def tell(outcome: Outcome) -> None:
                bar.advance(task)
                if outcome.trouble:
                    first = outcome.trouble.strip().splitlines()[-1]
                    bar.console.print(f"{outcome.student}: {inert(first)}", soft_wrap=True)

            outcomes = grade_class(wanted, chosen, course, output, scope, on_done=tell)
    problems: tuple[str, ...] = ()
    if gradebook is not None:
        results = [output / RESULTS / f"{one}.json" for one in outcomes]
        synced = Book(gradebook, chosen).sync([one for one in results if one.exists()])
        problems = synced.problems
        for line in problems:
            errors.print(inert(line), soft_wrap=True)
    Console(highlight=False, markup=False).print(_summary(list(outcomes.values())))
    if problems or any(one.trouble for one in outcomes.values()):
        raise typer.Exit(1)


class _Rate(ProgressColumn):
    """How many are done in a second."""

    def render(self, task: ProgressTask) -> Text:
        """Write it once it is known."""
        return Text("" if task.speed is None else f"{task.speed:.2f}/s")


def _bar(console: Console) -> Progress:
    """Make a bar with the rate and the time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def _summary(outcomes: list[Outcome]) -> Table:
    """Sum up: how many were graded, and how their points are spread."""
    counts = Counter(one.done for one in outcomes)
    scores = sorted(one.score for one in outcomes if one.points)
    table = Table(show_header=False)
    table.add_row("submissions", str(len(outcomes)))
    for done in Done:
        if counts[done]:
            table.add_row(done.value, str(counts[done]))
    if scores:
        table.add_row("lowest score", f"{scores[0]:g}")
        table.add_row("median score", f"{scores[len(scores) // 2]:g}")
        table.add_row("highest score", f"{scores[-1]:g}")
    return table
