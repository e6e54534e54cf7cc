"""Rosters for Classroom 50's import."""

from pathlib import Path

import pytest

from autograder.classroom50.roster import COLUMNS, as_classroom50_roster
from autograder.errors import ExportError
from autograder.gradebook.roster import Roster, read_roster
from autograder.gradebook.student import Student
from autograder.tests.feedback.test_table import rows


def test_a_plain_roster_becomes_a_roster_of_classroom_50() -> None:
    """A student without a login is invited by e-mail, and formulas are escaped."""
    ada = Student(id="ada", login="Ada", name="Ada Lovelace", email="ada@x.example", section="A")
    bob = Student(id="bob@x.example", first_name="=1+1", email="bob@x.example")

    found = rows(as_classroom50_roster(Roster(students=(ada, bob))))

    assert found == [
        list(COLUMNS),
        ["Ada", "Ada", "Lovelace", "ada@x.example", "A", "", "student"],
        ["", "'=1+1", "", "bob@x.example", "", "", "student"],
    ]


def test_a_roster_of_classroom_50_comes_back_as_it_was(tmp_path: Path) -> None:
    """After reading and writing, it names the same students."""
    path = tmp_path / "roster.csv"
    path.write_text(
        "username,first_name,last_name,email,section,github_id,role\n"
        "ada,Ada,Lovelace,ada@x.example,A,7,student\n,Bob,'=B,bob@x.example,,,student\n"
    )
    before = read_roster(path)

    path.write_text(as_classroom50_roster(before), newline="")

    assert read_roster(path) == before


@pytest.mark.parametrize(
    ("student", "message"),
    [
        (Student(id="eve"), "eve: has no GitHub login and no e-mail address"),
        (Student(id="eve", login="eve", section="é" * 161), "eve: has a text of more than 320"),
    ],
)
def test_students_that_classroom_50_would_refuse_are_reported(
    student: Student, message: str
) -> None:
    """No file is written, since the service would import it up to that line."""
    with pytest.raises(ExportError, match=message):
        as_classroom50_roster(Roster(students=(student,)))
