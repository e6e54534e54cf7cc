"""Failures of the grader's machine are reported, and nothing is lost or left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.aws import engine
from autograder.errors import CloudError, SandboxError
from autograder.grading.foreman import examiner as examiners
from autograder.grading.foreman.examiner import MOST_RUNS, Examiner
from autograder.grading.foreman.launcher import Launcher
from autograder.submission import read_submission
from autograder.tests.hostile.arena import adopt_orphans, left_behind, traces

COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load("m06_partitioned_logs")
SOLUTION = COURSE.solutions / "m06_partitioned_logs"
GRADE = [sys.executable, "-m", "autograder", "grade", str(SOLUTION), "--checkpoint", "brokers"]
MOMENTS = 12


@pytest.fixture(scope="module")
def whole_seconds() -> float:
    """Measure how long a grade takes on this machine."""
    began = time.monotonic()
    subprocess.run(GRADE, capture_output=True, check=True)
    return time.monotonic() - began


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_killed_grader_leaves_nothing_running(
    tmp_path: Path, whole_seconds: float, moment: int
) -> None:
    """Whenever it is killed, the hidden tests, the sandbox and its mounts end by themselves."""
    adopt_orphans()
    before = traces()
    process = subprocess.Popen(
        GRADE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    try:
        process.wait(timeout=whole_seconds * moment / MOMENTS)
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait()

    assert left_behind(before) == ()


@pytest.fixture
def examiner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Examiner]:
    """Start an examiner with its own interpreter, which may be killed."""
    monkeypatch.setattr(examiners, "Launcher", Launcher)
    with Examiner(ASSIGNMENT, COURSE) as started:
        yield started


def test_hidden_tests_run_again_if_their_process_was_killed(examiner: Examiner) -> None:
    """The log says so. Here it is killed before the run."""
    submission = read_submission(SOLUTION, ASSIGNMENT)
    examiner.grade(submission, checkpoints=["brokers"])
    kill(examiner._launcher)

    grade, grader_log = examiner.grade(submission, checkpoints=["brokers"])

    assert grade.score == grade.max_score
    assert "the process that starts the hidden tests ended (-9)" in grader_log


def test_when_the_hidden_tests_are_killed_again_and_again_nothing_counts_as_lost(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkpoint stays ungraded, because it is not the student's fault; the next is graded."""
    submission = read_submission(SOLUTION, ASSIGNMENT)
    with monkeypatch.context() as patch:
        patch.setattr(examiner._launcher, "_warm_up", lambda: kill(examiner._launcher))
        killed, grader_log = examiner.grade(submission, checkpoints=["brokers"])
    following, _ = examiner.grade(submission, checkpoints=["brokers"])

    assert {test.outcome for test in killed.checkpoints[0].tests} == {"grader_error"}
    assert grader_log.count("the process that starts the hidden tests ended") == MOST_RUNS
    assert following.score == following.max_score


def kill(launcher: Launcher) -> None:
    """Kill the warm interpreter."""
    os.kill(launcher._process.pid, signal.SIGKILL)


def test_a_run_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """The next run gets a new interpreter."""
    adopt_orphans()
    before = traces()
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    slow, quick = tmp_path / "test_slow.py", tmp_path / "test_quick.py"
    slow.write_text("import threading\ndef test(): threading.Event().wait()\n")
    quick.write_text("def test(): pass\n")
    with Launcher() as launcher:
        ended = launcher.run([str(slow)], first, seconds=0.5)
        following = launcher.run([str(quick)], second, seconds=60)

    assert ended.exit_code is None
    assert following.exit_code == 0
    assert left_behind(before) == ()


def test_another_moto_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The patches and their tests are for one version."""
    monkeypatch.setattr(engine, "version", lambda _name: "6.0.0")

    with pytest.raises(CloudError, match=r"made for moto 5\.2\.5, and 6\.0\.0 is installed"):
        Examiner(ASSIGNMENT, COURSE)


def test_without_bubblewrap_nothing_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code runs without a sandbox only if the user asks for it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.metadata.files", lambda _name: [])

    with pytest.raises(SandboxError, match="bubblewrap is missing"):
        Examiner(ASSIGNMENT, COURSE)


def test_a_bubblewrap_that_builds_no_walls_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here, a program of that name does nothing and exits with 0."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\nexit 0\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(SandboxError, match="no sandbox can be had here"):
        Examiner(ASSIGNMENT, COURSE)


@pytest.fixture
def on_small_disk(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a command with a folder on a disk of a given size."""
    disk = tmp_path / "disk"
    disk.mkdir()
    unshare = shutil.which("unshare")

    def run(kib: int, *command: str, prepare: str = "") -> subprocess.CompletedProcess[str]:
        if unshare is None:
            pytest.skip("unshare is missing")
        own = [unshare, "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        script = f'mount -t tmpfs -o size={kib}k none "$1" || exit 99; {prepare} shift; exec "$@"'
        done = subprocess.run(
            [*own, "sh", "-c", script, "sh", str(disk), *command],
            env=os.environ | {"DISK": str(disk)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 99 or "unshare" in done.stderr:
            pytest.skip("no disk can be mounted here")
        return done

    return run


def test_a_full_disk_for_temporary_files_is_reported(
    tmp_path: Path, on_small_disk: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """In one line, with exit code 2."""
    done = on_small_disk(8, "env", f"TMPDIR={tmp_path / 'disk'}", *GRADE)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "temporary files cannot be written" in done.stderr


def test_a_disk_that_fills_up_meanwhile_costs_no_point(
    tmp_path: Path, on_small_disk: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """The hidden tests cannot write their report: the checkpoint stays ungraded."""
    done = on_small_disk(44, "env", f"TMPDIR={tmp_path / 'disk'}", *GRADE, "--format", "json")

    assert done.returncode in (0, 2)
    if done.returncode == 0:
        tests = [
            test
            for checkpoint in json.loads(done.stdout)["checkpoints"]
            for test in checkpoint["tests"]
        ]
        assert {test["outcome"] for test in tests} <= {"passed", "grader_error"}


def test_a_full_disk_keeps_the_result_that_was_there(
    tmp_path: Path, on_small_disk: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """An output file is replaced only by a complete new file."""
    old = tmp_path / "disk" / "result.json"

    done = on_small_disk(
        4, "sh", "-c", '"$@"; echo "exit $?"; cat "$DISK/result.json"', "sh",
        *GRADE, "--format", "json", "--output", str(old),
        prepare='echo old > "$1/result.json";',
    )  # fmt: skip

    assert done.stdout == "exit 2\nold\n"
    assert "result.json cannot be written: No space left on device" in done.stderr
