"""Notebooks from any editor can be read; a broken file is reported with the reason."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.notebook.cells import Notebook, NotebookError, read_notebook
from autograder.tests.notebook.notebooks import solved

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("cells"), inner),
    max_leaves=30,
)


def as_format_3(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook in the format of editors before 2015."""
    cells = [
        {"cell_type": cell["cell_type"], "metadata": {}, "outputs": [],
         "input" if cell["cell_type"] == "code" else "source": cell["source"]}
        for cell in notebook["cells"]
    ]  # fmt: skip
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}


def sources(notebook: Notebook) -> list[str]:
    """List the sources of the cells."""
    return [cell.source for cell in notebook.cells]


def test_a_notebook_is_read_with_its_ids() -> None:
    """The ids are nbgrader's names of the cells."""
    notebook = read_notebook(json.dumps(solved()).encode())

    assert {"c1", "c1-why", "c6", "c6-why"} <= {cell.name for cell in notebook.cells}


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda whole: json.dumps(as_format_3(whole)).encode(),
        lambda whole: json.dumps(whole, indent=4).encode(),
        lambda whole: b"\xef\xbb\xbf" + json.dumps(whole).encode(),
        lambda whole: json.dumps(whole, indent=1).replace("\n", "\r\n").encode(),
        lambda whole: json.dumps(
            {"cells": [{**cell, "source": "".join(cell["source"])} for cell in whole["cells"]]}
        ).encode(),
    ],
    ids=["format 3", "indented", "byte order mark", "CRLF", "one text per cell"],
)
def test_changes_that_editors_make_to_a_file_keep_the_cells(rewrite: Any) -> None:
    """The cells have the same texts."""
    before = read_notebook(json.dumps(solved()).encode())

    after = read_notebook(rewrite(solved()))

    assert sources(after) == sources(before)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"\xff\xfe{", "not UTF-8"),
        (b'{"cells": [', "no longer valid JSON, from line 1"),
        (b'{"cells": [\n<<<<<<< HEAD\n]}', "a merge left its marks"),
        (b"[]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b'{"worksheets": {}}', "no list of cells"),
        (b"print('hello')", "no longer valid JSON"),
        (b"[" * 100_000, "not a notebook"),
        (b'{"cells": ' + b"9" * 5000 + b"}", "no longer valid JSON"),
    ],
)
def test_a_broken_file_is_reported_with_the_reason(content: bytes, message: str) -> None:
    """The reason is a sentence that a student can act on."""
    with pytest.raises(NotebookError, match=message):
        read_notebook(content)


@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """The only error is the one for broken notebooks."""
    try:
        notebook = read_notebook(json.dumps(value).encode())
    except NotebookError:
        return
    assert all(isinstance(cell.source, str) for cell in notebook.cells)
