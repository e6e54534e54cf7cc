"""The command `autograder grade-pushes`.

Other people may read its log, so it prints no names, no code and no scores. Students are shown by
their place in the roster, unless `--names` is given.
"""

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from autograder.assignment import Assignment, Course
from autograder.choice import choose_assignment
from autograder.cli.options import AnyPython, AssignmentId, NoSandbox, Workers
from autograder.course.find_pushes import PushContext, PushOutcome, PushState, find_pushes
from autograder.course.grade_pushes import PushGrader
from autograder.course.handouts import known_handouts
from autograder.course.watching import Watch, watch_pushes
from autograder.errors import (
    AutograderError,
    GradebookError,
    PolicyError,
    RosterError,
)
from autograder.feedback.content import unreadable_summary
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.book import Book
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.student import Student
from autograder.grading.foreman.pool import WORKERS
from autograder.grading.judge.plan import read_plan
from autograder.policy import (
    DEFAULT_COURSE,
    Policy,
    read_policy,
    student_repositories,
)
from autograder.policy_names import check_names
from autograder.sandbox import require_interpreter
from autograder.text import in_log

STATE = Path(".grade-pushes")
_NOTHING_SEEN = (
    "the token sees no student's repository that has a commit: if there are any, it needs"
    " contents=read for them"
)
_NAMES_STUDENTS = ("extensions", "excused")
"""Keys of a course file with the names of students."""
_NOTHING_THERE = {PushState.NO_PUSH, PushState.NO_REPOSITORY}
_NOTHING_TO_DO = {
    *_NOTHING_THERE,
    PushState.NOTHING_YET,
    PushState.ALREADY,
    PushState.NO_LOGIN,
}


