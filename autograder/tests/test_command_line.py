"""The command line as a whole: what it offers, and how fast it says so."""

import subprocess
import sys

from typer.testing import CliRunner

from autograder.cli import app

SLOW = {"boto3", "distributed", "moto", "nbgrader", "pytest"}


def test_help_waits_for_nothing_that_only_grading_needs() -> None:
    """Neither moto nor pytest is imported, which take seconds."""
    script = "import sys, autograder.cli; print(*sys.modules)"

    printed = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout

    assert "autograder.cli" in printed.split()
    assert not SLOW & set(printed.split())


def test_commands_are_grouped_by_work() -> None:
    """Whoever maintains an assignment finds its commands together, and so do others."""
    result = CliRunner().invoke(app, ["--help"])

    headings = [line for line in result.output.splitlines() if line.startswith("╭─")]
    words = [heading.strip("╭─╮ ") for heading in headings]
    assert words == ["Options", "Grade", "A class", "GitHub", "Maintain an assignment"]


def test_the_version_is_said() -> None:
    """In a form that can be put into a report."""
    result = CliRunner().invoke(app, ["--version"])

    assert result.exit_code == 0
    assert result.output.startswith("autograder 0.")
