"""Writes a command's result to the terminal, or to a file in one step."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from rich.console import Console

from autograder.errors import AutograderError
from autograder.files import write_whole


def check_writable(output: Path | None) -> None:
    """Raise an error, before the work is done, if its result could not be written."""
    if output is not None and (output.is_dir() or not output.resolve().parent.is_dir()):
        raise AutograderError(f"{output} cannot be written: give a file in a folder that exists")


def write_result(render: Callable[[Console], None], output: Path | None) -> None:
    """Write a result to the terminal or to a file."""
    if output is None:
        try:
            render(Console(highlight=False, markup=False))
        except OSError as error:
            raise AutograderError(f"the result cannot be written: {error.strerror}") from None
        return
    text = StringIO()
    render(Console(file=text, highlight=False, markup=False, width=100))
    write_whole(output, text.getvalue())