def grade_pushes_command(
    policy: Annotated[Path, typer.Option("--course", help="The course's policy.")] = DEFAULT_COURSE,
    assignment: AssignmentId = None,
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
        Path | None,
        typer.Option(help=f"Folder for work in progress; default: {STATE} by the policy."),
    ] = None,
    workers: Workers = WORKERS,
    every: Annotated[int, typer.Option(min=5, help="With --watch: seconds between rounds.")] = 5,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Repeat until stopped.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be graded, and write nothing.")
    ] = False,
    regrade: Annotated[
        bool,
        typer.Option("--regrade", help="Grade again what has a valid grade."),
    ] = False,
    names: Annotated[
        bool, typer.Option("--names", help="Print logins instead of places in the roster.")
    ] = False,
    no_sandbox: NoSandbox = False,
    any_python: AnyPython = False,
) -> None:
    """Grade pushes that are not graded yet, and post the grades at their commits.

    Needs GITHUB_TOKEN. Exit 0: all is graded; 1: some could not be, and the next run tries again.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, course_file=policy)
    require_interpreter(chosen.python, any_python=any_python)
    plan = read_plan(chosen, course.suites / chosen.id)
    try:
        rules = read_policy(policy)
        roster = read_roster(rules.roster, encoding=rules.roster_encoding)
        check_names(rules, roster, {test.id for test in plan.tests})
        book = _open_book(gradebook, chosen, rules)
    except (PolicyError, RosterError, GradebookError) as error:
        if names:
            raise
        raise _nameless(error) from None
    organization = student_repositories(rules).organization
    if sha is not None and (repo is None or not _is_commit(sha)):
        raise PolicyError("--sha: give a whole commit id of 40 digits, together with --repo")
    if watch and (sha is not None or dry_run or regrade):
        raise PolicyError("--watch does not go with --sha, --dry-run or --regrade")
    students: Sequence[Student] = roster.students
    if repo is not None:
        students = (_student_of(repo, rules, roster, organization),)
    server = GitHubServer.from_environment()
    os.environ.pop("GITHUB_TOKEN")  # so that no process that we start gets it
    with ExitStack() as opened:
        context = PushContext(
            client=opened.enter_context(GitHubClient(server)),
            policy=rules,
            assignment=chosen,
            suite=plan.digest,
            handouts=known_handouts(course),
            state=state or policy.parent / STATE,
            book=book,
            regrade=regrade,
            confined=not no_sandbox,
        )
        grader = opened.enter_context(PushGrader(context, course, workers))
        report = _Report(roster, names=names)
        if watch:
            rounds = Watch(context, grader.submit, students, roster.students)
            watch_pushes(rounds, every, report.round, lambda error: report.say(str(error)))
        found = find_pushes(context, students, roster.students, sha)
        outcomes = [*found.others]
        for outcome in outcomes:
            report.problem(outcome)
        if dry_run:
            outcomes += [
                PushOutcome(
                    push.student,
                    PushState.GRADED if push.handins else push.otherwise,
                    note=push.note,
                )
                for push in found.to_grade
            ]
        else:
            for outcome in grader.grade(found.to_grade):
                outcomes.append(outcome)
                report.problem(outcome)
        report.summary(outcomes, dry_run=dry_run)
    if any(outcome.state is PushState.FAILED or outcome.problem for outcome in outcomes):
        raise typer.Exit(1)


def _open_book(folder: Path | None, assignment: Assignment, policy: Policy) -> Book | None:
    """Open the gradebook, if one is given, and check what it has of hand-ins and students.

    Raises:
        AutograderError: It is not a folder, or its files have mistakes; nothing was graded yet.
    """
    if folder is None:
        return None
    if not folder.is_dir():
        raise PolicyError(f"{folder} is not a folder: make it, and put roster.csv into it")
    book = Book(folder, assignment, policy)
    book.handins()
    return book


class _Report:
    """Prints what happened. Names are shown only if asked for."""

    def __init__(self, roster: Roster, *, names: bool) -> None:
        self._places = {
            student.id: number for number, student in enumerate(roster.students, start=1)
        }
        self._names = names
        self._errors = Console(stderr=True, highlight=False, markup=False)

    def say(self, line: str) -> None:
        """Print a line."""
        self._errors.print(in_log(line), soft_wrap=True)

    def problem(self, outcome: PushOutcome) -> None:
        """Print the problem of a push, if any."""
        if outcome.problem:
            self.say(f"{self._name(outcome.student)}: {outcome.problem}")

    def round(self, outcomes: Sequence[PushOutcome]) -> None:
        """Print what came to an end in a round of many, if anything did."""
        for outcome in outcomes:
            self.problem(outcome)
        if any(outcome.state not in _NOTHING_TO_DO or outcome.note for outcome in outcomes):
            self.summary(outcomes, dry_run=False)

    def summary(self, outcomes: Sequence[PushOutcome], *, dry_run: bool) -> None:
        """Print how many students are in each state."""
        if dry_run:
            for outcome in outcomes:
                if outcome.state not in _NOTHING_TO_DO:
                    self.say(f"{self._name(outcome.student)}: would be {outcome.state}")
        for outcome in outcomes:
            if outcome.note:
                self.say(f"{self._name(outcome.student)}: {outcome.note}")
        counts = Counter(outcome.state for outcome in outcomes)
        if counts.keys() & _NOTHING_THERE and counts.keys() <= {
            *_NOTHING_THERE,
            PushState.NO_LOGIN,
        }:
            self.say(_NOTHING_SEEN)
        table = Table(show_header=False)
        table.add_row("students", str(len(outcomes)))
        for state in PushState:
            if counts[state]:
                is_planned = dry_run and state is PushState.GRADED
                table.add_row("to grade" if is_planned else state.value, str(counts[state]))
        console = Console(highlight=False, markup=False)
        console.print(table)
        tests, words = unreadable_summary(
            {self._name(outcome.student): outcome.unreadable for outcome in outcomes},
            named=self._names,
        )
        if tests:
            console.print(in_log(f"{tests} {words}"), soft_wrap=True)

    def _name(self, student: Student) -> str:
        return student.id if self._names else f"student {self._places[student.id]} of the roster"


def _nameless(error: AutograderError) -> AutograderError:
    """Return an error without the lines that may name a student."""
    first, *others = str(error).splitlines()
    if isinstance(error, (RosterError, GradebookError)) and others:
        return type(error)(f"{first} --names shows them")
    lines = [
        f"{key}: an entry has a mistake; --names shows it" if key else line
        for line in (first, *others)
        for key in [next((key for key in _NAMES_STUDENTS if f"{key}." in line), "")]
    ]
    return type(error)("\n".join(dict.fromkeys(lines)))


def _is_commit(text: str) -> bool:
    return len(text) == 40 and set(text) <= set("0123456789abcdef")


def _student_of(repo: str, policy: Policy, roster: Roster, organization: str) -> Student:
    """Return the student to whom a repository, a login or an id belongs.

    Raises:
        AutograderError: It belongs to no student.
    """
    owner, slash, name = repo.rpartition("/")
    if slash and owner.casefold() != organization.casefold():
        raise AutograderError(f"--repo: the course's repositories belong to {organization}")
    for student in roster.students:
        own = policy.repository_of(student)
        if own is not None and own.casefold() == name.casefold():
            return student
    found = None if slash else roster.find(name)
    if found is None:
        raise AutograderError("--repo: no student of the roster has this repository")
    return found
