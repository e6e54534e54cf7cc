"""The command `autograder grade-class`."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
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
from autograder.choice import choose_assignment
from autograder.cli.course_file import (
    CourseFile,
    course_policy,
    gradebook_folder,
    gradebook_to_write,
    known_book,
    known_roster,
    test_names,
    unused_roster_line,
)
from autograder.cli.options import AnyPython, AssignmentId, NoSandbox, Workers
from autograder.course.class_outcomes import EXCUSED, ClassAction, StudentOutcome
from autograder.course.class_pages import TABLE, files_to_sync, write_from_book
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions, class_submissions
from autograder.course.results import only_run_in
from autograder.course.unknown_times import line_on_unknown_times, line_without_times
from autograder.course.withdrawn import WITHDRAWN, follow_new_ids
from autograder.errors import AutograderError
from autograder.feedback.content import unreadable_summary
from autograder.gradebook.entries import NOTHING_GRADABLE
from autograder.gradebook.marking.earlier_ids import NOTHING_TAKEN_OVER, take_over_earlier_ids
from autograder.grading.foreman.pool import WORKERS
from autograder.grading.grade import Status
from autograder.intake.matches_file import MATCHES_FILE, NOBODY
from autograder.policy import EVERYTHING_COUNTS
from autograder.policy_names import check_names
from autograder.sandbox import require_interpreter
from autograder.some_names import some_of
from autograder.text import counted, decimal_text, inert, plural

MINUTE = timedelta(minutes=1)
INTERRUPTED = 130


def grade_class_command(
    source: Annotated[
        Path,
        typer.Argument(
            help="A folder per student, an unpacked download of an LMS, or course.toml: then what "
            "was in each student's repository when it was due."
        ),
    ],
    output: Annotated[Path, typer.Option(help="Folder for results, feedback and a table.")],
    assignment: AssignmentId = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Grade only this student; may be repeated.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Grade only what came since then: 2026-12-01T08:00+01:00, or 3h, or 2d."),
    ] = None,
    workers: Workers = WORKERS,
    dask: Annotated[
        str | None, typer.Option(help="Grade on this Dask cluster: its scheduler's address.")
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Grade only the K-th of N parts of the class: 2/8.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="Who is in the class; matches.csv next to it says whose a hand-in is. Default: "
            "the gradebook's roster, the course's, or everybody who handed in."
        ),
    ] = None,
    gradebook: Annotated[
        Path | None, typer.Option(help="Write the results into this gradebook, too.")
    ] = None,
    course_file: CourseFile = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again even if a valid result exists.")
    ] = False,
    no_sandbox: NoSandbox = False,
    any_python: AnyPython = False,
) -> None:
    """Grade a whole class. Run it again to continue after an interruption, or to grade changes.

    Exit 0: everybody has a grade or has handed in nothing; 1: something is left to do, which
    `grades.csv` and the last lines name; 2: it could not start; 130: interrupted.
    """
    begin = _moment(since, datetime.now(UTC)) if since else None
    chosen_part = None if part is None else _part(part)
    course = Course.of_this_checkout()
    file, policy = course_policy(source if source.suffix == ".toml" else course_file)
    chosen = choose_assignment(
        course, assignment, course_file=file, submissions=source, results=[output]
    )
    if policy is not EVERYTHING_COUNTS:
        check_names(policy, None, test_names(course, chosen))
    require_interpreter(chosen.python, any_python=any_python)
    errors = Console(stderr=True, highlight=False, markup=False)
    settings = RunSettings(workers=workers, dask=dask, force=force, confined=not no_sandbox)
    outcomes: list[StudentOutcome] = []
    book = None if gradebook is None else gradebook_to_write(gradebook, chosen, policy)
    roster = roster or known_roster(source, gradebook, file, policy)
    known = known_book(gradebook, file, policy, chosen)
    taken_over = NOTHING_TAKEN_OVER if book is None else take_over_earlier_ids(book)
    with only_run_in(output), class_submissions(source, chosen, roster, policy) as found:
        follow_new_ids(taken_over.new_ids, output)
        submissions = found if chosen_part is None else found.part(*chosen_part)
        submissions = submissions.select(only or (), begin)
        if known is not None:
            submissions = submissions.with_records_of(known)
        unused = filter(None, [unused_roster_line(roster, source)])
        for line in (*submissions.oddities, *submissions.notes, *taken_over.lines, *unused):
            errors.print(inert(line), soft_wrap=True)
        try:
            for outcome in with_progress(submissions, chosen, course, output, settings, errors):
                outcomes.append(outcome)
                if reason := outcome.reason:
                    errors.print(f"{inert(outcome.who)}: {inert(reason)}", soft_wrap=True)
        except KeyboardInterrupt:
            errors.print(interrupted(outcomes, submissions), soft_wrap=True)
            raise typer.Exit(INTERRUPTED) from None
    problems: tuple[str, ...] = ()
    if book is not None:
        if submissions.handins:
            book.note_handins(submissions.handins)
        synced = book.sync(files_to_sync(submissions, output))
        problems = synced.problems
        _, outcomes = write_from_book(book, outcomes, output, settings.moment)
        for line in (*problems, *synced.warnings, *filter(None, [synced.off_roster])):
            errors.print(inert(line), soft_wrap=True)
    console = Console(highlight=False, markup=False)
    console.print(summary(outcomes))
    if line := unreadable_line(outcomes):
        console.print(line, soft_wrap=True)
    folder = gradebook_folder(gradebook, policy)
    unknown_times = line_on_unknown_times(submissions, folder)
    last = [
        *worth_knowing(outcomes),
        unknown_times,
        line_without_times(submissions, folder),
    ]
    for line in (*left_to_do(outcomes), *filter(None, last), *waiting(outcomes)):
        console.print(inert(line), soft_wrap=True)
    left = problems or submissions.oddities or submissions.unseen or unknown_times
    if left or not all(outcome.is_settled for outcome in outcomes):
        raise typer.Exit(1)


def _part(text: str) -> tuple[int, int]:
    """Read `K/N`: the K-th of N parts.

    Raises:
        AutograderError: The text does not have this form.
    """
    numbers = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    if numbers and 1 <= int(numbers[1]) <= int(numbers[2]):
        return int(numbers[1]), int(numbers[2])
    raise AutograderError(f"--part {text!r}: give K/N, such as 2/8 for the second of 8 parts")


def _moment(text: str, now: datetime) -> datetime:
    """Read a time with its zone, or a time span before `now`, such as `3h`.

    Raises:
        AutograderError: The text is neither.
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
    """A column that shows how many submissions are graded per second."""

    def render(self, task: ProgressTask) -> Text:
        """Return the rate, or an empty text until it is known."""
        return Text("" if task.speed is None else f"{task.speed:.2f}/s")


