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
