"""Options that several commands share."""

from typing import Annotated

import typer

AnyPython = Annotated[
    bool,
    typer.Option(
        "--any-python",
        envvar="AUTOGRADER_ANY_PYTHON",
        help="Grade with another Python if the assignment's is not installed.",
    ),
]
AssignmentId = Annotated[
    str | None,
    typer.Option(
        "--assignment",
        metavar="ID",
        help="Default: the assignment of the given files, or the only assignment.",
    ),
]
EachAssignment = Annotated[
    str | None, typer.Option("--assignment", metavar="ID", help="Default: all.")
]
NoSandbox = Annotated[
    bool,
    typer.Option("--no-sandbox", help="Run the code without a sandbox: only if you trust it."),
]
Workers = Annotated[
    int,
    typer.Option(
        min=1, show_default="processors + 1", help="How many submissions to grade in parallel."
    ),
]


def example(command: str) -> str:
    """Return the last line of a command's help: how it is used.

    >>> example("grade submissions/ada")
    'Example: `autograder grade submissions/ada`'
    """
    return f"Example: `autograder {command}`"
