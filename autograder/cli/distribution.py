"""The commands that hand things out to students, from `publish` to `release-solutions`."""

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId
from autograder.distribution.making import MakingPlan, make_repositories
from autograder.distribution.per_student import (
    NEED_A_PERSON,
    DistributionOutcome,
    StudentResult,
    results_page,
)
from autograder.distribution.releasing import ReleasePlan, release_solutions
from autograder.distribution.secrets import read_secrets
from autograder.distribution.solutions import released_solutions
from autograder.distribution.template import LeakError, update_template
from autograder.distribution.updating import UpdatePlan, read_handout, update_repositories
from autograder.errors import DistributionError, PolicyError, RosterError
from autograder.files import write_whole
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.git import Remote
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.student import Student
from autograder.policy import (
    DEFAULT_COURSE,
    Policy,
    read_policy,
    student_repositories,
)
from autograder.policy_names import check_names
from autograder.text import counted, in_log, inert

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")

CourseFile = Annotated[Path, typer.Option("--course", help="The course's policy.")]
PublicWord = Annotated[
    list[str] | None,
    typer.Option(help="Allow this word, though a student has that name; may be repeated."),
]
ResultsPage = Annotated[
    Path | None, typer.Option("--output", help="Write a page in Markdown about what was done.")
]
OnlyStudents = Annotated[
    list[str] | None, typer.Option("--only", help="Only for this student; may be repeated.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be done, and write nothing.")
]
Quiet = Annotated[
    bool | None,
    typer.Option("--quiet/--no-quiet", help="Print counts only; the default in GitHub Actions."),
]


def publish_command(
    template: Annotated[str, typer.Option(help="Template repository: OWNER/NAME, or a folder.")],
    assignment: AssignmentId = None,
    course_file: CourseFile = DEFAULT_COURSE,
    public_word: PublicWord = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change, and push nothing.")
    ] = False,
) -> None:
    """Push the student repository to its template repository, after a search for secrets in it.

    Needs GITHUB_TOKEN.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, course_file=course_file)
    remote = _remote(template)
    with _discreet(quiet=_on_actions()):
        roster = _roster_if_any(course_file)
    secrets = read_secrets(course, chosen, roster, public_word or ())
    with _leaks_listed():
        update = update_template(course, chosen, remote, secrets, dry_run=dry_run)
    for name in update.changed:
        typer.echo(f"  {inert(name)}")
    if not update.changed:
        typer.echo("nothing to do: the template repository is up to date")
    else:
        what = f"published as {update.commit[:12]}" if update.commit else "would be published"
        typer.echo(f"{counted(len(update.changed), 'file')} {what}")


def make_command(
    template: Annotated[str, typer.Option(help="Template repository: OWNER/NAME.")],
    course_file: CourseFile = DEFAULT_COURSE,
    output: ResultsPage = None,
    only: OnlyStudents = None,
    *,
    dry_run: DryRun = False,
    quiet: Quiet = None,
) -> None:
    """Make a private repository for each student from the template, and invite the student.

    Run it again as often as you like: repositories that exist stay as they are, and invitations
    that are missing or expired are sent again. Needs GITHUB_TOKEN. Exit 0: done; 1: some students
    need a person, such as those without a login; the page names them.
    """
    quiet = _on_actions() if quiet is None else quiet
    policy, roster = _read_class(course_file, quiet=quiet)
    if not _NAME.fullmatch(template):
        raise DistributionError("give the template repository as OWNER/NAME")
    plan = MakingPlan(template, policy, dry_run)
    with GitHubClient(GitHubServer.from_environment()) as github:
        _report(
            make_repositories(plan, _wanted(roster, only), github),
            "Repositories of students",
            policy,
            output,
            dry_run=dry_run,
            quiet=quiet,
        )


def update_command(
    template: Annotated[str, typer.Option(help="Template repository: OWNER/NAME, or a folder.")],
    assignment: AssignmentId = None,
    course_file: CourseFile = DEFAULT_COURSE,
    public_word: PublicWord = None,
    output: ResultsPage = None,
    only: OnlyStudents = None,
    *,
    dry_run: DryRun = False,
    quiet: Quiet = None,
) -> None:
    """Offer a new version of the handout to each student, as a pull request.

    Publish it first. Files are searched for secrets, as `publish` does. Run it again as often as
    you like: a later version moves the same pull request. Needs GITHUB_TOKEN. Exit 0: done; 1:
    some students need a person, such as those without a login; the page names them.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, course_file=course_file)
    quiet = _on_actions() if quiet is None else quiet
    policy, roster = _read_class(course_file, quiet=quiet)
    secrets = read_secrets(course, chosen, roster, public_word or ())
    with _leaks_listed():
        handout = read_handout(course, chosen, _remote(template), secrets)
    plan = UpdatePlan(handout, policy, dry_run)
    with GitHubClient(GitHubServer.from_environment()) as github:
        _report(
            update_repositories(plan, _wanted(roster, only), github),
            f"New version of {chosen.title}",
            policy,
            output,
            dry_run=dry_run,
            quiet=quiet,
        )


