"""A real cluster gives the same grades as this machine, even if workers are killed."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.cluster import dask_graders
from autograder.course.class_outcomes import ClassAction, StudentOutcome
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions
from autograder.errors import AutograderError
from autograder.intake.hand_ins import StudentHandIn

COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load("m06_partitioned_logs")
BROKERS = "compare_with_sqs.py"
SOURCES = {
    "ada": (COURSE.solutions / ASSIGNMENT.id / BROKERS).read_text("utf-8"),
    "bob": "",
    "cyd": "def read_queue_twice(:\n",
    "dan": "import os\nos._exit(0)\n",
    "eve": "def read_log_twice(stream_name, messages):\n    return 1\n",
    "fay": "def read_queue_twice(queue_name, messages):\n    return [], []\n",
}


class Cluster:
    """A scheduler and workers, in separate processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []
        scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self._line(scheduler, r"Scheduler at:\s+(tcp://\S+)")

    def add_worker(self) -> "subprocess.Popen[str]":
        """Start a worker that grades one submission at a time; wait until it is connected."""
        worker = self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", str(self.folder),
        )  # fmt: skip
        self._line(worker, r"(Registered to)")
        return worker

    def _start(self, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
        )
        self.processes.append(process)
        return process

    @staticmethod
    def _line(process: "subprocess.Popen[str]", pattern: str) -> str:
        """Read a process's output until it matches; discard the rest in the background."""
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            found = re.search(pattern, line)
            if found:
                threading.Thread(target=process.stderr.read, daemon=True).start()
                return found[1]
        pytest.fail("".join(lines))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Run a scheduler."""
    (tmp_path / "cluster").mkdir()
    made = Cluster(tmp_path / "cluster")
    yield made
    for process in reversed(made.processes):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


@pytest.fixture
def students(tmp_path: Path) -> Path:
    """Return a folder with a few submissions."""
    folder = tmp_path / "class"
    for name, source in SOURCES.items():
        (folder / name).mkdir(parents=True)
        (folder / name / BROKERS).write_text(source)
    return folder


def results(output: Path) -> dict[str, object]:
    """Read all results."""
    return {
        path.stem: json.loads(path.read_text("utf-8"))
        for path in sorted((output / "results").glob("*.json"))
    }


def grade(
    students: Path,
    output: Path,
    settings: RunSettings,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Iterator[StudentOutcome]:
    """Grade the class."""
    handed_in = [
        StudentHandIn.of_folder(student.name, student) for student in sorted(students.iterdir())
    ]
    submissions = ClassSubmissions(handed_in)
    return grade_class(submissions, ASSIGNMENT, COURSE, output, settings, on_wait)


def run(
    students: Path,
    output: Path,
    settings: RunSettings,
    on_wait: Callable[[str], None] = lambda _: None,
) -> dict[str, ClassAction]:
    """Grade the whole class."""
    outcomes = grade(students, output, settings, on_wait)
    return {outcome.student: outcome.action for outcome in outcomes}


def test_submissions_of_a_killed_worker_are_graded_once_elsewhere(
    cluster: Cluster, students: Path, tmp_path: Path
) -> None:
    """The results are identical to those of a run on this machine."""
    doomed, _ = cluster.add_worker(), cluster.add_worker()
    far: list[StudentOutcome] = []

    for outcome in grade(students, tmp_path / "far", RunSettings(dask=cluster.address)):
        if not far:
            os.kill(doomed.pid, signal.SIGKILL)
        far.append(outcome)
    near = run(students, tmp_path / "near", RunSettings(workers=2))

    assert near == dict.fromkeys(SOURCES, ClassAction.GRADED)
    assert sorted((outcome.student, outcome.action) for outcome in far) == sorted(near.items())
    assert results(tmp_path / "far") == results(tmp_path / "near")
    for name in SOURCES:
        page = f"feedback/{name}.html"
        assert (tmp_path / "far" / page).read_bytes() == (tmp_path / "near" / page).read_bytes()
    assert doomed.wait() == -signal.SIGKILL


def test_a_worker_that_comes_later_is_waited_for_and_used(
    cluster: Cluster, students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message says that the run waits for a worker."""
    monkeypatch.setattr("autograder.course.class_run.SILENT_SECONDS", 0.2)
    for name in ("bob", "cyd", "dan", "eve", "fay"):
        shutil.rmtree(students / name)
    messages: list[str] = []

    def on_wait(why: str) -> None:
        if not messages:
            cluster.add_worker()
        messages.append(why)

    done = run(students, tmp_path / "far", RunSettings(dask=cluster.address), on_wait=on_wait)

    assert done == {"ada": ClassAction.GRADED}
    assert "no worker" in messages[0]


def test_a_worker_with_other_versions_is_refused(
    cluster: Cluster, students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It might give different grades."""
    cluster.add_worker()
    wanted = {**dask_graders.versions(ASSIGNMENT), "moto": "0.0.1"}
    monkeypatch.setattr(dask_graders, "versions", lambda _: wanted)

    with pytest.raises(AutograderError, match="other versions than this machine: moto"):
        run(students, tmp_path / "far", RunSettings(dask=cluster.address))


def test_a_missing_scheduler_is_reported_in_one_line(
    students: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written."""
    monkeypatch.setattr(dask_graders, "CONNECT_SECONDS", 0.5)

    with pytest.raises(AutograderError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run(students, tmp_path / "far", RunSettings(dask="tcp://127.0.0.1:9"))
