"""The commands `autograder extend` and `autograder excuse`."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.course.policy_edits import excuse, extend
from autograder.errors import PolicyError
from autograder.policy import DEFAULT_COURSE

StudentName = Annotated[str, typer.Argument(help="Login, id or e-mail address in the roster.")]
CourseFile = Annotated[Path, typer.Option("--course", help="The course's policy.")]


def extend_command(
    student: StudentName,
    until: Annotated[
        str | None,
        typer.Argument(
            help="2026-12-08 (at the deadline's time) or 2026-12-08T18:00, with or without offset."
        ),
    ] = None,
    course: CourseFile = DEFAULT_COURSE,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the extension.")] = False,
    shorten: Annotated[
        bool,
        typer.Option("--shorten", help="Allow a time before the deadline or present extension."),
    ] = False,
) -> None:
    """Give a student another deadline: write it into `course.toml`, and keep its comments."""
    if remove == (until is not None):
        raise PolicyError("give either the time until which to extend, or --remove")
    typer.echo(extend(course, student, until, shorten=shorten))


def excuse_command(
    student: StudentName,
    course: CourseFile = DEFAULT_COURSE,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the excuse.")] = False,
) -> None:
    """Excuse a student, for whom the assignment does not count then, in `course.toml`."""
    typer.echo(excuse(course, student, excused=not remove))
