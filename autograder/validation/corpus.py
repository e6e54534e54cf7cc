"""The corpus of a suite: submissions that declare whether they are right and which tests they fail.

Each is one Python file in `submissions/right/` or `submissions/wrong/`. It begins with a block of
TOML in comments, in the form of Python's inline script metadata:

    # /// submission
    # file = "kinesis_read_shards.py"
    # fails = ["reader/an_empty_page_is_not_the_end"]
    # ///

What follows is appended to the reference solution's file of that name, so that it defines only what
differs; in a notebook, it becomes a code cell at the end. With `alone = true` it replaces the file.
A submission with helper modules is a folder instead: the file with the header, named as it is
graded, and the modules next to it.
Other graded files in the folder take the place of the solution's, so a folder can hold a whole
program.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.assignment import Assignment, Course
from autograder.errors import AssignmentError
from autograder.submission import Submission

_HEADER = re.compile(r"\A# /// submission\n(?P<toml>(?:#.*\n)*?)# ///\n")


class Declaration(BaseModel):
    """The header of a corpus file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    file: str
    fails: list[str] = []
    alone: bool = False


@dataclass(frozen=True)
class DeclaredSubmission:
    """A submission of the corpus."""

    name: str
    """`wrong/stops_at_an_empty_page`."""
    file: str
    """The graded file that it changes."""
    fails: frozenset[str]
    """Ids of the tests that it must fail; empty for a right submission."""
    alone: bool
    source: str
    helpers: dict[str, bytes]
    """Files next to the one with the header: modules, and other graded files."""
    feedback_file: Path
    """Where the feedback that a student reads is kept."""

    @property
    def is_right(self) -> bool:
        """Whether it should have full marks."""
        return self.name.startswith("right/")

    @property
    def files(self) -> frozenset[str]:
        """The names of all files that it changes or adds."""
        return frozenset({self.file, *self.helpers})

    def reviewed_feedback(self) -> str | None:
        """Return the feedback that was reviewed; None if there is none yet."""
        file = self.feedback_file
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def assemble(self, solution: Submission) -> Submission:
        """Make the whole submission, the other files being the reference solution's."""
        content = self.source.encode()
        if self.file.endswith(".ipynb"):
            content = _with_cell(solution.files[self.file], self.source)
        elif not self.alone:
            content = solution.files[self.file] + b"\n\n" + content
        files = {**solution.files, **self.helpers, self.file: content}
        return Submission(files, solution.graded)


def _with_cell(notebook: bytes, source: str) -> bytes:
    """Put a code cell at the end of a notebook."""
    whole = json.loads(notebook)
    cell: dict[str, Any] = {"cell_type": "code", "id": "changed", "metadata": {}, "outputs": [],
            "execution_count": None, "source": source}  # fmt: skip
    return json.dumps({**whole, "cells": [*whole["cells"], cell]}).encode()


def corpus_folder(course: Course, assignment: Assignment) -> Path:
    """Return the folder of an assignment's corpus, which is next to its hidden tests."""
    return course.suites / assignment.id / "submissions"


def read_corpus(folder: Path, assignment: Assignment) -> tuple[DeclaredSubmission, ...]:
    """Read all submissions below `folder/right` and `folder/wrong`, sorted by name.

    Raises:
        AssignmentError: A header is missing or wrong, a right submission declares failures, or a
            wrong one none.
    """
    return tuple(
        _read(path, assignment)
        for kind in ("right", "wrong")
        for path in sorted((folder / kind).iterdir() if (folder / kind).is_dir() else ())
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    )


def _read(path: Path, assignment: Assignment) -> DeclaredSubmission:
    modules = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    sources = {
        module.relative_to(path if path.is_dir() else path.parent).as_posix(): module.read_bytes()
        for module in modules
    }
    headers = {name: _HEADER.match(content.decode()) for name, content in sources.items()}
    found = [(name, header) for name, header in headers.items() if header is not None]
    if len(found) != 1:
        raise AssignmentError(f"{path}: does not begin with a `# /// submission` block")
    ((main, header),) = found
    toml = "\n".join(line[1:].strip() for line in header["toml"].splitlines())
    try:
        declared = Declaration.model_validate(tomllib.loads(toml))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise AssignmentError(f"{path}: its header is wrong: {error}") from None
    if declared.file not in assignment.files:
        raise AssignmentError(f"{path}: file: {declared.file!r} is not a graded file")
    if (path.parent.name == "right") == bool(declared.fails):
        raise AssignmentError(
            f"{path}: submissions in wrong/ must list in `fails` what they fail; "
            "those in right/ must not"
        )
    return DeclaredSubmission(
        name=f"{path.parent.name}/{path.stem}",
        file=declared.file,
        fails=frozenset(declared.fails),
        alone=declared.alone,
        source=sources.pop(main).decode(),
        helpers=sources if path.is_dir() else {},
        feedback_file=path.with_suffix(".txt"),
    )
