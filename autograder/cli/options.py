"""Options that several commands have, under one name and with one meaning."""

from typing import Annotated

import typer

AnyPython = Annotated[
    bool,
    typer.Option(
        "--any-python",
        envvar="AUTOGRADER_ANY_PYTHON",
        help="Where the assignment's Python is not installed, grade with another.",
    ),
]
AssignmentId = Annotated[
    str | None,
    typer.Option(
        "--assignment",
        metavar="ID",
        help="Default: what the given files are of, or the only one.",
    ),
]
EachAssignment = Annotated[
    str | None, typer.Option("--assignment", metavar="ID", help="Default: all.")
]
