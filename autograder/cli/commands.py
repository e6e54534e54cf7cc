"""The list of all commands, and the application that is made of some or all of them."""

import importlib
import importlib.metadata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from autograder.cli.options import example

GRADE, CLASS, GITHUB, MAINTAIN = "Grade", "A class", "GitHub", "Maintain an assignment"
"""The groups in the list of commands."""


@dataclass(frozen=True)
class Command:
    """One command, or a group of commands, which is imported when it is used."""

    name: str
    module: str
    """In this package."""
    attribute: str
    """What the module calls it: a function, or a `typer.Typer` with several commands."""
    group: str
    arguments: str | None = None
    """Those of the example in its help; None for a group."""

    def load(self) -> Any:
        """Import it."""
        return getattr(importlib.import_module(f"autograder.cli.{self.module}"), self.attribute)


COMMANDS = (
    Command("grade", "grade", "grade_command", GRADE,
            "submissions/ada --format html --output page.html"),
    Command("grade-class", "grade_class", "grade_class_command", GRADE, "downloads --output out"),
    Command("regrade", "regrade", "regrade_command", GRADE, "downloads --output out --dry-run"),
    Command("grade-pushes", "grade_pushes", "grade_pushes_command", GRADE, "--dry-run"),
    Command("doctor", "machine", "doctor_command", GRADE, ""),
    Command("close", "close", "close_command", CLASS, "course/course.toml --output out"),
    Command("report", "report", "report_command", CLASS, "out --output class.html"),
    Command("similarity", "similarity", "similarity_command", CLASS,
            "submissions --output similar.html"),
    Command("extend", "policy_edits", "extend_command", CLASS, "ada 2026-12-08"),
    Command("excuse", "policy_edits", "excuse_command", CLASS, "grace"),
    Command("tests", "course_file", "list_tests_command", CLASS, ""),
    Command("publish", "distribution", "publish_command", GITHUB,
            "--template OWNER/m06-template --dry-run"),
    Command("make-repositories", "distribution", "make_command", GITHUB,
            "--template OWNER/m06-template --dry-run"),
    Command("update-repositories", "distribution", "update_command", GITHUB,
            "--template OWNER/m06-template --dry-run"),
    Command("release-solutions", "distribution", "release_command", GITHUB, "--dry-run"),
    Command("new", "maintain", "new_command", MAINTAIN, "m07_example"),
    Command("build", "maintain", "build_command", MAINTAIN, "--check"),
    Command("validate", "maintain", "validate_command", MAINTAIN, "--only empty_page"),
    Command("gradebook", "gradebook", "gradebook", CLASS),
    Command("requests", "requests", "requests", CLASS),
    Command("classroom50", "classroom50", "classroom50", GITHUB),
)  # fmt: skip


def make_app(commands: Iterable[Command]) -> typer.Typer:
    """Import commands, and make an application of them."""
    app = typer.Typer(
        help="Grade programming assignments.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    for command in commands:
        if command.arguments is None:
            app.add_typer(command.load(), name=command.name, rich_help_panel=command.group)
        else:
            epilog = example(f"{command.name} {command.arguments}".rstrip())
            app.command(command.name, rich_help_panel=command.group, epilog=epilog)(command.load())
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"autograder {importlib.metadata.version('autograder')}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it and end."),
    ] = False,
) -> None:
    """Grade programming assignments."""
