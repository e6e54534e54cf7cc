"""The one view of a notebook that was handed in: it is read, bounded, and never run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.notebook.answers import Answers, closed_answers
from autograder.notebook.cells import Notebook, NotebookError, read_notebook


@dataclass(frozen=True)
class ReadNotebook:
    """A notebook that was handed in, read; nothing of it is run."""

    notebook: Notebook | None
    answers: Answers
    problem: str = ""
    """Why there is nothing to read, in a sentence for the student."""
    is_missing: bool = False


class SubmittedFiles:
    """The files that were handed in and are read, never run.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._notebooks: dict[str, ReadNotebook] = {}

    def notebook(self, name: str) -> ReadNotebook:
        """Read a notebook, once in a run."""
        if name not in self._notebooks:
            # Stands where reading it exceeds the budget of the test that came first.
            self._notebooks[name] = _unread(f"{name} takes too long to read.")
            self._notebooks[name] = self._read(name)
        return self._notebooks[name]

    def _read(self, name: str) -> ReadNotebook:
        try:
            notebook = read_notebook((self._folder / name).read_bytes())
        except FileNotFoundError:
            return _unread(f"{name} is not there.", is_missing=True)
        except NotebookError as error:
            return _unread(f"{name} cannot be read: {error}.")
        return ReadNotebook(notebook, closed_answers(notebook))


def _unread(problem: str, *, is_missing: bool = False) -> ReadNotebook:
    none: Mapping[str, Any] = MappingProxyType({})
    return ReadNotebook(None, Answers(none, none), problem, is_missing)
