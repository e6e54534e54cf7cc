"""The command line: `autograder grade PATH`, `grade-class`, `grade-pushes`, `build` and others.

Exit codes, which no submission can change:

* 0: the command is done, whatever the scores are.
* 1: the command is done, but something needs attention: `build --check` found a file out of date,
  `validate` has findings, `doctor` misses something, `gradebook`, `classroom50` or `report` could
  not read some input, or some students or pushes were not graded.
* 2: the command could not be done; one line on stderr says why.
"""

import importlib.metadata
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from autograder.cli.classroom50 import classroom50
from autograder.cli.distribution import (
    make_command,
    publish_command,
    release_command,
    update_command,
)
from autograder.cli.grade import grade_command
from autograder.cli.grade_class import grade_class_command
from autograder.cli.grade_pushes import grade_pushes_command
from autograder.cli.gradebook import gradebook
from autograder.cli.machine import doctor_command
from autograder.cli.maintain import build_command, new_command, validate_command
from autograder.cli.options import example
from autograder.cli.report import report_command
from autograder.cli.similarity import similarity_command
from autograder.errors import AutograderError
from autograder.text import in_log

app = typer.Typer(
    help="Grade programming assignments.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


GRADE, CLASS, GITHUB, MAINTAIN = "Grade", "A class", "GitHub", "Maintain an assignment"
"""The groups in the list of commands."""

for name, command, group, shown in (
    ("grade", grade_command, GRADE, "submissions/ada --format html --output page.html"),
    ("grade-class", grade_class_command, GRADE, "downloads --output out"),
    ("grade-pushes", grade_pushes_command, GRADE, "--dry-run"),
    ("doctor", doctor_command, GRADE, ""),
    ("report", report_command, CLASS, "out --output class.html"),
    ("similarity", similarity_command, CLASS, "submissions --output similar.html"),
    ("publish", publish_command, GITHUB, "--template OWNER/m06-template --dry-run"),
    ("make-repositories", make_command, GITHUB, "--template OWNER/m06-template --dry-run"),
    ("update-repositories", update_command, GITHUB, "--template OWNER/m06-template --dry-run"),
    ("release-solutions", release_command, GITHUB, "--dry-run"),
    ("new", new_command, MAINTAIN, "m07_example"),
    ("build", build_command, MAINTAIN, "--check"),
    ("validate", validate_command, MAINTAIN, "--only empty_page"),
):
    epilog = example(f"{name} {shown}".rstrip())
    app.command(name, rich_help_panel=group, epilog=epilog)(command)
app.add_typer(gradebook, name="gradebook", rich_help_panel=CLASS)
app.add_typer(classroom50, name="classroom50", rich_help_panel=GITHUB)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"autograder {importlib.metadata.version('autograder')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it and end."),
    ] = False,
) -> None:
    """Grade programming assignments."""


def main() -> None:
    """Run the command line."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except AutograderError as error:
        message = str(error)
    except TyperException as error:
        message = error.format_message()
    except typer.Abort:
        sys.exit(130)
    if message:  # without arguments, the help was printed instead
        sys.stderr.write(f"autograder: {in_log(message)}\n")
    sys.exit(2)