def release_command(
    assignment: AssignmentId = None,
    course_file: CourseFile = DEFAULT_COURSE,
    output: ResultsPage = None,
    only: OnlyStudents = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Release before the deadline and extensions.")
    ] = False,
    dry_run: DryRun = False,
    quiet: Quiet = None,
) -> None:
    """Release the solutions after the deadline: a branch and a pull request for each student.

    Run it again to continue after an interruption, or for students with an extension. Needs
    GITHUB_TOKEN. Exit 0: done; 1: it failed for some students, whom the page names.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, course_file=course_file)
    quiet = _on_actions() if quiet is None else quiet
    policy, roster = _read_class(course_file, quiet=quiet)
    files = released_solutions(course, chosen)
    plan = ReleasePlan(chosen, policy, files, _now(policy), force=force, dry_run=dry_run)
    with GitHubClient(GitHubServer.from_environment()) as github:
        _report(
            release_solutions(plan, _wanted(roster, only), github),
            f"Solutions of {chosen.title}",
            policy,
            output,
            dry_run=dry_run,
            quiet=quiet,
            need_a_person=(DistributionOutcome.FAILED,),
        )


def _report(
    results_so_far: Iterable[StudentResult],
    heading: str,
    policy: Policy,
    output: Path | None,
    *,
    dry_run: bool,
    quiet: bool,
    need_a_person: Collection[DistributionOutcome] = NEED_A_PERSON,
) -> None:
    """Print each result as it comes, write the page, also before an interruption, and print counts.

    Raises:
        typer.Exit: With 1, some student has one of the outcomes that need a person.
    """
    results: list[StudentResult] = []
    try:
        for result in results_so_far:
            results.append(result)
            if not quiet:
                line = f"{result.student}: {result.outcome} {result.note}"
                typer.echo(inert(line.rstrip()))
    finally:
        if output is not None and results:
            page = results_page(heading, _now(policy), results, dry_run=dry_run)
            write_whole(output, page)
    counts = Counter(result.outcome for result in results)
    for outcome in DistributionOutcome:
        if counts[outcome]:
            typer.echo(f"{counts[outcome]} {outcome}")
    if any(counts[outcome] for outcome in need_a_person):
        raise typer.Exit(1)


def _read_class(course_file: Path, *, quiet: bool) -> tuple[Policy, Roster]:
    """Read the policy and the roster that it names."""
    with _discreet(quiet=quiet):
        policy = read_policy(course_file)
        roster = read_roster(policy.roster, encoding=policy.roster_encoding)
        check_names(policy, roster)
    student_repositories(policy)  # a course that is not on GitHub ends here
    return policy, roster


def _now(policy: Policy) -> datetime:
    """Return the time in the course's zone."""
    return datetime.now(UTC).astimezone(ZoneInfo(policy.timezone))


@contextmanager
def _leaks_listed() -> Iterator[None]:
    """Print each leak, and pass the error on."""
    try:
        yield
    except LeakError as error:
        for leak in error.leaks:
            typer.echo(f"  {in_log(str(leak))}", err=True)
        raise


def _on_actions() -> bool:
    """Tell whether this is a job of GitHub Actions: other people may read its log."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def _discreet(*, quiet: bool) -> Iterator[None]:
    """With `quiet`, hide the text of errors in the roster or the policy: they may name students."""
    try:
        yield
    except (RosterError, PolicyError):
        if not quiet:
            raise
        raise DistributionError(
            "the course's policy or roster has mistakes, which are not shown here because they may"
            " name students: run this on your own machine to see them"
        ) from None


def _remote(template: str) -> Remote:
    """Return the template repository for OWNER/NAME or a folder."""
    if Path(template).is_dir():
        return Remote(str(Path(template).resolve()))
    if not _NAME.fullmatch(template):
        raise DistributionError("give the template repository as OWNER/NAME")
    return GitHubServer.from_environment().remote(template)


def _roster_if_any(course_file: Path) -> Roster | None:
    """Read the roster. If it does not exist yet, warn that students' names are not looked for."""
    if course_file.exists():
        policy = read_policy(course_file)
        if policy.roster.exists():
            return read_roster(policy.roster, encoding=policy.roster_encoding)
    typer.echo(
        f"{course_file} names no roster that exists: students' names are not looked for", err=True
    )
    return None


def _wanted(roster: Roster, only: list[str] | None) -> Sequence[Student]:
    """Return the students that `--only` names, or all students without `--only`.

    Raises:
        DistributionError: `--only` names somebody who is not in the roster.
    """
    if not only:
        return roster.students
    found = {name: roster.find(name) for name in only}
    unknown = sorted(name for name, student in found.items() if student is None)
    if unknown:
        raise DistributionError(f"the roster has no {', '.join(unknown)}")
    return [student for student in found.values() if student is not None]
