"""The list of students without a grade comes back as it was written."""

from pathlib import Path

import pytest

from autograder.errors import GradebookError
from autograder.gradebook.ungraded import UNGRADED, Ungraded, read_ungraded, write_ungraded

ADA = Ungraded("ada", "not handed in", "")
BOB = Ungraded("bob", "not readable", "m06.rar cannot be opened: Jörg, hand in a zip file")


def test_rows_come_back_by_student(tmp_path: Path) -> None:
    """The file is sorted by id, so that two runs over the same class write the same."""
    write_ungraded(tmp_path, [BOB, ADA])

    text = (tmp_path / UNGRADED).read_text("utf-8")

    assert text.startswith("student,state,reason,withdrawn\nada,not handed in,,\nbob,")
    assert read_ungraded(tmp_path) == {"ada": ADA, "bob": BOB}


def test_a_missing_file_names_nobody(tmp_path: Path) -> None:
    """Results of earlier versions have none."""
    assert read_ungraded(tmp_path) == {}


def test_a_reason_is_no_formula(tmp_path: Path) -> None:
    """People open the file in a spreadsheet."""
    write_ungraded(tmp_path, [Ungraded("ada", "not readable", "=1+1")])

    assert read_ungraded(tmp_path)["ada"].reason == "'=1+1"


@pytest.mark.parametrize(
    "text",
    [
        "student,reason\nada,x\n",
        "",
        "student,state,reason\nada\n",
        "student,state,reason\nada,?,\n",
    ],
    ids=["columns", "empty", "short row", "state"],
)
def test_a_file_of_another_form_is_an_error(tmp_path: Path, text: str) -> None:
    """Nobody loses or keeps a grade by a file that says something else."""
    (tmp_path / UNGRADED).write_text(text)

    with pytest.raises(GradebookError, match=r"ungraded\.csv"):
        read_ungraded(tmp_path)
