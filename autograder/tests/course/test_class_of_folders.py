"""A class whose hand-ins are folders: everybody of the roster and each hand-in has one row."""

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.assignment import Course
from autograder.cli.app import app
from autograder.course.class_submissions import class_submissions
from autograder.course.results import only_run_in
from autograder.errors import RosterError
from autograder.tests.checkout import hear_interrupts
from autograder.tests.intake.downloads import WRITER, zipped

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")
CODE = "def delete_stream(stream_name): ...\n"
SQS = "def read_queue_twice(queue_name, messages): ...\n"
ROSTER = """id,name,email
ada,Ada Lovelace,ada@example.org
bob,Bob van Dyk,bob@example.org
cyd,Cyd Ng,cyd@example.org
dan,Dan Roe,dan@example.org
eve,Eve Roe,eve@example.org
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a class with one hand-in of each kind."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    files: Mapping[str, bytes] = {
        f"Ada Lovelace_1_assignsubmission_file_/{WRITER}": CODE.encode(),
        "Bob van Dyk_2_assignsubmission_file_/essay.txt": b"",
        "Cyd Ng_3_assignsubmission_file_/m06.rar": b"Rar!",
        "Dan Roe_4_assignsubmission_file_/m06.zip": zipped({WRITER: CODE}),
        f"Zoe Nobody_5_assignsubmission_file_/{WRITER}": b"",
    }
    for name, content in files.items():
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return tmp_path / "class"


def run(folder: Path, *more: str) -> Result:
    """Grade the class, the concepts alone being of no interest."""
    output = folder.with_name("out")
    roster = folder.with_name("roster.csv")
    arguments = ["grade-class", str(folder), "--output", str(output), "--roster", str(roster)]
    return CliRunner().invoke(app, [*arguments, *more])


def states(folder: Path) -> dict[str, tuple[str, str]]:
    """Return the state and the reason of each row, by student, or else by hand-in."""
    text = (folder.with_name("out") / "grades.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    found = {row["student"] or row["hand_in"]: (row["state"], row["reason"]) for row in rows}
    assert len(found) == len(rows)
    return found


def test_everybody_is_in_one_row_and_the_summary_says_what_is_left(folder: Path) -> None:
    """Exit 1 as long as a person has something to settle."""
    done = run(folder)

    assert done.exit_code == 1
    assert states(folder) == {
        "ada": ("complete", ""),
        "bob": ("nothing gradable", "only essay.txt"),
        "cyd": (
            "not readable",
            "m06.rar cannot be opened: it is of a kind that is not opened here: hand in a zip file",
        ),
        "dan": ("complete", ""),
        "eve": ("not handed in", ""),
        "Zoe Nobody_5_assignsubmission_file_": (
            "not matched",
            "nobody in the roster has this name, number or address: write"
            " `Zoe Nobody_5_assignsubmission_file_,-` into matches.csv to leave it out, or an id of"
            " the roster in the place of -",
        ),
    }
    assert "1 not readable: cyd" in done.output
    assert "1 not matched: Zoe Nobody_5_assignsubmission_file_" in done.output
    assert "1 nothing gradable: bob" in done.output


def test_a_loose_file_is_left_to_a_person(folder: Path) -> None:
    """It may be a student's only hand-in, so exit 1 although everybody else is graded."""
    for name in ("Bob van Dyk_2", "Cyd Ng_3", "Zoe Nobody_5"):
        shutil.rmtree(folder / f"{name}_assignsubmission_file_")
    before = run(folder)
    (folder / "my work.py").write_text(CODE)

    done = run(folder)

    assert (before.exit_code, done.exit_code) == (0, 1)
    assert "'my work.py' is not a folder of a student" in done.output


@pytest.mark.parametrize("command", ["grade-class", "regrade"])
def test_the_roster_that_the_course_names_is_used(folder: Path, command: str) -> None:
    """Otherwise the same students would have other ids, and two results each."""
    course, output = folder.with_name("course.toml"), folder.with_name("out")
    course.write_text('timezone = "UTC"\nroster = "roster.csv"\n')
    arguments = ["grade-class", str(folder), "--output", str(output)]
    first = CliRunner().invoke(app, [*arguments, "--course", str(course)])

    again = CliRunner().invoke(app, [command, *arguments[1:], "--course", str(course)])

    assert first.exit_code == again.exit_code == 1
    assert {"ada", "bob", "cyd", "dan", "eve"} < set(states(folder))
    assert sorted(path.stem for path in (output / "results").glob("*.json")) == [
        "ada",
        "bob",
        "dan",
    ]


def test_the_folder_of_a_new_gradebook_is_made(folder: Path) -> None:
    """The course file has the roster."""
    course, book = folder.with_name("course.toml"), folder.with_name("book")
    course.write_text('timezone = "UTC"\nroster = "roster.csv"\n')

    done = run(folder, "--course", str(course), "--gradebook", str(book))

    assert (done.exit_code, (book / "results" / "ada.json").exists()) == (1, True)


