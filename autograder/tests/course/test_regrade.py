"""`regrade` grades a class again and says what changed, also if it was interrupted."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.course.kept_terms import TERMS_FILE
from autograder.course.regrade import KEPT, forget_results, keep_results
from autograder.errors import AutograderError
from autograder.tests.course.command_line import CommandLine, CommandResult
from autograder.tests.gradebook.students import SOLUTION

FILE = "compare_with_sqs.py"
TEST = "brokers"
STUDENTS = ("ada", "bob", "cyd")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade a class, of which two have the solution of a checkpoint and one has done nothing."""
    folder = tmp_path_factory.mktemp("course")
    for student in STUDENTS:
        (folder / "class" / student).mkdir(parents=True)
    for student in STUDENTS[:2]:
        shutil.copy(SOLUTION / FILE, folder / "class" / student)
    (folder / "class" / "cyd" / FILE).write_text(
        "def read_queue_twice(queue_name, messages): ...\n"
    )
    arguments = ["grade-class", "class", "--output", "out", "--any-python"]
    subprocess.run(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


@pytest.fixture
def course(graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the results of two students those of an older suite, in which a test was wrong."""
    folder = Path(shutil.copytree(graded, tmp_path / "course"))
    monkeypatch.chdir(folder)
    for student in STUDENTS[:2]:
        found = read(folder, student)
        found["grader"]["suite"] = "sha256:older"
        checkpoint = next(part for part in found["checkpoints"] if part["id"] == TEST)
        test = next(test for test in checkpoint["tests"] if test["outcome"] == "passed")
        test |= {"outcome": "wrong", "score": 0.0}
        checkpoint["score"] -= test["max_score"]
        found["score"] -= test["max_score"]
        (folder / "out" / "results" / f"{student}.json").write_text(json.dumps(found))
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs commands."""
    monkeypatch.setenv("COLUMNS", "200")
    return CommandLine(monkeypatch, capsys)


def read(folder: Path, student: str) -> Any:
    """Read a result."""
    return json.loads((folder / "out" / "results" / f"{student}.json").read_text())


def files(folder: Path) -> Mapping[str, bytes]:
    """Return the content of all files of the output."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "out").rglob("*")
        if path.is_file()
    }


def changes(course: Path) -> list[tuple[str, str]]:
    """Return the students in the table of changes, and why they changed."""
    rows = list(csv.DictReader((course / "out" / "changes.csv").read_text().splitlines()))
    return [(row["student"], row["why"]) for row in rows]


def regrade(run: CommandLine, *more: str) -> CommandResult:
    """Grade the class again."""
    return run("regrade", "class", "--output", "out", "--any-python", *more)


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    course: Path, run: CommandLine
) -> None:
    """Except for the file that it is asked for."""
    before = files(course)

    done = regrade(run, "--dry-run", "--changes", "changes.html")

    assert done.status == 0
    assert "3 students compared: 2 gained points, 0 lost points, 1 unchanged" in done.out
    assert "suite +" in done.out
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith("│")] == [
        "ada",
        "bob",
    ]
    assert files(course) == before
    assert "<bdi>ada</bdi>" in (course / "changes.html").read_text()


def test_a_regrade_replaces_results_and_writes_the_changes(
    course: Path, graded: Path, run: CommandLine
) -> None:
    """The page leads to the students' pages."""
    done = regrade(run)

    found = changes(course)
    page = (course / "out" / "changes.html").read_text()
    assert done.status == 0
    points = [read(graded, student)["score"] for student in STUDENTS]
    assert [read(course, student)["score"] for student in STUDENTS] == points
    assert [student for student, _ in found] == ["ada", "bob"]
    assert all(why.startswith("suite +") for _, why in found)
    assert 'href="feedback/ada.html"' in page
    assert not (course / "out" / KEPT).exists()


def test_other_files_are_told_from_another_suite(course: Path, run: CommandLine) -> None:
    """Students may have pushed in between; who is not graded again has not changed."""
    (course / "class" / "cyd" / FILE).write_text((SOLUTION / FILE).read_text())
    (course / "class" / "bob" / FILE).write_text("")

    done = regrade(run, "--only", "bob", "--only", "cyd")

    (bob, cyd) = changes(course)
    assert done.status == 1  # nothing of bob's can be graded now
    assert bob[0] == "bob"
    assert bob[1].startswith("suite or submission -")
    assert cyd[0] == "cyd"
    assert cyd[1].startswith("submission +")
    assert read(course, "ada")["grader"]["suite"] == "sha256:older"


def test_a_run_that_is_killed_and_run_again_has_all_changes(course: Path, run: CommandLine) -> None:
    """Also those of the students whom the killed run had graded again."""
    command = ["regrade", "class", "--output", "out", "--any-python", "--workers", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "autograder", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None and read(course, "ada")["grader"]["suite"] == "sha256:older":
            os.sched_yield()
        os.killpg(process.pid, signal.SIGKILL)
    was_kept = (course / "out" / KEPT).is_dir()

    done = regrade(run)

    assert was_kept
    assert done.status == 0
    assert [student for student, _ in changes(course)] == ["ada", "bob"]
    assert not (course / "out" / KEPT).exists()


def test_points_are_those_of_the_course_file(course: Path, run: CommandLine) -> None:
    """Without dropped tests, after the penalty; a dry run says what a run then does."""
    make_course_file(course)
    (course / "out" / "results" / TERMS_FILE).unlink()  # as if they were the same then

    dry = regrade(run, "--dry-run", "--changes", "dry.csv")
    regrade(run)

    rows = list(csv.DictReader((course / "dry.csv").read_text().splitlines()))
    assert dry.status == 0
    assert (course / "dry.csv").read_text() == (course / "out" / "changes.csv").read_text()
    assert [row["student"] for row in rows] == ["ada", "bob"]
    assert {row["max_before"] for row in rows} == {row["max_after"] for row in rows} == {"98"}
    late, in_time = (float(row["after"]) for row in rows)
    assert late == pytest.approx(0.8 * in_time)
    assert "policy" not in rows[0]["why"]


def test_a_change_of_the_course_file_is_told_from_the_suite_s(
    course: Path, run: CommandLine
) -> None:
    """The terms of before are kept with the results."""
    make_course_file(course)

    done = regrade(run, "--dry-run", "--changes", "dry.csv")
    regrade(run)
    again = regrade(run)

    rows = {
        row["student"]: row for row in csv.DictReader((course / "dry.csv").read_text().splitlines())
    }
    assert (rows["bob"]["max_before"], rows["bob"]["max_after"]) == ("100", "98")
    assert "policy" not in rows["bob"]["why"]
    assert "policy -" in rows["ada"]["why"]
    assert done.status == 0
    assert "0 gained points, 0 lost points" in again.out


def make_course_file(folder: Path) -> None:
    """Write a course file that drops a test, and in which ada is late and eve excused."""
    (folder / "course" / "gradebook").mkdir(parents=True)
    roster = "".join(f"{name},{name}@x.org\n" for name in (*STUDENTS, "eve"))
    (folder / "course" / "roster.csv").write_text(f"id,email\n{roster}")
    (folder / "course" / "gradebook" / "handins.csv").write_text(
        "student,handed_in_at\nada,2024-12-02T12:00:00+00:00\n"
    )
    (folder / "course" / "course.toml").write_text(
        'timezone = "UTC"\nexcused = ["eve"]\n[deadline]\nat = 2024-12-01T23:59:00\n'
        "[late]\npercent_per_day = 20\n"
        '[tests]\n"writer/create_returns_once_active" = "dropped"\n'
    )


@pytest.mark.parametrize("content", ["{", None])
def test_without_a_sound_result_before_nobody_gains(
    course: Path, run: CommandLine, content: str | None
) -> None:
    """It is listed; nothing says what was there."""
    file = course / "out" / "results" / "ada.json"
    if content is None:
        file.unlink()
    else:
        file.write_text(content)

    done = regrade(run)

    which = "no" if content is None else "a broken"
    points = read(course, "ada")["score"]
    assert done.status == 1
    assert f"ada: not compared: {which} result before, {points:g} points now" in done.out
    assert "2 students compared: 1 gained points" in done.out
    assert [student for student, _ in changes(course)] == ["bob"]


def test_a_result_that_is_gone_is_listed(course: Path, run: CommandLine) -> None:
    """A dry run cannot read what was handed in."""
    shutil.rmtree(course / "class" / "ada")

    done = regrade(run, "--dry-run")

    assert done.status == 1
    assert "points before, no result now" in done.out


def test_a_class_that_was_never_graded_is_refused(course: Path, run: CommandLine) -> None:
    """There is nothing to compare with."""
    shutil.rmtree(course / "out")

    done = regrade(run, "--dry-run")

    assert done.status == 2
    assert "out contains no results: give the folder that `grade-class` wrote" in done.err


def test_kept_results_stay_until_they_are_forgotten(tmp_path: Path) -> None:
    """A second copy would be that of a half-replaced class; a half-made copy is made again."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "ada.json").write_text("1")
    (tmp_path / f"{KEPT}.part").mkdir()
    (tmp_path / f"{KEPT}.part" / "bob.json").write_text("half")

    keep_results(tmp_path)
    (tmp_path / "results" / "ada.json").write_text("2")
    kept = keep_results(tmp_path)

    assert {path.name: path.read_text() for path in kept.iterdir()} == {"ada.json": "1"}
    forget_results(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_results_that_cannot_be_copied_stop_the_run(tmp_path: Path) -> None:
    """Before anything is graded."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "ada.json").symlink_to("nowhere")

    with pytest.raises(AutograderError, match="cannot be copied"):
        keep_results(tmp_path)
