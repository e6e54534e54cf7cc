"""The commands `autograder requests list` and `autograder requests answer`."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId, example
from autograder.course.regrade_requests import (
    ClassRequests,
    RegradeRequest,
    answer_comment,
    check_answer,
    find_request,
    request_names,
)
from autograder.course.request_file import REQUESTS_FILE, answer_row, class_requests
from autograder.course.results import FEEDBACK
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.roster import read_roster
from autograder.grading.judge.plan import read_plan
from autograder.policy import DEFAULT_COURSE, read_policy
from autograder.text import counted, inert

requests = typer.Typer(
    help="List and answer students' requests to look at a grade again.", no_args_is_help=True
)

CourseFile = Annotated[Path, typer.Option("--course", help="The course's policy.")]

MOST_PER_STUDENT = 5
"""Open requests of one student in the list; more are counted."""
LONGEST_LINE = 300
"""Characters of a reason in the list."""


@requests.command("list", epilog=example("requests list --course course/course.toml"))
def list_command(
    course: CourseFile = DEFAULT_COURSE,
    assignment: AssignmentId = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder that `grade-class` wrote, to name the feedback pages in it."),
    ] = None,
) -> None:
    """List open requests: who, about what, and why.

    Reads comments that begin with `/regrade` (with GITHUB_TOKEN set), and `requests.csv` next to
    the course file. Exit 1: some repositories, or some rows of the file, could not be read.
    """
    with ExitStack() as opened:
        found = _find(course, assignment, _client(opened))
    seen: Counter[str] = Counter()
    for request in found.requests:
        seen[request.student] += 1
        if seen[request.student] <= MOST_PER_STUDENT:
            for line in _lines(request, output):
                typer.echo(line)
    for student, number in seen.items():
        if number > MOST_PER_STUDENT:
            typer.echo(f"{student}: {number - MOST_PER_STUDENT} more")
    typer.echo(counted(len(found.requests), "open request"))
    for line in found.unread:
        typer.echo(inert(line), err=True)
    if found.unread:
        raise typer.Exit(1)


@requests.command(epilog=example('requests answer 1234 --text "The test was wrong: 3 points more"'))
def answer(
    number: Annotated[int, typer.Argument(help="The request's, as `requests list` shows it.")],
    text: Annotated[str, typer.Option(help="What you decided, and why.")],
    course: CourseFile = DEFAULT_COURSE,
    assignment: AssignmentId = None,
) -> None:
    """Answer a request, which closes it.

    The student reads the answer as a comment on the commit. For a row of `requests.csv`, it is
    written into the column `answer`.
    """
    decided = check_answer(text)
    with ExitStack() as opened:
        client = _client(opened)
        request = find_request(_find(course, assignment, client).requests, number)
        if client is not None and request.repository:
            answer_comment(client, request, decided)
        else:
            answer_row(course.with_name(REQUESTS_FILE), number, decided)
    typer.echo(f"{request.student}: request {number} is answered")


def _client(opened: ExitStack) -> GitHubClient | None:
    """Return a client for GitHub; None without a token."""
    if not os.environ.get("GITHUB_TOKEN"):
        return None
    server = GitHubServer.from_environment()
    os.environ.pop("GITHUB_TOKEN")  # no process that we start has it
    return opened.enter_context(GitHubClient(server))


def _find(course_file: Path, assignment: str | None, client: GitHubClient | None) -> ClassRequests:
    """Find the open requests of a course.

    Raises:
        AutograderError: There is nowhere to look.
    """
    policy = read_policy(course_file)
    file = course_file.with_name(REQUESTS_FILE)
    if not file.exists() and (client is None or policy.organization is None):
        raise GitHubError(
            f"there is nowhere to look: {file} does not exist, and GitHub is asked only if the "
            "course names its organization and GITHUB_TOKEN is set"
        )
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, course_file=course_file)
    names = request_names(chosen, read_plan(chosen, course.suites / chosen.id))
    return class_requests(
        course_file,
        policy,
        read_roster(policy.roster, encoding=policy.roster_encoding),
        names,
        client,
    )


def _lines(request: RegradeRequest, output: Path | None) -> Iterator[str]:
    """Write a request as two or three lines."""
    about = f" {request.about}" if request.about else ""
    yield f"{request.number}  {request.student}{about}: {inert(request.reason, LONGEST_LINE)}"
    if request.address:
        yield f"    {inert(request.address)}"
    page = None if output is None else output / FEEDBACK / f"{request.student}.html"
    if page is not None and page.is_file():
        yield f"    {page}"
