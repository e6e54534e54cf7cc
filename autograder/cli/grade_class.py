"""The command `autograder grade-class`."""

import hashlib
import os
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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

from autograder.assignment import Assignment, Course
from autograder.cli.options import AnyPython
from autograder.course.class_pushes import find_class_pushes
from autograder.course.class_run import RESULTS, Done, Outcome, Scope, grade_class
from autograder.errors import AutograderError
from autograder.feedback.content import unreadable_summary
from autograder.github.client import GitHubClient, Place
from autograder.gradebook.book import Book
from autograder.gradebook.handins import Handin
from autograder.gradebook.roster import read_roster
from autograder.grading.foreman.pool import WORKERS
from autograder.grading.grade import Status
from autograder.intake.sources import Readable, find_submissions
from autograder.policy import check_extensions, read_policy
from autograder.sandbox import require_interpreter
from autograder.text import inert

MINUTE = timedelta(minutes=1)


def grade_class_command(
    source: Annotated[
        Path,
        typer.Argument(
            help="A folder per student, an unpacked download of an LMS, or course.toml: what stood "
            "in each student's repository when it was due."
        ),
    ],
    output: Annotated[Path, typer.Option(help="Folder for results, feedback and a table.")],
    assignment: Annotated[str | None, typer.Option(help="Id; default: the only one.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Grade only this student; may be repeated.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Grade only who handed in since: 2026-12-01T08:00+01:00, or 3h, or 2d."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="How many are graded at once.")] = WORKERS,
    dask: Annotated[
        str | None, typer.Option(help="Grade on this Dask cluster: its scheduler's address.")
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Grade only the K-th of N parts of the class: 2/8.")
    ] = None,
    gradebook: Annotated[
        Path | None, typer.Option(help="Write the results into this gradebook's folder, too.")
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what has a result that stands.")
    ] = False,
    no_sandbox: Annotated[
        bool,
        typer.Option("--no-sandbox", help="Run the code without a sandbox: only if you trust it."),
    ] = False,
    any_python: AnyPython = False,
) -> None:
    """Grade a whole class. Do it again to go on where it was interrupted, or to grade what changed.

    Exit 0: everybody has a grade; 1: the grader failed for some, who are named.
    """
    course = Course.of_this_checkout()
    chosen = course.load(assignment) if assignment else course.only()
    require_interpreter(chosen.python, any_python=any_python)
    errors = Console(stderr=True, highlight=False, markup=False)
    begin = _moment(since, datetime.now(UTC)) if since else None
    with ExitStack() as opened:
        found = _find(source, chosen, opened)
        if part is not None:
            found = part_of(found, *_part(part))
        present = {one.student for one in found.handed_in}
        unknown = sorted(set(only or ()) - present - {*found.missing})
        if unknown:
            raise AutograderError(f"{source} has no submission of {', '.join(unknown)}")
        for line in found.oddities:
            errors.print(inert(line), soft_wrap=True)
        wanted = [
            one
            for one in found.handed_in
            if (not only or one.student in only)
            and (begin is None or one.handed_in_at is None or one.handed_in_at >= begin)
        ]
        others = dict.fromkeys(found.missing, Done.MISSING) | dict.fromkeys(
            present - {one.student for one in wanted} | {*found.unseen}, Done.LEFT_ALONE
        )
        scope = Scope(workers=workers, dask=dask, force=force, confined=not no_sandbox)
        with _bar(errors) as bar:
            task = bar.add_task("grading", total=len(wanted))

            def tell(outcome: Outcome) -> None:
                bar.advance(task)
                if outcome.trouble:
                    first = outcome.trouble.strip().splitlines()[-1]
                    bar.console.print(f"{outcome.student}: {inert(first)}", soft_wrap=True)

            outcomes = grade_class(
                wanted,
                chosen,
                course,
                output,
                scope,
                others,
                on_done=tell,
                on_wait=lambda why: bar.console.print(why, soft_wrap=True),
            )
    problems: tuple[str, ...] = ()
    if gradebook is not None:
        results = [output / RESULTS / f"{one.student}.json" for one in wanted]
        book = Book(gradebook, chosen)
        if found.handins:
            book.note_handins(found.handins)
        synced = book.sync([one for one in results if one.exists()])
        problems = synced.problems
        for line in problems:
            errors.print(inert(line), soft_wrap=True)
    console = Console(highlight=False, markup=False)
    console.print(_summary(list(outcomes.values())))
    if line := unreadable_line(outcomes.values()):
        console.print(line, soft_wrap=True)
    if problems or found.unseen or any(one.trouble for one in outcomes.values()):
        raise typer.Exit(1)


