"""The command `autograder doctor`."""

import typer
from rich.console import Console
from rich.text import Text

from autograder.cli.options import AnyPython
from autograder.doctor import examine, this_machine


def doctor_command(*, any_python: AnyPython = False) -> None:
    """Say what this machine offers for grading. Exit 1 if something is missing."""
    findings = list(examine(this_machine(), any_python=any_python))
    console = Console(highlight=False, markup=False)
    for one in findings:
        sign = Text("+ ", "green") if one.is_there else Text("x ", "red")
        console.print(sign + Text(f"{one.what}: {one.found}"), soft_wrap=True)
        if not one.is_there:
            console.print(Text(f"    {one.advice}"), soft_wrap=True)
    if not all(one.is_there for one in findings):
        raise typer.Exit(1)