def test_a_gradebook_without_a_roster_is_refused_before_anything_is_graded(folder: Path) -> None:
    """Nothing could be written into it in the end."""
    done = run(folder, "--gradebook", str(folder.with_name("book")))

    assert isinstance(done.exception, RosterError)
    assert not folder.with_name("out").exists()


def test_a_roster_that_is_not_used_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies where a course would have it, and there is no course file."""
    course = folder.with_name("course")
    course.mkdir()
    folder.with_name("roster.csv").rename(course / "roster.csv")
    monkeypatch.chdir(folder.parent)

    without = CliRunner().invoke(app, ["grade-class", "class", "--output", "out"])
    given = ["--roster", "course/roster.csv"]
    with_roster = CliRunner().invoke(app, ["grade-class", "class", "--output", "out", *given])

    line = "course/roster.csv is not used, since there is no course/course.toml: make one, or give"
    assert line in without.output
    assert "is not used" not in with_roster.output


@pytest.mark.parametrize("command", ["grade-class", "regrade"])
def test_a_folder_belongs_to_one_run_at_a_time(folder: Path, command: str) -> None:
    """Two that replace each other's results would find changes that nobody made."""
    output = folder.with_name("out")

    with only_run_in(output):
        second = subprocess.run(
            [sys.executable, "-m", "autograder", command, folder, "--output", output,
             "--any-python"],
            check=False, capture_output=True, text=True,
        )  # fmt: skip

    assert second.returncode == 2
    assert second.stderr == f"autograder: {output}: another run is writing there\n"


def test_nothing_is_left_once_a_person_has_settled_it(folder: Path) -> None:
    """Exit 0 then, although some have handed in nothing."""
    (folder / "Cyd Ng_3_assignsubmission_file_" / "m06.rar").unlink()
    matches = folder.with_name("matches.csv")
    matches.write_text("hand_in,student\nZoe Nobody_5_assignsubmission_file_,eve\n")

    before = run(folder)
    empty = {name for name, (state, _) in states(folder).items() if state == "nothing gradable"}
    left_out = [f"{name}_assignsubmission_file_,-" for name in ("Bob van Dyk_2", "Cyd Ng_3")]
    matches.write_text(
        "\n".join(["hand_in,student", *left_out, "Zoe Nobody_5_assignsubmission_file_,-", ""])
    )
    after = run(folder)

    assert (before.exit_code, after.exit_code) == (1, 0)
    assert (
        "3 nothing gradable: bob, cyd, eve: look where their files are; if there is nothing to"
        " grade, write - for the hand-in in matches.csv, next to the roster"
    ) in before.output
    assert empty == {"bob", "cyd", "eve"}
    assert {name: state for name, (state, _) in states(folder).items()} == {
        **dict.fromkeys(("ada", "dan"), "complete"),
        **dict.fromkeys(("bob", "cyd", "eve"), "not handed in"),
    }


@pytest.mark.parametrize("name", ["grade-class", "close"])
def test_an_interrupted_run_says_how_to_go_on(folder: Path, name: str) -> None:
    """Its table names everybody, also those whom it did not come to.

    Of the hand-ins that count, Cyd's cannot be read; the run may have found that out already.
    """
    endless = "import time\nwhile True:\n    time.monotonic()\n"
    for path in folder.glob(f"*/{WRITER}"):
        path.write_text(endless)
    output = folder.with_name("out")
    course = folder.with_name("course.toml")
    course.write_text('timezone = "UTC"\nroster = "roster.csv"\n')
    given = {
        "grade-class": [str(folder), "--roster", str(folder.with_name("roster.csv"))],
        "close": [str(course), "--submissions", str(folder)],
    }
    command = [sys.executable, "-m", "autograder", name, *given[name], "--output", str(output)]
    command.append("--any-python")

    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    ) as process:
        deadline = time.monotonic() + 120
        while not (output / "results").exists() and time.monotonic() < deadline:
            os.sched_yield()
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert re.search(r"Interrupted: \d of [34] are graded", errors)
    assert "Run the same command again to continue" in errors
    assert set(states(folder)) >= {"ada", "bob", "cyd", "dan", "eve"}


def test_a_graded_file_under_another_name_is_in_the_table_and_the_last_lines(folder: Path) -> None:
    """Its work was not seen, though every point is decided."""
    ada = folder / "Ada Lovelace_1_assignsubmission_file_"
    (ada / WRITER).rename(ada / "kinesis_multi_shard (1).py")
    (ada / "compare_with_sqs.py").write_text(SQS)
    dan = folder / "Dan Roe_4_assignsubmission_file_"
    (dan / "compare_with_sqs.py").write_text(SQS)

    done = run(folder)

    assert states(folder)["ada"] == (
        "complete",
        "The file kinesis_multi_shard.py is missing, but there is kinesis_multi_shard (1).py:"
        " rename it to kinesis_multi_shard.py",
    )
    assert states(folder)["dan"] == (
        "complete",
        "The file kinesis_multi_shard.py is missing, but there is m06.zip: unpack it in the top"
        " folder, and 2 more",
    )
    assert "2 with a graded file missing where another may be meant: ada, dan" in done.output


