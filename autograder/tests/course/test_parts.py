"""A class is cut into parts, one for each job."""

from itertools import chain
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.class_submissions import ClassSubmissions
from autograder.intake.sources import StudentFolder

STUDENTS = [f"student-{number}" for number in range(100)]
CLASS = ClassSubmissions(
    [StudentFolder(name, Path(name)) for name in STUDENTS[:80]], STUDENTS[80:90], STUDENTS[90:]
)


def test_each_student_is_in_one_part_and_always_the_same() -> None:
    """Who handed in nothing, too."""
    parts = [CLASS.part(number, 3) for number in (1, 2, 3)]

    names = [
        sorted([*(work.student for work in part.handed_in), *part.missing, *part.unseen])
        for part in parts
    ]
    assert sorted(chain.from_iterable(names)) == sorted(STUDENTS)
    assert min(map(len, names)) > 15
    assert CLASS.part(2, 3) == parts[1]


@pytest.mark.parametrize("part", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3"])
def test_a_part_that_is_none_is_an_error_of_one_line(tmp_path: Path, part: str) -> None:
    """It says how to write one."""
    (tmp_path / "class" / "ada").mkdir(parents=True)

    done = CliRunner().invoke(
        app,
        ["grade-class", str(tmp_path / "class"), "--output", str(tmp_path), f"--part={part}"],
    )

    assert done.exit_code != 0
    assert "as 2/8" in str(done.exception)
