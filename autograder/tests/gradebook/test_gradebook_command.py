"""What the commands of the gradebook tell a person: whole ids, names, reasons, what to do next."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli.app import app
from autograder.errors import GradebookError
from autograder.gradebook.book import Book
from autograder.gradebook.ungraded import NOT_READABLE, Ungraded, write_ungraded
from autograder.grading.grade import Outcome
from autograder.tests.gradebook.students import a_grade, make_book, write_result

STUDENTS = {f"stud{number:02}": f"Ada Maria Lovelace-Byron {number}" for number in range(1, 5)}
OPEN = {f"concepts/c{n}_why": Outcome.UNIMPLEMENTED for n in (1, 2, 3, 6)}
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 6 (4711),Quiz (12),Final Score"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Make a gradebook: complete, undecided, not graded, missing; ids are e-mail addresses."""
    book = make_book(tmp_path / "book")
    lines = ["id,name", *(f"{name}@uni.example,{full}" for name, full in STUDENTS.items()), ""]
    (book.folder / "roster.csv").write_text("\n".join(lines))
    write_result(tmp_path / "results", "stud01@uni.example", a_grade(OPEN))
    write_result(tmp_path / "results", "stud02@uni.example", a_grade())
    unreadable = Ungraded("stud03@uni.example", NOT_READABLE, "work.rar cannot be opened")
    write_ungraded(tmp_path / "results", [unreadable])
    book.sync([tmp_path / "results"])
    return book


def run(book: Book, *arguments: str) -> Result:
    """Run a command of the gradebook in a terminal of 80 columns."""
    given = ["gradebook", *arguments, "--gradebook", str(book.folder)]
    return CliRunner().invoke(app, given, env={"COLUMNS": "80"})


def test_the_status_cuts_no_id_and_no_state_in_80_columns(book: Book) -> None:
    """Names fold instead; columns without content are left out; a reason has its own line."""
    lines = run(book, "status").stdout.splitlines()

    for name, state in zip(
        STUDENTS, ("complete", "undecided", "not graded", "missing"), strict=True
    ):
        assert any(f" {name}@uni.example " in line and f" {state} " in line for line in lines)
    assert "penalty" not in lines[2]
    assert max(map(len, lines[:-1])) <= 80
    assert lines[-1] == (
        "stud03@uni.example: what was handed in cannot be read: work.rar cannot be opened"
    )


def test_an_export_says_who_has_no_total_and_why(book: Book, tmp_path: Path) -> None:
    """By reason, with three names; 0 points are given to those alone who handed in nothing."""
    arguments = ("export", "--format", "csv", "--output", str(tmp_path / "points.csv"))

    strict = run(book, *arguments).stdout
    lenient = run(book, *arguments, "--missing-is-zero").stdout

    assert strict == (
        "4 students written, 3 of them without a total: 1 with open points, 1 not graded, "
        "1 handed in nothing (stud02@uni.example, stud03@uni.example, stud04@uni.example)\n"
    )
    assert "2 of them without a total: 1 with open points, 1 not graded" in lenient
    with (tmp_path / "points.csv").open(newline="") as file:
        totals = [row["total"] for row in csv.DictReader(file)]
    assert totals == ["94", "", "", "0"]


def from_canvas(book: Book) -> None:
    """Replace the roster by an export of Canvas."""
    rows = [CANVAS, *(f'"Byron, Ada {n}",{n},S{n},stud0{n},A,,,' for n in (1, 2)), ""]
    (book.folder / "roster.csv").write_text("\n".join(rows))


def test_an_export_to_canvas_says_which_assignments_exist(book: Book, tmp_path: Path) -> None:
    """If none is called as ours: otherwise, Canvas would quietly make new ones."""
    from_canvas(book)
    output = tmp_path / "canvas.csv"
    arguments = ("export", "--format", "canvas", "--output", str(output))

    asked = run(book, *arguments)
    named = run(book, *arguments, "--column", "Homework 6 (4711)")

    assert "name it with `gradebook export --format canvas --column`" in asked.stderr
    assert "'Homework 6 (4711)', 'Quiz (12)'" in asked.stderr
    assert named.stderr == ""
    header, possible, *_ = csv.reader(output.read_text().splitlines())
    assert (header[5:], possible[5:]) == (["Homework 6 (4711)"], ["100"])


@pytest.mark.parametrize(
    ("form", "said"),
    [("canvas", "lacks the Canvas assignment 'Homework 7'"), ("csv", "give --format canvas")],
)
def test_a_column_that_cannot_be_filled_is_refused(book: Book, form: str, said: str) -> None:
    """Nothing is written."""
    from_canvas(book)
    output = book.folder / "points.csv"
    given = ["export", "--format", form, "--output", str(output), "--column", "Homework 7"]

    done = CliRunner().invoke(app, ["gradebook", *given, "--gradebook", str(book.folder)])

    assert said in str(done.exception) + done.output
    assert not output.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("export", "--format", "csv", "--missing-is-zero", "--output"),
        ("feedback", "--output"),
        ("feedback-zip", "."),
    ],
)
def test_nothing_is_written_before_the_first_sync(tmp_path: Path, command: Sequence[str]) -> None:
    """Everybody would have handed in nothing."""
    book = make_book(tmp_path / "book")

    done = CliRunner().invoke(
        app, ["gradebook", *command, str(tmp_path / "made"), "--gradebook", str(book.folder)]
    )

    assert isinstance(done.exception, GradebookError)
    assert "contains no results yet: write them into it with" in str(done.exception)
    assert not (tmp_path / "made").exists()
