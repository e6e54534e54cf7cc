"""Notebooks for tests: as handed out, with answers, and as changed by editors."""

import json
from collections.abc import Callable
from typing import Any

from autograder.assignment import Course

ID = "m06_partitioned_logs"
FILE = "concepts.ipynb"
Cells = list[dict[str, Any]]


def solved() -> dict[str, Any]:
    """Load the reference solution's notebook."""
    return _load(Course.of_this_checkout().solutions / ID / FILE)


def released() -> dict[str, Any]:
    """Load the notebook that students get."""
    return _load(Course.of_this_checkout().assignments / ID / FILE)


def _load(path: Any) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def changed(notebook: dict[str, Any], change: Callable[[Cells], Cells]) -> bytes:
    """Return a notebook's bytes after a change of its cells."""
    return json.dumps({**notebook, "cells": change(notebook["cells"])}).encode()


def text_of(cell: dict[str, Any]) -> str:
    """Return a cell's source."""
    return "".join(cell["source"])
