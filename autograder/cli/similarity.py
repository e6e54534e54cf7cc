"""The command `autograder similarity`."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import HANDOUT_FILE, Assignment, Course
from autograder.choice import choose_assignment
from autograder.cli.options import AssignmentId
from autograder.errors import AutograderError
from autograder.files import write_whole
from autograder.intake.sources import HandedIn, find_submissions
from autograder.reports.similar_pairs import Sources, compare
from autograder.reports.similarity_page import as_page
from autograder.submission import read_submission
from autograder.text import in_log

MOST_PAIRS = 50
_CODE_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def similarity_command(
    source: Annotated[
        Path, typer.Argument(help="A folder per student, or an unpacked download of an LMS.")
    ],
    output: Annotated[Path, typer.Option(help="HTML file to write.")],
    assignment: AssignmentId = None,
    pairs: Annotated[int, typer.Option(min=1, max=500, help="Most pairs to show.")] = MOST_PAIRS,
    *,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Number the students.")] = False,
) -> None:
    """Show which submissions have alike code, for a person to judge. It touches no grade.

    Python files are compared, helper modules too; notebooks are not.
    """
    course = Course.of_this_checkout()
    chosen = choose_assignment(course, assignment, submissions=source)
    if output.is_dir() or not output.resolve().parent.is_dir():
        raise AutograderError(f"{output} cannot be written: give a file in a folder that exists")
    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
        found = find_submissions(source, chosen, Path(scratch))
        trouble: list[str] = list(found.oddities)
        comparison = compare(
            _sources(found.handed_in, chosen, trouble), handed_out(course, chosen), pairs
        )
    for line in (*trouble, *comparison.left_out):
        typer.echo(in_log(line), err=True)
    write_whole(output, as_page(comparison, chosen.title, anonymous=anonymous))
    typer.echo(f"{comparison.students} submissions compared, {comparison.found} pairs are alike")


def _sources(
    handed_in: tuple[HandedIn, ...], assignment: Assignment, trouble: list[str]
) -> Iterator[Sources]:
    """Read the Python files of each; what cannot be read is named."""
    for one in handed_in:
        try:
            submission = read_submission(one.folder, assignment)
        except AutograderError as error:
            trouble.append(f"{one.student}: {error}")
            continue
        trouble += [f"{one.student}: {no.file}: {no.reason}" for no in submission.refused]
        trouble += [f"{one.student}: {note}" for note in submission.notes]
        code = {
            name: text
            for name, text in submission.files.items()
            if name.endswith(".py") and not name.startswith("checks/")
        }
        yield Sources(one.student, code)


def handed_out(course: Course, assignment: Assignment) -> tuple[bytes, ...]:
    """Take all code that students were given: stubs, visible checks, examples in the handout."""
    folder = course.assignments / assignment.id
    try:
        files = [one.read_bytes() for one in sorted(folder.rglob("*.py"))]
        handout = (folder / HANDOUT_FILE).read_text("utf-8")
    except OSError as error:
        raise AutograderError(f"{folder} cannot be read: {error.strerror}") from None
    return (*files, *(block.encode() for block in _CODE_BLOCK.findall(handout)))
