"""Reads a notebook's cells from its JSON: nothing of it is run.

Editors rewrite notebooks: they strip metadata, renumber cells, keep old formats, split sources into
lines or not. All of these are read; if a notebook cannot be read, the error tells the student why.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_CELLS = 500
LONGEST_SOURCE = 20_000
"""Characters of one cell that are looked at."""


class NotebookError(Exception):
    """A file that cannot be read as a notebook; the text says what to do about it."""


@dataclass(frozen=True)
class NotebookCell:
    """One cell, as far as answers are concerned."""

    kind: str
    """`code`, `markdown` or `raw`."""
    source: str
    name: str
    """The id that nbgrader gave it, or its own where that was lost; may be empty."""


@dataclass(frozen=True)
class Notebook:
    """A notebook's cells, from top to bottom."""

    cells: tuple[NotebookCell, ...]

    @property
    def code(self) -> Iterator[str]:
        """The sources of its code cells."""
        return (cell.source for cell in self.cells if cell.kind == "code")


def read_notebook(content: bytes) -> Notebook:
    """Read a notebook of nbformat 3 or 4, whatever editor wrote it.

    Raises:
        NotebookError: It is none, or is broken.
    """
    if not content.strip():
        raise NotebookError("it is empty: save the notebook again, or take a fresh copy")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotebookError("it is not UTF-8: save it again in a notebook editor") from None
    except RecursionError:
        raise NotebookError("it is not a notebook") from None
    except ValueError as error:
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "a number"
        merged = " (a merge left its marks in it)" if b"<<<<<<< " in content else ""
        raise NotebookError(f"it is no longer valid JSON, from {place} on{merged}") from None
    cells = _cells_of(whole)
    if cells is None:
        raise NotebookError("it is JSON, but not a notebook: it lacks a list of cells")
    return Notebook(tuple(_read(cell) for cell in cells[:MOST_CELLS] if isinstance(cell, dict)))


def _cells_of(whole: Any) -> list[Any] | None:
    """Find the list of cells: nbformat 3 keeps it in worksheets."""
    if not isinstance(whole, dict):
        return None
    cells = whole.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = whole.get("worksheets")
    if not isinstance(sheets, list):
        return None
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells]


def _read(cell: dict[str, Any]) -> NotebookCell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    kind = cell.get("cell_type")
    return NotebookCell(
        kind=kind if isinstance(kind, str) else "",
        source=source[:LONGEST_SOURCE] if isinstance(source, str) else "",
        name=_name(cell),
    )


def _name(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    own = cell.get("id")
    for candidate in (name, own):
        if isinstance(candidate, str) and candidate:
            return candidate[:100]
    return ""
