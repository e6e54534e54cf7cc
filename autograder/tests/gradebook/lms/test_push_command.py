"""The commands `autograder gradebook push`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.gradebook.lms.client import LmsServer
from autograder.grading.grade import Outcome
from autograder.tests.checkout import OURS, Done, run
from autograder.tests.gradebook.lms.canvas_stand_in import CanvasStandIn, CanvasStudent
from autograder.tests.gradebook.lms.moodle_stand_in import MoodleStandIn, MoodleUser
from autograder.tests.gradebook.lms.stand_in import TOKEN
from autograder.tests.gradebook.students import a_grade, make_book, write_result

MARKED = {f"concepts/c{n}_why": Outcome.UNIMPLEMENTED for n in (1, 2, 3, 6)}
NUMBERS = ("--course-id", "17", "--assignment-id", "42")
HOSTILE = "\x1b[2JBob\u202e"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a gradebook: ada is graded, bob waits for a marker, cyd is excused, dan is missing."""
    folder = tmp_path_factory.mktemp("course") / "gradebook"
    book = make_book(folder)
    results = folder.parent / "results"
    write_result(results, "ada", a_grade(MARKED))
    write_result(results, "bob", a_grade())
    (folder.parent / "course.toml").write_text(
        'timezone = "UTC"\nroster = "gradebook/roster.csv"\nexcused = ["cyd"]\n'
    )
    book.sync([results])
    return folder


@pytest.fixture
def canvas(monkeypatch: pytest.MonkeyPatch) -> Iterator[CanvasStandIn]:
    """Run Canvas, with all students but eve, and one whom the roster does not have."""
    students = {100 + number: CanvasStudent(name) for number, name in enumerate("ABCD")}
    with CanvasStandIn(students | {300: CanvasStudent(HOSTILE)}) as running:
        monkeypatch.setenv("CANVAS_API_URL", running.url)
        monkeypatch.setenv("CANVAS_API_KEY", TOKEN)
        yield running


def push(folder: Path, lms: str, *options: str) -> Done:
    """Push as a teacher does."""
    course = folder.with_name("course.toml")
    return run(OURS, "gradebook", "push", lms, *NUMBERS, "--course", course, *options)


def test_a_dry_run_shows_the_differences_and_sends_nothing(
    folder: Path, canvas: CanvasStandIn
) -> None:
    """Each student of the roster is somewhere."""
    done = push(folder, "canvas", "--dry-run")

    assert done.status == 1
    assert done.output.splitlines()[0] == "Canvas: Partitioned logs"
    rows = [line for line in done.output.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]
    shown = [row[:4] for row in cells if row[0]]
    assert [[row[0], *row[2:]] for row in shown] == [
        ["ada", "none", "94"],
        ["cyd", "none", "excused"],
    ]
    assert "2 students with differences, 0 without" in done.output
    assert "not sent, open points: bob" in done.output
    assert "not sent, nothing handed in: dan" in done.output
    assert "not found in Canvas: eve: nobody has the canvas_id 104" in done.output
    assert "in Canvas, but not in the roster: \\x1b[2JBob\\u202e (300)" in done.output
    assert canvas.writes == 0


def test_grades_are_sent_and_then_there_is_no_difference(
    folder: Path, canvas: CanvasStandIn
) -> None:
    """Exit 1, since one student is not found in Canvas."""
    done = push(folder, "canvas", "--yes")

    assert (done.status, done.errors) == (1, "")
    assert done.output.endswith("2 students written\n")
    assert canvas.students[100].score == 94.0
    assert canvas.students[102].excused
    again = push(folder, "canvas", "--dry-run")
    assert "0 students with differences, 2 without" in again.output


def test_missing_work_can_be_given_0_points(folder: Path, canvas: CanvasStandIn) -> None:
    """As in an export."""
    canvas.students[104] = CanvasStudent("E")

    done = push(folder, "canvas", "--yes", "--missing-is-zero")

    assert done.status == 0
    assert canvas.students[103].score == 0.0


@pytest.mark.parametrize(("answer", "writes"), [("n\n", 0), ("", 0), ("y\n", 2)])
def test_it_asks_before_it_sends(
    folder: Path, canvas: CanvasStandIn, answer: str, writes: int
) -> None:
    """No answer is no."""
    arguments = [
        "gradebook",
        "push",
        "canvas",
        *NUMBERS,
        "--course",
        str(folder.with_name("course.toml")),
    ]

    result = CliRunner().invoke(app, arguments, input=answer)

    assert "Send this to Canvas? [y/N]:" in result.output
    assert canvas.writes == writes


def test_moodle_takes_grades_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not know who is excused."""
    users = {
        number: MoodleUser(name, email=f"{name}@school.example")
        for number, name in enumerate(("ada", "bob", "cyd", "dan", "eve"), 3)
    }
    with MoodleStandIn(users) as moodle:
        monkeypatch.setenv("MOODLE_TOKEN", TOKEN)

        done = push(folder, "moodle", "--yes", "--address", moodle.url)

        assert (done.status, done.errors) == (0, "")
        assert "not sent, excused, which the LMS does not know: cyd" in done.output
        assert done.output.endswith("1 student written\n")
        assert moodle.users[3].grade == 94.0


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"CANVAS_API_KEY": ""}, "CANVAS_API_KEY is not set"),
        ({"CANVAS_API_KEY": "wrong"}, "Canvas does not take the token of CANVAS_API_KEY"),
        ({"CANVAS_API_URL": "http://canvas.example.edu"}, "must be like https://"),
    ],
)
def test_errors_are_one_line(
    folder: Path,
    canvas: CanvasStandIn,
    environment: Mapping[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With exit 2."""
    del canvas
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    done = push(folder, "canvas", "--dry-run")

    assert done.status == 2
    assert message in done.errors
    assert done.errors.count("\n") == 1


def test_without_canvasapi_the_extra_is_named(
    folder: Path, canvas: CanvasStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only this command needs it."""
    del canvas
    monkeypatch.delitem(sys.modules, "autograder.gradebook.lms.canvas", raising=False)
    monkeypatch.setitem(sys.modules, "canvasapi.paginated_list", None)

    done = push(folder, "canvas", "--dry-run")

    assert done.status == 2
    assert done.errors == ("autograder: push canvas needs canvasapi: install the extra `canvas`\n")


def test_the_token_is_no_option() -> None:
    """Other users of the machine see the options of a command."""
    help_text = CliRunner().invoke(app, ["gradebook", "push", "canvas", "--help"]).output

    assert "CANVAS_API_KEY" in help_text
    assert "--token" not in help_text
    assert "a-secret" not in repr(LmsServer("Canvas", "https://x.example", "a-secret"))
