"""The copies that markers see hold the open answers, and tell what changed since."""

import json
from pathlib import Path

import pytest

from autograder.errors import GradebookError
from autograder.gradebook.marking.copies import MarkingForm, answer_lines, read_copy
from autograder.gradebook.marking.preparing import kept_notebooks
from autograder.tests.gradebook.students import COURSE, ID, make_book

RELEASED = (COURSE.assignments / ID / "concepts.ipynb").read_text(encoding="utf-8")
SOLVED = (COURSE.solutions / ID / "concepts.ipynb").read_text(encoding="utf-8")
FORM = MarkingForm(RELEASED, SOLVED)
TEXT = "Of `x` | y:\n\n<b>1 &amp; 2</b>  \n* _so_ $x^2$ &nbsp;"


def submitted(answer: str) -> bytes:
    """Write a notebook with one open answer."""
    whole = json.loads(RELEASED)
    for cell in whole["cells"]:
        if cell["id"] == "c1-why":
            cell["source"] = answer
    return json.dumps(whole).encode()


def test_the_form_has_the_open_questions_with_their_points() -> None:
    """It leaves out the closed answers."""
    points = {question.cell: question.points for question in FORM.questions}

    assert points == {"c1-why": 1, "c2-why": 2, "c3-why": 2, "c6-why": 1}
    assert FORM.questions[0].text.startswith("**C1, open (1 point).**")


def test_a_copy_is_read_back_as_it_was_written() -> None:
    """So that the next run sees which answers changed."""
    copy = FORM.copy_of(submitted(TEXT))

    assert read_copy(FORM.as_notebook(copy)) == copy
    assert [copy.is_blank(question.cell) for question in FORM.questions] == [
        False, True, True, True,
    ]  # fmt: skip


def test_an_answer_is_shown_elsewhere_as_the_student_wrote_it() -> None:
    """The page of differences does not show the escapes for Markdown."""
    copy = FORM.copy_of(submitted(TEXT))

    assert answer_lines(copy.answers["c1-why"]) == TEXT.split("\n")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"cells": 1}', b"\xff", submitted("")])
def test_a_broken_or_empty_notebook_is_one_without_answers(content: bytes) -> None:
    """The student is listed all the same."""
    copy = FORM.copy_of(content)

    assert all(copy.is_blank(question.cell) for question in FORM.questions)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [{}]}', '{"cells": 3}'])
def test_another_file_is_not_taken_for_a_copy(text: str) -> None:
    """It may have been left there by hand."""
    with pytest.raises(GradebookError, match="not a copy"):
        read_copy(text)


def test_copies_of_earlier_versions_are_read() -> None:
    """They held the whole notebook; answers that have not changed since are not stale."""
    copy = FORM.copy_of(submitted(TEXT))
    whole = json.loads(RELEASED)
    for cell in whole["cells"]:
        if cell["id"] == "c1-why":
            cell["source"] = copy.answers["c1-why"]

    earlier = read_copy(json.dumps(whole))

    assert earlier.answers == copy.answers
    assert earlier.notebook_digest is None


def test_a_folder_of_kept_notebooks_is_told_from_a_download(tmp_path: Path) -> None:
    """Moodle and Canvas put more than the student's id into a file's name."""
    roster = make_book(tmp_path / "book", {"ada": "Ada"}).roster()
    kept, download, mixed = (tmp_path / name for name in ("kept", "download", "mixed"))
    for folder, names in (
        (kept, ["ada.ipynb", "zoe.ipynb", ".hidden"]),
        (download, ["ada_101_5001_concepts.ipynb"]),
        (mixed, ["ada.ipynb", "ada.py"]),
    ):
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(b"{}")

    assert kept_notebooks(kept, roster) == [("ada", b"{}"), ("zoe", b"{}")]
    assert kept_notebooks(download, roster) is None
    assert kept_notebooks(mixed, roster) is None
    assert kept_notebooks(tmp_path / "none", roster) is None