def with_progress(
    submissions: ClassSubmissions,
    assignment: Assignment,
    course: Course,
    output: Path,
    settings: RunSettings,
    console: Console,
) -> Iterator[StudentOutcome]:
    """Grade a class, and show a bar with the rate and the time left.

    The bar stays below what else is printed to the console meanwhile.

    Raises:
        AutograderError: The run as a whole cannot go on.
    """
    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("grading", total=len(submissions))
        for outcome in grade_class(
            submissions,
            assignment,
            course,
            output,
            settings,
            on_wait=lambda why: console.print(why, soft_wrap=True),
        ):
            bar.advance(task)
            yield outcome


def unreadable_line(outcomes: Iterable[StudentOutcome]) -> str:
    """Say how many tests an instructor should look at, and whose; empty if there are none."""
    tests, words = unreadable_summary(
        {outcome.student: outcome.unreadable for outcome in outcomes}, named=True
    )
    return f"{tests} {words}" if tests else ""


def interrupted(outcomes: Sequence[StudentOutcome], submissions: ClassSubmissions) -> str:
    """Say how far a run came, of the hand-ins that can be graded, and how to go on."""
    counts = Counter(outcome.action for outcome in outcomes)
    done = counts[ClassAction.GRADED] + counts[ClassAction.KEPT]
    total = len(submissions.handed_in) - counts[ClassAction.NOT_READABLE]
    return (
        f"Interrupted: {done} of {total} are graded, and their results are kept. Run the same "
        "command again to continue."
    )


