"""The command `autograder doctor`."""

import typer
from rich.console import Console
from rich.text import Text

from autograder.cli.options import AnyPython
from autograder.doctor import examine, this_machine


def doctor_command(*, any_python: AnyPython = False) -> None:
    """Check whether this machine can grade. Exit 1 if something is missing."""
    findings = list(examine(this_machine(), any_python=any_python))
    console = Console(highlight=False, markup=False)
    for finding in findings:
        sign = Text("+ ", "green") if finding.is_there else Text("x ", "red")
        console.print(sign + Text(f"{finding.what}: {finding.found}"), soft_wrap=True)
        if not finding.is_there:
            console.print(Text(f"    {finding.advice}"), soft_wrap=True)
    if not all(finding.is_there for finding in findings):
        raise typer.Exit(1)
