"""A class whose hand-ins are folders: everybody of the roster and each hand-in has one row."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli.app import app
from autograder.course.results import only_run_in
from autograder.tests.checkout import hear_interrupts
from autograder.tests.intake.downloads import WRITER, zipped

CODE = "def delete_stream(stream_name): ...\n"
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
        "bob": ("nothing gradable", ""),
        "cyd": (
            "not readable",
            "m06.rar cannot be opened: it is of a kind that is not opened here: hand in a zip file",
        ),
        "dan": ("complete", ""),
        "eve": ("not handed in", ""),
        "Zoe Nobody_5_assignsubmission_file_": (
            "not matched",
            "nobody in the roster has this name, number or address",
        ),
    }
    assert "1 not readable: cyd" in done.output
    assert "1 not matched: Zoe Nobody_5_assignsubmission_file_" in done.output
    assert "1 nothing gradable: bob" in done.output


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
    """Exit 0 then, although somebody has handed in nothing."""
    (folder / "Cyd Ng_3_assignsubmission_file_" / "m06.rar").unlink()
    folder.with_name("matches.csv").write_text(
        "hand_in,student\nZoe Nobody_5_assignsubmission_file_,eve\n"
    )

    done = run(folder)

    assert done.exit_code == 0
    assert set(states(folder)) == {"ada", "bob", "cyd", "dan", "eve"}
    assert states(folder)["eve"] == ("nothing gradable", "")


def test_an_interrupted_run_says_how_to_go_on(folder: Path) -> None:
    """Its table names everybody, also those whom it did not come to."""
    endless = "import time\nwhile True:\n    time.monotonic()\n"
    for path in folder.glob(f"*/{WRITER}"):
        path.write_text(endless)
    output = folder.with_name("out")
    command = [sys.executable, "-m", "autograder", "grade-class", str(folder), "--output"]
    command += [str(output), "--roster", str(folder.with_name("roster.csv")), "--any-python"]

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
    assert "Run the same command again to continue" in errors
    assert set(states(folder)) >= {"ada", "bob", "cyd", "dan", "eve"}