def left_to_do(outcomes: Sequence[StudentOutcome]) -> Iterator[str]:
    """Say what an instructor has to look at: for each kind how many, and three of them."""
    advice = {
        ClassAction.NOT_READABLE: "ask for the files again",
        ClassAction.NOT_MATCHED: f"say whose in {MATCHES_FILE}, next to the roster, as `reason` in"
        f" {TABLE} says",
        ClassAction.FAILED: "run the same again; if it fails again, see the folder `trouble`",
    }
    for action, what in advice.items():
        found = sorted(
            outcome.who
            for outcome in outcomes
            if outcome.action is action
            and not (action is ClassAction.NOT_MATCHED and outcome.student)
        )
        if found:
            yield f"{len(found)} {action}: {some_of(found)}: {what}"
    empty = sorted(outcome.who for outcome in outcomes if outcome.may_be_misplaced)
    if empty:
        yield (
            f"{len(empty)} {NOTHING_GRADABLE}: {some_of(empty)}: look where their files are; if"
            f" there is nothing to grade, write {NOBODY} for the hand-in in {MATCHES_FILE}, next to"
            " the roster"
        )


def worth_knowing(outcomes: Sequence[StudentOutcome]) -> Iterator[str]:
    """Say what an instructor may want to look at, though every grade is as it should be."""
    pushed = [outcome for outcome in outcomes if outcome.state == NOTHING_GRADABLE]
    empty = sorted(outcome.student for outcome in pushed if outcome.is_pushed)
    if empty:
        yield f"{len(empty)} {NOTHING_GRADABLE}, with 0 points: {some_of(empty)}"
    withdrawn = sorted(outcome.student for outcome in outcomes if outcome.is_withdrawn)
    if withdrawn:
        yield (
            f"{counted(len(withdrawn), 'earlier result')} withdrawn, since no readable hand-in"
            f" counts now: {some_of(withdrawn)}: kept in {WITHDRAWN}/"
        )
    misnamed = sorted(
        outcome.student
        for outcome in outcomes
        if outcome.misnamed and outcome.state != NOTHING_GRADABLE
    )
    if misnamed:
        yield (
            f"{len(misnamed)} with a graded file missing where another may be meant:"
            f" {some_of(misnamed)}: see `reason` in {TABLE}"
        )


def waiting(outcomes: Sequence[StudentOutcome]) -> Iterator[str]:
    """Say how many grades are not final yet; mostly, people have to mark answers."""
    count = sum(outcome.open_points > 0 and outcome.state != EXCUSED for outcome in outcomes)
    if count:
        verb = plural(count, "has", "have")
        yield f"{count} {verb} open points (marking): see `state` in {TABLE}"


def summary(outcomes: Sequence[StudentOutcome]) -> Table:
    """Return a table of how many were graded, and of the lowest, median and highest score.

    Scores are those after the late penalty, with people's marks so far. Excused students are only
    in the line that counts them.
    """
    counts = Counter(outcome.action for outcome in outcomes if outcome.state != EXCUSED)
    scores = [outcome.counting for outcome in outcomes if outcome.counting is not None]
    table = Table(show_header=False)
    table.add_row("students and hand-ins", str(len(outcomes)))
    for action in ClassAction:
        if counts[action]:
            table.add_row(action.value, str(counts[action]))
    if excused := sum(outcome.state == EXCUSED for outcome in outcomes):
        table.add_row(EXCUSED, str(excused))
    incomplete = sum(outcome.state == Status.INCOMPLETE for outcome in outcomes)
    if incomplete:
        table.add_row("incomplete: the grader failed", str(incomplete))
    if scores:
        table.add_row("lowest score", decimal_text(min(scores)))
        table.add_row("median score", decimal_text(statistics.median(scores)))
        table.add_row("highest score", decimal_text(max(scores)))
    return table