def test_open_points_are_in_the_last_lines(folder: Path) -> None:
    """Exit 0 alone would say that all grades are final."""
    solution = Course.of_this_checkout().solutions / "m06_partitioned_logs"
    shutil.copy(solution / "concepts.ipynb", folder / "Ada Lovelace_1_assignsubmission_file_")

    done = run(folder)

    assert states(folder)["ada"][0] == "unmarked"
    assert "1 has open points" in done.output


def test_what_may_be_wrong_with_matches_is_in_one_line(folder: Path) -> None:
    """Text that was typed in has its own name in the file, and no hand-in of that name."""
    typed = "Ada Lovelace_1_assignsubmission_onlinetext_"
    (folder / typed).mkdir()
    rows = [f"{typed},-", *(f"{name},eve" for name in ("a", "b", "c", "d"))]
    folder.with_name("matches.csv").write_text("\n".join(["hand_in,student", *rows, ""]))
    assignment = Course.of_this_checkout().load("m06_partitioned_logs")

    with class_submissions(folder, assignment, folder.with_name("roster.csv")) as found:
        notes = found.notes

    assert notes == ["matches.csv names 4 hand-ins that are not there: 'a', 'b', 'c' and 1 more"]


def test_a_groups_hand_in_of_canvas_is_in_one_line(tmp_path: Path) -> None:
    """It is graded for the student whose number it has."""
    (tmp_path / "roster.csv").write_text("id,canvas_id,name\nada,17,Ada Lovelace\n")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / f"team7_17_4711_{WRITER}").touch()
    assignment = Course.of_this_checkout().load("m06_partitioned_logs")

    with class_submissions(tmp_path / "class", assignment, tmp_path / "roster.csv") as found:
        notes, students = found.notes, [work.student for work in found.handed_in]

    assert students == ["ada"]
    assert notes == [
        "1 hand-in may be a group's, since the name is not the student's: 'team7_17' (ada): a row"
        " for each member in matches.csv gives it to all"
    ]


def test_a_submission_without_a_folder_is_not_readable(tmp_path: Path) -> None:
    """Gradescope's metadata say that it was handed in; the row and a line say what is missing."""
    folder = tmp_path / "class"
    (folder / "submission_1").mkdir(parents=True)
    (folder / "submission_1" / WRITER).write_text(CODE)
    (folder / "submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - :email: ada@example.org\n"
        "submission_7:\n  :submitters:\n  - :email: bob@example.org\n"
    )
    (tmp_path / "roster.csv").write_text(ROSTER)

    done = run(folder)

    state, reason = states(folder)["bob"]
    assert (done.exit_code, state) == (1, "not readable")
    assert "the download lacks its folder" in reason
    assert "'submission_7' (bob@example.org)" in done.output


CANVAS_ROSTER = (
    "Student,ID,SIS User ID,SIS Login ID,Section\n"
    '"Lovelace, Ada",501,u501,ada,S\n"Student, Test",599,,b0b,S\n'
)
BLACKBOARD_ROSTER = (
    '"Last Name","First Name","Username","Student ID","Last Access","Availability"\n'
    "Lovelace,Ada,ada,1,,Yes\nUser,Preview,terry_previewuser,,,Yes\n"
)


@pytest.mark.parametrize(
    ("roster", "names", "test_users"),
    [
        (CANVAS_ROSTER, ["ada_501_9_", "xyz_599_8_"], "'xyz_599'"),
        (CANVAS_ROSTER, ["ada_501_9_", "studenttest_777_8_"], "'studenttest_777'"),
        (
            BLACKBOARD_ROSTER,
            [f"M_6_{who}_attempt_2026-11-19-10-15-30_" for who in ("ada", "terry_previewuser")],
            "'M_6_terry_previewuser_attempt_2026-11-19-10-15-30'",
        ),
        (
            BLACKBOARD_ROSTER,
            [f"M_6_{who}_attempt_2026-11-19-10-15-30_" for who in ("ada", "kim_previewuser")],
            "'M_6_kim_previewuser_attempt_2026-11-19-10-15-30'",
        ),
    ],
)
def test_hand_ins_of_test_users_have_no_row(
    tmp_path: Path, roster: str, names: list[str], test_users: str
) -> None:
    """A line says whose they are, and nothing is left to do about them."""
    (tmp_path / "roster.csv").write_text(roster)
    (tmp_path / "class").mkdir()
    for name in names:
        (tmp_path / "class" / f"{name}{WRITER}").write_text(CODE)

    with class_submissions(tmp_path / "class", ASSIGNMENT, tmp_path / "roster.csv") as found:
        pass

    assert [work.student for work in found.handed_in] == ["ada"]
    assert (found.missing, found.unmatched, found.oddities) == ([], (), ())
    assert found.notes == [f"{test_users} is left out: it is a test user's"]
