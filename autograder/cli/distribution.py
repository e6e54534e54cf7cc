"""The commands `autograder publish` and `autograder release-solutions`."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId
from autograder.distribution.releasing import Outcome, Plan, Release, as_page, release
from autograder.distribution.secrets import read_secrets
from autograder.distribution.solutions import released_solutions
from autograder.distribution.student_repository import LeakError, publish
from autograder.errors import AutograderError, PolicyError, PublishError, RosterError
from autograder.github.client import GitHubClient, Place
from autograder.github.commits import Remote
from autograder.gradebook.roster import Roster, read_roster
from autograder.policy import DEFAULT_COURSE, check_extensions, read_policy
from autograder.text import in_log, inert

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")

CourseFile = Annotated[Path, typer.Option("--course", help="The course's policy.")]


def publish_command(
    template: Annotated[str, typer.Option(help="Template repository: OWNER/NAME, or a folder.")],
    assignment: AssignmentId = None,
    course_file: CourseFile = DEFAULT_COURSE,
    public_word: Annotated[
        list[str] | None,
        typer.Option(help="No leak, though a student goes by it; may be repeated."),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do all but the push, and say what would change.")
    ] = False,
) -> None:
    """Publish the student repository to its template repository, once nothing secret is in it.

    The token is taken from GITHUB_TOKEN.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, course_file=course_file)
    remote = _remote(template)
    with _discreet(quiet=_on_actions()):
        roster = _roster_if_any(course_file)
    secrets = read_secrets(course, chosen, roster, public_word or ())
    try:
        done = publish(course, chosen, remote, secrets, dry_run=dry_run)
    except LeakError as error:
        for leak in error.leaks:
            typer.echo(f"  {in_log(str(leak))}", err=True)
        raise
    for name in done.changed:
        typer.echo(f"  {inert(name)}")
    if not done.changed:
        typer.echo("nothing to do: the template repository is up to date")
    else:
        what = f"published as {done.commit[:12]}" if done.commit else "to be published"
        typer.echo(f"{len(done.changed)} files {what}")


def release_command(
    assignment: AssignmentId = None,
    course_file: CourseFile = DEFAULT_COURSE,
    output: Annotated[Path | None, typer.Option(help="Write what was done as a page here.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Release only to this student; may be repeated.")
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Release before the deadline and extensions.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing, and say what would be done.")
    ] = False,
    quiet: Annotated[
        bool | None,
        typer.Option("--quiet/--no-quiet", help="Print counts only; so it is in GitHub Actions."),
    ] = None,
) -> None:
    """Release the solutions after the deadline: a branch and a pull request for each student.

    Do it again to go on where it was interrupted, or for who had an extension. The token is taken
    from GITHUB_TOKEN. Exit 0: done; 1: it failed for some, who are named in the page.
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
    plan = Plan(chosen, policy, files, now, force=force, dry_run=dry_run)
    done: list[Release] = []

    def tell(one: Release) -> None:
        done.append(one)
        if not quiet:
            typer.echo(inert(f"{one.student}: {one.outcome} {one.note}".rstrip()))

    wanted = _wanted(roster, only)
    try:
        with GitHubClient(Place.from_environment()) as github:
            release(plan, wanted.students, github, on_done=tell)
    finally:
        if output is not None and done:
            _write(output, as_page(plan, done))
    counts = Counter(one.outcome for one in done)
    for outcome in Outcome:
        if counts[outcome]:
            typer.echo(f"{counts[outcome]} {outcome}")
    if counts[Outcome.FAILED]:
        raise typer.Exit(1)


def _on_actions() -> bool:
    """Whether this is a job whose log more people may see than should see names."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def _discreet(*, quiet: bool) -> Iterator[None]:
    """Keep what is wrong with a roster or a policy out of a log: it names students.

    Raises:
        AutograderError: Something is wrong with them.
    """
    try:
        yield
    except (RosterError, PolicyError):
        if not quiet:
            raise
        raise PublishError(
            "the course's policy or roster has mistakes; they name students, so they are told"
            " where this is run on your own machine"
        ) from None


def _remote(template: str) -> Remote:
    """Say where the template repository is."""
    if Path(template).is_dir():
        return Remote(str(Path(template).resolve()))
    if not _NAME.fullmatch(template):
        raise PublishError("give the template repository as OWNER/NAME")
    place = Place.from_environment()
    return Remote(f"{place.server}/{template}.git", place.token)


def _roster_if_any(course_file: Path) -> Roster | None:
    """Read who is in the class; before there is one, say that nobody was looked for."""
    if course_file.exists():
        policy = read_policy(course_file)
        if policy.roster.exists():
            return read_roster(policy.roster)
    typer.echo(f"no roster by {course_file}: students' names are not looked for", err=True)
    return None


def _wanted(roster: Roster, only: list[str] | None) -> Roster:
    found = {name: roster.find(name) for name in only or ()}
    unknown = sorted(name for name, one in found.items() if one is None)
    if unknown:
        raise PublishError(f"the roster has no {', '.join(unknown)}")
    students = tuple(one for one in found.values() if one is not None)
    return Roster(students=students) if only else roster


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AutograderError(f"{path} cannot be written: {error.strerror}") from None
