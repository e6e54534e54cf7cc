"""The command `autograder grade-pushes`.

What it prints may stand in a log that others read, so it holds no name, no code and no score:
students are called by their place in the roster, unless `--names` is given.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from autograder.assignment import Course
from autograder.cli.options import AnyPython
from autograder.course.grade_pushes import (
    Desk,
    Done,
    Outcome,
    Push,
    find_pushes,
    grade_pushes,
)
from autograder.errors import AutograderError, GitHubError, PolicyError, RosterError
from autograder.feedback.content import unreadable_summary
from autograder.github.client import GitHubClient, Place
from autograder.gradebook.book import Book
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.student import Student
from autograder.grading.foreman.pool import WORKERS, ExaminerPool
from autograder.grading.judge.plan import read_plan
from autograder.policy import DEFAULT_COURSE, Policy, check_extensions, read_policy
from autograder.sandbox import require_interpreter
from autograder.text import in_log

STATE = Path(".grade-pushes")
_NOTHING_SEEN = (
    "no student's repository is seen with a commit in it: where there are some, the token has no"
    " right to them, which needs contents=read"
)
_UNSEEN = {Done.NO_PUSH, Done.NO_REPOSITORY}
_QUIET = (Done.ALREADY, Done.NO_PUSH, Done.NO_REPOSITORY, Done.NO_LOGIN)


def grade_pushes_command(
    policy: Annotated[Path, typer.Option("--course", help="The course's policy.")] = DEFAULT_COURSE,
    assignment: Annotated[str | None, typer.Option(help="Id; default: the only one.")] = None,
    repo: Annotated[
        str | None, typer.Option(help="Grade only this repository, or this student's.")
    ] = None,
    sha: Annotated[
        str | None, typer.Option(help="With --repo: grade this commit, not the last push.")
    ] = None,
    gradebook: Annotated[
        Path | None, typer.Option(help="Write grades and push times into this folder, too.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help=f"Folder for what goes on; default: {STATE} at the policy.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="How many are graded at once.")] = WORKERS,
    every: Annotated[int, typer.Option(min=5, help="With --watch: seconds between rounds.")] = 60,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Keep at it until stopped.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be graded; write nothing.")
    ] = False,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Grade again what is graded; edits its comment.")
    ] = False,
    names: Annotated[
        bool, typer.Option("--names", help="Call students by login, not by place in the roster.")
    ] = False,
    no_sandbox: Annotated[
        bool,
        typer.Option("--no-sandbox", help="Run the code without a sandbox: only if you trust it."),
    ] = False,
    any_python: AnyPython = False,
) -> None:
    """Grade what was pushed and is not graded yet, and publish it at the commits.

    Needs GITHUB_TOKEN. Exit 0: all is graded; 1: some could not be, and the next run tries again.
    """
    course = Course.of_this_checkout()
    chosen = course.load(assignment) if assignment else course.only()
    require_interpreter(chosen.python, any_python=any_python)
    try:
        rules = read_policy(policy)
        roster = read_roster(rules.roster)
        check_extensions(rules, roster)
    except (PolicyError, RosterError) as error:
        if names:
            raise
        raise _nameless(error) from None
    if sha is not None and (repo is None or not _is_commit(sha)):
        raise PolicyError("--sha takes a whole commit id of 40 digits, and --repo with it")
    students = roster.students if repo is None else (_whose(repo, rules, roster),)
    if gradebook is not None and not gradebook.is_dir():
        raise PolicyError(f"{gradebook} is no folder: make it, and put roster.csv into it")
    place = Place.from_environment()
    os.environ.pop("GITHUB_TOKEN")  # no process that we start has it
    with ExitStack() as opened:
        desk = Desk(
            client=opened.enter_context(GitHubClient(place)),
            policy=rules,
            assignment=chosen,
            suite=read_plan(chosen, course.suites / chosen.id).digest,
            state=state or policy.parent / STATE,
            book=Book(gradebook, chosen) if gradebook else None,
            regrade=regrade,
            confined=not no_sandbox,
        )
        pool = _LatePool(
            lambda: opened.enter_context(
                ExaminerPool(chosen, course, workers, confined=not no_sandbox)
            )
        )
        report = _Report(roster, names=names)
        while True:
            try:
                failed = _round(desk, students, sha, pool, report, dry_run=dry_run)
            except GitHubError as error:
                if not watch:
                    raise
                report.say(str(error))
                failed = True
            if not watch:
                break
            sleep(every)
    if failed:
        raise typer.Exit(1)


def _round(
    desk: Desk,
    students: tuple[Student, ...],
    commit: str | None,
    pool: "_LatePool",
    report: "_Report",
    *,
    dry_run: bool,
) -> bool:
    """Look once at all; tell whether anything failed."""
    outcomes: list[Outcome] = []

    def pushes() -> Iterator[Push]:
        for one in find_pushes(desk, students, commit):
            if isinstance(one, Push):
                yield one
            else:
                outcomes.append(one)

    # Read as a whole: if GitHub breaks off here, nothing has begun.
    to_grade = list(pushes())
    if dry_run:
        outcomes += [Outcome(one.student, Done.GRADED) for one in to_grade]
    elif to_grade:
        for outcome in grade_pushes(desk, to_grade, pool):
            outcomes.append(outcome)
            report.one(outcome)
    report.all(outcomes, dry_run=dry_run)
    return any(one.done is Done.FAILED or one.trouble for one in outcomes)


class _LatePool:
    """A pool that is made when there is something to grade, and then kept."""

    def __init__(self, make: Callable[[], ExaminerPool]) -> None:
        self._make = make
        self._pool: ExaminerPool | None = None

    def each(self, do: Callable[[Any, Push], Outcome], tasks: Iterable[Push]) -> Iterator[Outcome]:
        """Do something with each task."""
        self._pool = self._pool or self._make()
        return self._pool.each(do, tasks)


class _Report:
    """Says what happened, and of nobody in particular."""

    def __init__(self, roster: Roster, *, names: bool) -> None:
        self._places = {one.id: number for number, one in enumerate(roster.students, start=1)}
        self._names = names
        self._errors = Console(stderr=True, highlight=False, markup=False)

    def say(self, line: str) -> None:
        """Print a line."""
        self._errors.print(in_log(line), soft_wrap=True)

    def one(self, outcome: Outcome) -> None:
        """Tell of one, if there is trouble."""
        if outcome.trouble:
            self.say(f"{self._who(outcome.student)}: {outcome.trouble}")

    def all(self, outcomes: list[Outcome], *, dry_run: bool) -> None:
        """Sum a round up."""
        if dry_run:
            for one in outcomes:
                if one.done not in _QUIET:
                    self.say(f"{self._who(one.student)}: would be {one.done}")
        counts = Counter(one.done for one in outcomes)
        if counts.keys() & _UNSEEN and counts.keys() <= {*_UNSEEN, Done.NO_LOGIN}:
            self.say(_NOTHING_SEEN)
        table = Table(show_header=False)
        table.add_row("students", str(len(outcomes)))
        for done in Done:
            if counts[done]:
                table.add_row("to grade" if dry_run and done is Done.GRADED else done.value,
                              str(counts[done]))  # fmt: skip
        console = Console(highlight=False, markup=False)
        console.print(table)
        tests, words = unreadable_summary(
            {self._who(one.student): one.unreadable for one in outcomes}, named=self._names
        )
        if tests:
            console.print(in_log(f"{tests} {words}"), soft_wrap=True)

    def _who(self, student: Student) -> str:
        return student.id if self._names else f"student {self._places[student.id]} of the roster"


def _nameless(error: AutograderError) -> AutograderError:
    """Leave out of an error what may name a student."""
    first, *others = str(error).splitlines()
    if isinstance(error, RosterError) and others:
        return RosterError(f"{first} --names shows them")
    lines = [
        "extensions: one has a mistake, which --names shows" if "extensions." in line else line
        for line in (first, *others)
    ]
    return type(error)("\n".join(dict.fromkeys(lines)))


def _is_commit(text: str) -> bool:
    return len(text) == 40 and all(one in "0123456789abcdef" for one in text)


def _whose(repo: str, policy: Policy, roster: Roster) -> Student:
    """Find the student by repository, login or id.

    Raises:
        AutograderError: It is nobody's.
    """
    owner, slash, name = repo.rpartition("/")
    if slash and owner.casefold() != policy.organization.casefold():
        raise AutograderError(f"--repo: the course's repositories belong to {policy.organization}")
    for student in roster.students:
        own = policy.repository_of(student)
        if own is not None and own.casefold() == name.casefold():
            return student
    found = None if slash else roster.find(name)
    if found is None:
        raise AutograderError("--repo: it is no repository of a student of the roster")
    return found
