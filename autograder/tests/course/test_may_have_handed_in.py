"""Who may have handed in without a grade has no 0 for it, whatever the reason."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli.app import app
from autograder.gradebook.ungraded import Ungraded, read_ungraded
from autograder.tests.intake.downloads import WRITER

CODE = "def delete_stream(stream_name): ...\n"
ROSTER = "id,name\nanna,Anna Schmidt\nbob,Bob van Dyk\ncyd,Cyd Ng\n"
ANNAS = [f"Anna Schmidt_{number}_assignsubmission_file_" for number in (1, 2)]
BOB = "Bob van Dyk_3_assignsubmission_file_"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Lay out a course in which two people called Anna Schmidt have handed in, and Cyd has not."""
    (tmp_path / "book").mkdir()
    for place in (tmp_path, tmp_path / "book"):
        (place / "roster.csv").write_text(ROSTER)
    (tmp_path / "course.toml").write_text('timezone = "UTC"\nroster = "roster.csv"\n')
    for name in (*ANNAS, BOB):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / WRITER).write_text(CODE)
    return tmp_path / "course.toml"


def run(course: Path, *more: str) -> Result:
    """Grade the class into a gradebook."""
    folder = course.parent
    arguments = ["grade-class", str(folder / "class"), "--output", str(folder / "out")]
    arguments += ["--course", str(course), "--gradebook", str(folder / "book")]
    return CliRunner().invoke(app, [*arguments, *more])


def totals(course: Path) -> dict[str, str]:
    """Export the gradebook with a 0 for everybody who handed in nothing."""
    arguments = ["gradebook", "export", "--gradebook", str(course.parent / "book")]
    arguments += ["--course", str(course), "--format", "csv", "--missing-is-zero"]
    table = course.with_name("table.csv")
    done = CliRunner().invoke(app, [*arguments, "--output", str(table)])
    assert done.exit_code == 0, done.output
    return {row["student"]: row["total"] for row in csv.DictReader(table.read_text().splitlines())}


def test_a_hand_in_that_may_be_theirs_keeps_a_student_from_having_handed_in_nothing(
    course: Path,
) -> None:
    """The row of the table says which it is."""
    done = run(course)

    assert done.exit_code == 1
    rows = list(csv.DictReader((course.parent / "out/grades.csv").read_text().splitlines()))
    assert [(row["state"], row["reason"]) for row in rows if row["student"] == "anna"] == [
        ("not matched", f"'{ANNAS[0]}', '{ANNAS[1]}' may be theirs")
    ]
    assert f"2 not matched: {ANNAS[0]}" in done.output
    assert {student: totals(course)[student] for student in ("anna", "cyd")} == {
        "anna": "",
        "cyd": "0",
    }


def test_who_was_left_alone_has_no_zero(course: Path) -> None:
    """A run for some says nothing about the others; a run for all does."""
    run(course, "--only", "bob")
    before = totals(course)
    run(course)
    after = totals(course)

    assert (before["cyd"], after["cyd"]) == ("", "0")


def test_an_interrupted_run_leaves_a_list_of_whom_it_did_not_come_to(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its results may be put into a gradebook before the run continues."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.course.class_run._read", interrupt)

    done = run(course)

    assert done.exit_code == 130
    assert read_ungraded(course.parent / "out/results")["bob"] == Ungraded("bob", "left alone", "")
