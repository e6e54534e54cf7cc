"""The warm interpreter: several runs at the same time, and its end."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.grading.foreman.launcher import Launcher, RunExit

SECONDS = 60.0


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    """Start an interpreter that no other test uses."""
    with Launcher() as started:
        yield started


class Run:
    """A folder with one test."""

    def __init__(self, folder: Path, body: str) -> None:
        folder.mkdir()
        self._folder = folder
        self._file = folder / "test_it.py"
        self._file.write_text(f"import threading\ndef test(): {body}\n")

    def start(self, launcher: Launcher, seconds: float = SECONDS) -> RunExit:
        """Run it, and return how it ended."""
        return launcher.run([str(self._file)], self._folder, seconds)


def opens(pipe: Path, mode: str) -> str:
    """Return code that continues once somebody opens the other end of a pipe."""
    return f"open({str(pipe)!r}, {mode!r}).close()"


def test_runs_go_side_by_side(launcher: Launcher, tmp_path: Path) -> None:
    """Here each waits for the other."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reads, writes = Run(tmp_path / "a", opens(pipe, "r")), Run(tmp_path / "b", opens(pipe, "w"))

    with ThreadPoolExecutor() as threads:
        ended = [threads.submit(run.start, launcher) for run in (reads, writes)]

    assert [run.result().exit_code for run in ended] == [0, 0]


def test_a_run_that_takes_too_long_ends_alone(launcher: Launcher, tmp_path: Path) -> None:
    """Another run continues, in the same interpreter."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    endless, other = (
        Run(tmp_path / "a", "threading.Event().wait()"),
        Run(tmp_path / "b", opens(pipe, "r")),
    )
    with ThreadPoolExecutor() as threads:
        going_on = threads.submit(other.start, launcher)

        late = endless.start(launcher, seconds=0.5)

        pipe.open("w").close()

    assert late.exit_code is None
    assert not late.is_lost
    assert going_on.result().exit_code == 0


def test_if_the_interpreter_is_killed_all_its_runs_are_lost(
    launcher: Launcher, tmp_path: Path
) -> None:
    """One new interpreter is started for all of them."""
    pipes = [tmp_path / "pipe", tmp_path / "other_pipe"]
    for pipe in pipes:
        os.mkfifo(pipe)
    endless = [
        Run(tmp_path / name, f"{opens(pipe, 'w')}; threading.Event().wait()")
        for name, pipe in zip("ab", pipes, strict=True)
    ]
    quick = Run(tmp_path / "c", "pass")
    with ThreadPoolExecutor() as threads:
        ended = [threads.submit(run.start, launcher) for run in endless]
        for pipe in pipes:
            pipe.open().close()  # both are under way
        os.killpg(launcher._process.pid, signal.SIGKILL)
    following = quick.start(launcher)

    assert [run.result().is_lost for run in ended] == [True, True]
    assert following.exit_code == 0


def test_closing_it_ends_the_runs_under_way(launcher: Launcher, tmp_path: Path) -> None:
    """The threads that wait for them get an error."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    endless = Run(tmp_path / "a", f"{opens(pipe, 'w')}; threading.Event().wait()")
    with ThreadPoolExecutor() as threads:
        ended = threads.submit(endless.start, launcher)
        pipe.open().close()

        launcher.close()

    assert str(ended.exception()) == "grading was interrupted"


def test_it_can_be_closed_twice() -> None:
    """A run that failed may have closed it already."""
    launcher = Launcher()
    launcher.close()

    launcher.close()

    assert launcher._process.returncode is not None