@dataclass(frozen=True)
class Found:
    """A class: what it handed in, and who handed in nothing."""

    handed_in: Sequence[Readable]
    missing: Sequence[str] = ()
    unseen: Sequence[str] = ()
    """Students of whom this could not be found out."""
    oddities: Sequence[str] = ()
    handins: Mapping[str, Handin] = field(default_factory=dict)


def _find(source: Path, assignment: Assignment, opened: ExitStack) -> Found:
    """Find what a class handed in.

    Args:
        source: Where.
        assignment: What they answer.
        opened: What is needed until all is graded: files, a connection.
    """
    if source.suffix != ".toml":
        scratch = opened.enter_context(tempfile.TemporaryDirectory(prefix="autograder-"))
        of_folder = find_submissions(source, assignment, Path(scratch))
        return Found(of_folder.handed_in, oddities=of_folder.oddities)
    policy = read_policy(source)
    roster = read_roster(policy.roster)
    check_extensions(policy, roster)
    place = Place.from_environment()
    os.environ.pop("GITHUB_TOKEN")  # no process that we start has it
    client = opened.enter_context(GitHubClient(place))
    pushes = find_class_pushes(client, policy, roster.students)
    return Found(
        pushes.pushed,
        pushes.missing,
        [student for student, _ in pushes.unseen],
        [f"{student}: {why}" for student, why in pushes.unseen],
        {
            one.student: Handin(
                handed_in_at=one.handed_in_at, commit=one.commit, repository=one.repository
            )
            for one in pushes.pushed
        },
    )


def part_of(found: Found, part: int, parts: int) -> Found:
    """Take the students of one part; each student is in the same one every time.

    Args:
        found: The class.
        part: Which, from 1.
        parts: Of how many.
    """

    def mine(student: str) -> bool:
        digest = hashlib.sha256(student.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8]) % parts == part - 1

    return Found(
        [one for one in found.handed_in if mine(one.student)],
        [one for one in found.missing if mine(one)],
        [one for one in found.unseen if mine(one)],
        found.oddities,
        {one: found.handins[one] for one in found.handins if mine(one)},
    )


def _part(text: str) -> tuple[int, int]:
    """Read `K/N`.

    Raises:
        AutograderError: It is something else.
    """
    numbers = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    if numbers and 1 <= int(numbers[1]) <= int(numbers[2]):
        return int(numbers[1]), int(numbers[2])
    raise AutograderError(f"--part {text!r}: give which part of how many, as 2/8")


def _moment(text: str, now: datetime) -> datetime:
    """Read a time with its zone, or how long ago it was.

    Raises:
        AutograderError: It is neither.
    """
    ago = re.fullmatch(r"(\d{1,4})([mhd])", text)
    if ago:
        return now - int(ago[1]) * {"m": MINUTE, "h": 60 * MINUTE, "d": 1440 * MINUTE}[ago[2]]
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise AutograderError(
        f"--since {text!r}: give a time with its zone, as 2026-12-01T08:00+01:00, or 90m, 3h or 2d"
    )


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


def unreadable_line(outcomes: Iterable[Outcome]) -> str:
    """Say at how many tests an instructor should look, and whose; empty where at none."""
    tests, words = unreadable_summary(
        {outcome.student: outcome.unreadable for outcome in outcomes}, named=True
    )
    return f"{tests} {words}" if tests else ""


def _summary(outcomes: list[Outcome]) -> Table:
    """Sum up: how many were graded, and how their points are spread."""
    counts = Counter(one.done for one in outcomes)
    scores = sorted(one.score for one in outcomes if one.points)
    table = Table(show_header=False)
    table.add_row("submissions", str(len(outcomes)))
    for done in Done:
        if counts[done]:
            table.add_row(done.value, str(counts[done]))
    incomplete = sum(one.state == Status.INCOMPLETE for one in outcomes)
    if incomplete:
        table.add_row("incomplete: the grader failed", str(incomplete))
    if scores:
        table.add_row("lowest score", f"{scores[0]:g}")
        table.add_row("median score", f"{statistics.median(scores):g}")
        table.add_row("highest score", f"{scores[-1]:g}")
    return table
