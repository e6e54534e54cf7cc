"""Makes the copy of a submitted notebook that a person marks in formgrader.

It is the released notebook with the student's open answers in it as plain text and, above each, the
rubric. Nothing else of the submission is in it: no code, no output, no markup. So there is nothing
to run, and nothing that could act in the marker's page.
"""

import json
from collections.abc import Mapping
from typing import Any

from autograder.notebook.answers import open_answer
from autograder.notebook.cells import NotebookError, read_notebook
from autograder.text import in_markdown

LONGEST_ANSWER = 10_000
"""Characters of an answer that are shown: some four pages."""


def copy_for_marking(released: str, solved: str, submitted: bytes) -> str:
    """Put a student's open answers into the released notebook.

    Args:
        released: The notebook as students get it.
        solved: The same with solutions, which hold the rubrics.
        submitted: The student's file; a broken file counts as one without answers.

    Returns:
        The copy's JSON.
    """
    try:
        notebook = read_notebook(submitted)
    except NotebookError:
        notebook = read_notebook(b'{"cells": []}')
    full = {_name(cell): "".join(cell["source"]) for cell in json.loads(solved)["cells"]}
    whole = json.loads(released)
    cells: list[dict[str, Any]] = []
    for cell in whole["cells"]:
        if is_open(cell):
            name = _name(cell)
            answer = open_answer(notebook, name, _question(cells[-1]))
            cells.append(_note(f"{name}-rubric", full.get(name, "")))
            # What was left as it was handed out gets 0 points from nbgrader by itself.
            cell = {**cell, "source": _plain(answer)} if answer else cell
        cells.append(cell)
    return json.dumps({**whole, "cells": cells}, indent=1, ensure_ascii=False) + "\n"


def is_open(cell: Mapping[str, Any]) -> bool:
    """Whether a cell of a released notebook is an open answer."""
    marks = cell["metadata"].get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("solution"))


def _name(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _question(cell: Mapping[str, Any]) -> str:
    """Return the first words of the question above an open answer."""
    return "".join(cell["source"]).split("(")[0].strip()


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
