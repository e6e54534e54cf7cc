"""Makes the copy of a submitted notebook that a person marks in formgrader.

It holds the open questions and, below each, the rubric and the student's answer as plain text.
Nothing else of the submission is in it: no code, no output, no markup. So there is nothing to run,
and nothing that could act in the marker's page.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from autograder.errors import GradebookError
from autograder.notebook.answers import BLANK, open_answer
from autograder.notebook.cells import NotebookError, read_notebook
from autograder.text import in_markdown

LONGEST_ANSWER = 10_000
"""Characters of an answer that are shown: some four pages."""


@dataclass(frozen=True)
class OpenQuestion:
    """A question whose answer a person marks."""

    cell: str
    """The id of the answer's cell, which is also the name of its points in nbgrader."""
    points: float
    text: str
    """The question in Markdown."""


@dataclass(frozen=True)
class MarkingCopy:
    """What a marker sees of one student."""

    answers: Mapping[str, str]
    """The answers in Markdown, by cell; one without an answer is the placeholder as handed out."""
    notebook_digest: str | None = None
    """That of the student's file; None in copies that were made before it was kept."""

    def is_blank(self, cell: str) -> bool:
        """Return whether the student left an answer as it was handed out."""
        return self.answers[cell].strip() == BLANK


class MarkingForm:
    """The notebook that markers see, before a student's answers are in it.

    Args:
        released: The notebook as students get it.
        solved: The same with solutions, which hold the rubrics.
    """

    def __init__(self, released: str, solved: str) -> None:
        self._notebook = json.loads(released)
        cells = self._notebook["cells"]
        self._asked = [
            (question, answer) for question, answer in pairwise(cells) if _is_open(answer)
        ]
        self._rubrics = {_name(cell): _source(cell) for cell in json.loads(solved)["cells"]}
        self.questions = tuple(
            OpenQuestion(
                _name(answer), float(answer["metadata"]["nbgrader"]["points"]), _source(question)
            )
            for question, answer in self._asked
        )

    def copy_of(self, submitted: bytes) -> MarkingCopy:
        """Read a student's open answers; a broken file counts as one without any."""
        try:
            notebook = read_notebook(submitted)
        except NotebookError:
            notebook = read_notebook(b'{"cells": []}')
        answers = {}
        for question, cell in self._asked:
            # The first words of the question find the answer if an editor lost the cell's id.
            first_words = _source(question).split("(")[0].strip()
            answer = open_answer(notebook, _name(cell), first_words)
            answers[_name(cell)] = _plain(answer) if answer else _source(cell)
        return MarkingCopy(answers, digest_of(submitted))

    def as_notebook(self, copy: MarkingCopy) -> str:
        """Write a copy as the JSON of a notebook."""
        cells: list[dict[str, Any]] = []
        for question, answer in self._asked:
            name = _name(answer)
            cells += [question, _note(f"{name}-rubric", self._rubrics.get(name, ""))]
            cells.append({**answer, "source": copy.answers[name]})
        metadata = {**self._notebook["metadata"], "autograder": {"digest": copy.notebook_digest}}
        whole = {**self._notebook, "metadata": metadata, "cells": cells}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def digest_of(notebook: bytes) -> str:
    """Return what names a student's file, as a grade does."""
    return f"sha256:{hashlib.sha256(notebook).hexdigest()}"


def read_copy(text: str) -> MarkingCopy:
    """Read a copy that `MarkingForm.as_notebook` wrote.

    Raises:
        GradebookError: It is something else.
    """
    try:
        whole = json.loads(text)
        answers = {_name(cell): _source(cell) for cell in whole["cells"] if _is_open(cell)}
        return MarkingCopy(answers, whole["metadata"].get("autograder", {}).get("digest"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise GradebookError("not a copy for marking") from None


def _is_open(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell of a released notebook is an open answer."""
    settings = cell["metadata"].get("nbgrader", {})
    return bool(settings.get("grade") and settings.get("solution"))


def _name(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _source(cell: Mapping[str, Any]) -> str:
    return "".join(cell["source"])


def _note(name: str, text: str) -> dict[str, Any]:
    quoted = "\n".join(f"> {line}" for line in text.strip().splitlines())
    source = f"> **For the marker.** A full answer:\n>\n{quoted}"
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _plain(text: str) -> str:
    """Escape a student's text so that Markdown shows it unchanged, line by line."""
    cut = text[:LONGEST_ANSWER]
    lines = [in_markdown(line, LONGEST_ANSWER) for line in cut.splitlines()]
    if len(text) > LONGEST_ANSWER:
        lines.append(f"(cut: {len(text)} characters)")
    return "  \n".join(line or "&nbsp;" for line in lines)


def answer_lines(markdown: str) -> list[str]:
    """Return the lines of an answer that `_plain` escaped, as the student wrote them."""
    lines = markdown.split("  \n")
    return ["" if line == "&nbsp;" else _from_markdown(line) for line in lines]


def _from_markdown(line: str) -> str:
    # `in_markdown` puts code between backticks, and writes the student's own as entities.
    return line.replace("`", "").replace("&#96;", "`").replace("&#124;", "|")
