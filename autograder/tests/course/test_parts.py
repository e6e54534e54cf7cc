"""A class is split into parts, one for each job."""

from itertools import chain
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.class_submissions import ClassSubmissions
from autograder.intake.hand_ins import StudentHandIn

STUDENTS = [f"student-{number}" for number in range(100)]
CLASS = ClassSubmissions(
    [StudentHandIn.of_folder(name, Path(name)) for name in STUDENTS[:80]],
    STUDENTS[80:90],
    STUDENTS[90:],
)


def test_each_student_is_always_in_the_same_part() -> None:
    """This includes students who handed in nothing."""
    parts = [CLASS.part(number, 3) for number in (1, 2, 3)]

    names = [
        sorted([*(work.student for work in part.handed_in), *part.missing, *part.unseen])
        for part in parts
    ]
    assert sorted(chain.from_iterable(names)) == sorted(STUDENTS)
    assert min(map(len, names)) > 15
    assert CLASS.part(2, 3) == parts[1]


@pytest.mark.parametrize("part", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3"])
def test_an_invalid_part_is_reported_in_one_line(tmp_path: Path, part: str) -> None:
    """The line shows the right form."""
    (tmp_path / "class" / "ada").mkdir(parents=True)

    done = CliRunner().invoke(
        app,
        ["grade-class", str(tmp_path / "class"), "--output", str(tmp_path), f"--part={part}"],
    )

    assert done.exit_code != 0
    assert "as 2/8" in str(done.exception)
