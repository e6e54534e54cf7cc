"""The notebook that students get: valid for nbgrader, and without answers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import AssignmentError
from autograder.notebook.release import release_notebook
from autograder.tests.notebook.notebooks import Cells, changed, released, solved, text_of


def validated(folder: Path, content: bytes) -> str:
    """Validate a notebook with nbgrader, as a student may."""
    path = folder / "concepts.ipynb"
    path.write_bytes(content)
    ran = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "JUPYTER_PLATFORM_DIRS": "1"},
    )
    return ran.stdout + ran.stderr


def test_no_answer_is_handed_out() -> None:
    """It has neither closed answers nor sentences of open answers."""
    given = {text_of(cell) for cell in released()["cells"]}

    kept = [
        text_of(cell)
        for cell in solved()["cells"]
        if cell["metadata"]["nbgrader"]["solution"] and text_of(cell) in given
    ]
    lines = [
        line
        for cell in solved()["cells"]
        if cell["metadata"]["nbgrader"]["solution"]
        for line in text_of(cell).replace("### END", "### BEGIN").split("### BEGIN SOLUTION")[-1:]
        for line in line.splitlines()
        if len(line.strip()) > 12
    ]

    assert kept == []
    assert [line for line in lines if any(line in text for text in given)] == []


def test_a_release_is_the_same_each_time() -> None:
    """So `build --check` can tell whether it is out of date."""
    source = json.dumps(solved())

    assert release_notebook(source, "x") == release_notebook(source, "x")


def test_a_broken_source_is_named() -> None:
    """The error contains nbgrader's message."""

    def without_points(cells: Cells) -> Cells:
        for cell in cells:
            cell["metadata"]["nbgrader"].pop("points", None)
        return cells

    with pytest.raises(AssignmentError, match=r"a\.ipynb: nbgrader cannot release it"):
        release_notebook(changed(solved(), without_points).decode(), "a.ipynb")


def test_nbgrader_accepts_it_and_misses_only_open_answers(tmp_path: Path) -> None:
    """The format is valid; nbgrader only lists what is not answered yet."""
    report = validated(tmp_path, json.dumps(released()).encode())

    assert report.count("You did not provide a response") == 4
    assert "AssertionError" not in report


def test_nbgrader_finds_nothing_once_it_is_filled_in(tmp_path: Path) -> None:
    """The answers are filled into the notebook that students get."""
    answers = {cell["id"]: cell["source"] for cell in solved()["cells"]}

    def fill_in(cells: Cells) -> Cells:
        return [
            {**cell, "source": answers[cell["id"]]}
            if cell["metadata"]["nbgrader"]["solution"]
            else cell
            for cell in cells
        ]

    report = validated(tmp_path, changed(released(), fill_in))

    assert "Success! Your notebook passes all the tests." in report


def test_a_wrong_form_is_reported_by_the_visible_check(tmp_path: Path) -> None:
    """So students learn about it before they hand in."""

    def misspell(cells: Cells) -> Cells:
        return [{**cell, "source": 'c4 = "E"'} if cell["id"] == "c4" else cell for cell in cells]

    report = validated(tmp_path, changed(solved(), misspell))

    assert 'write one letter, "A" to "D"' in report
