"""The command line as a whole: its help, the time that this takes, and its version."""

import subprocess
import sys

from typer.testing import CliRunner

from autograder.cli.app import app

SLOW = {"boto3", "distributed", "httpx", "moto", "nbgrader", "pytest"}


def test_commands_do_not_import_what_the_processes_that_they_start_need() -> None:
    """To import moto or pytest takes seconds, for help and for a grade."""
    script = (
        "import sys, autograder.cli.app, autograder.grading.foreman.examiner; print(*sys.modules)"
    )

    printed = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout

    assert "autograder.cli.app" in printed.split()
    assert not SLOW & set(printed.split())


def test_a_command_imports_no_other() -> None:
    """All of them together take most of a second, before each grade."""
    script = "import sys, autograder.cli; sys.argv[1:] = ['grade', '--help']; autograder.cli.main()"

    listed = subprocess.run(
        [sys.executable, "-v", "-c", script], check=True, capture_output=True, text=True
    )

    assert "Usage: " in listed.stdout
    assert "import 'autograder.cli.grade'" in listed.stderr
    assert "import 'autograder.cli.gradebook'" not in listed.stderr


def test_commands_are_grouped_by_work() -> None:
    """Maintainers of an assignment find their commands together, as instructors do."""
    result = CliRunner().invoke(app, ["--help"])

    headings = [line for line in result.output.splitlines() if line.startswith("╭─")]
    words = [heading.strip("╭─╮ ") for heading in headings]
    assert words == ["Options", "Grade", "A class", "GitHub", "Maintain an assignment"]


def test_the_version_is_printed() -> None:
    """With the program's name, for use in a report."""
    result = CliRunner().invoke(app, ["--version"])

    assert result.exit_code == 0
    assert result.output.startswith("autograder 0.")
