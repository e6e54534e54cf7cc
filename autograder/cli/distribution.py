"""The commands `autograder publish` and `autograder release-solutions`."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId
from autograder.distribution.releasing import (
    ReleaseOutcome,
    ReleasePlan,
    StudentRelease,
    release_solutions,
    releases_page,
)
from autograder.distribution.secrets import read_secrets
from autograder.distribution.solutions import released_solutions
from autograder.distribution.template import LeakError, update_template
from autograder.errors import DistributionError, PolicyError, RosterError
from autograder.files import write_whole
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.git import Remote
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.student import Student
from autograder.policy import DEFAULT_COURSE, check_extensions, read_policy
from autograder.text import counted, in_log, inert

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")

CourseFile = Annotated[Path, typer.Option("--course", help="The course's policy.")]


def publish_command(
    template: Annotated[str, typer.Option(help="Template repository: OWNER/NAME, or a folder.")],
    assignment: AssignmentId = None,
    course_file: CourseFile = DEFAULT_COURSE,
    public_word: Annotated[
        list[str] | None,
        typer.Option(help="Allow this word, though a student has that name; may be repeated."),
    ] = None,
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
    try:
        update = update_template(course, chosen, remote, secrets, dry_run=dry_run)
    except LeakError as error:
        for leak in error.leaks:
            typer.echo(f"  {in_log(str(leak))}", err=True)
        raise
    for name in update.changed:
        typer.echo(f"  {inert(name)}")
    if not update.changed:
        typer.echo("nothing to do: the template repository is up to date")
    else:
        what = f"published as {update.commit[:12]}" if update.commit else "would be published"
        typer.echo(f"{counted(len(update.changed), 'file')} {what}")


def release_command(
    assignment: AssignmentId = None,
    course_file: CourseFile = DEFAULT_COURSE,
    output: Annotated[
        Path | None, typer.Option(help="Write a page in Markdown about what was done.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Release only to this student; may be repeated.")
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Release before the deadline and extensions.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be done, and write nothing.")
    ] = False,
    quiet: Annotated[
        bool | None,
        typer.Option(
            "--quiet/--no-quiet", help="Print counts only; the default in GitHub Actions."
        ),
    ] = None,
) -> None:
    """Release the solutions after the deadline: a branch and a pull request for each student.

    Run it again to continue after an interruption, or for students with an extension. Needs
    GITHUB_TOKEN. Exit 0: done; 1: it failed for some students, whom the page names.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, course_file=course_file)
    quiet = _on_actions() if quiet is None else quiet
    with _discreet(quiet=quiet):
        policy = read_policy(course_file)
        roster = read_roster(policy.roster)
        check_extensions(policy, roster)
    now = datetime.now(UTC).astimezone(ZoneInfo(policy.timezone))
    files = released_solutions(course, chosen)
    plan = ReleasePlan(chosen, policy, files, now, force=force, dry_run=dry_run)
    wanted = _wanted(roster, only)
    releases: list[StudentRelease] = []
    try:
        with GitHubClient(GitHubServer.from_environment()) as github:
            for release in release_solutions(plan, wanted, github):
                releases.append(release)
                if not quiet:
                    line = f"{release.student}: {release.outcome} {release.note}"
                    typer.echo(inert(line.rstrip()))
    finally:  # also report what was released before an error or Ctrl-C
        if output is not None and releases:
            write_whole(output, releases_page(plan, releases))
    counts = Counter(release.outcome for release in releases)
    for outcome in ReleaseOutcome:
        if counts[outcome]:
            typer.echo(f"{counts[outcome]} {outcome}")
    if counts[ReleaseOutcome.FAILED]:
        raise typer.Exit(1)


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
            return read_roster(policy.roster)
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
