"""Runs nbgrader's formgrader, in which people mark open answers, in a browser on this machine."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GradebookError
from autograder.files import scratch_folder
from autograder.gradebook.marking.folders import MarkingFolder

LOG = "formgrader.log"
START_SECONDS = 120
"""It takes 2 s; a machine that does much else may need longer."""
STOP_SECONDS = 10


@dataclass(frozen=True)
class Formgrader:
    """A running formgrader."""

    address: str
    """It leads to the list of submissions; its token opens the other pages too."""
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> None:
        """Wait for its end; it ends by itself only if something is wrong.

        Raises:
            GradebookError: It has ended.
        """
        self.process.wait()
        raise GradebookError(f"formgrader ended: {_last_line(self.log)}")


@contextmanager
def running_formgrader(folder: MarkingFolder, port: int) -> Iterator[Formgrader]:
    """Run formgrader for as long as the block does.

    Args:
        folder: Where the copies and the points are. The log goes into it, as `formgrader.log`.
        port: Port on this machine. If it is taken, Jupyter chooses one nearby.

    Raises:
        GradebookError: It does not start.
    """
    log = folder.path / LOG
    with scratch_folder() as scratch, _private(log) as output:
        process = subprocess.Popen(
            _command(folder, port),
            cwd=folder.path, env=_environment(scratch), stdin=subprocess.DEVNULL,
            stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield Formgrader(_address(process, scratch, log), process, log)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(folder: MarkingFolder, port: int) -> list[str]:
    extensions = {"nbgrader.server_extensions.formgrader": True}
    # formgrader cuts the slash off `base_url`, from which Jupyter takes the cookie's path. Browsers
    # take an empty path for the folder of the first page, and would not be let into the others.
    cookie = {"path": "/"}
    return [
        sys.executable, "-m", "jupyter_server", "--no-browser", "-y", "--ip=127.0.0.1",
        f"--port={port}", "--allow-root", f"--ServerApp.root_dir={folder.path.resolve()}",
        f"--ServerApp.jpserver_extensions={extensions}",
        f"--IdentityProvider.cookie_options={cookie}",
        f"--ServerApp.default_url=/formgrader/gradebook/{folder.assignment}/{folder.notebook}",
    ]  # fmt: skip


def _environment(scratch: Path) -> dict[str, str]:
    """Return Jupyter's environment: its own files are temporary, and our tokens are not in it."""
    passed_on = {
        key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ
    }
    programs = os.pathsep.join([str(Path(sys.executable).parent), passed_on.get("PATH", "")])
    return {
        **passed_on,
        "PATH": programs,
        # Nobody's settings, and so no JupyterLab, terminals or other extensions either.
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "run"),
    }


def _address(process: subprocess.Popen[bytes], scratch: Path, log: Path) -> str:
    """Wait until Jupyter serves, and return its address."""
    # Jupyter writes it as soon as it listens; the port that it chose is known only then.
    file = scratch / "run" / f"jpserver-{process.pid}.json"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            server = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            time.sleep(0.05)
            continue
        return f"{server['url']}?token={server['token']}"
    raise GradebookError(f"formgrader does not start: {_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "nothing")
    return f"{log} ends with: {last.strip()[:300]}"


@contextmanager
def _private(log: Path) -> Iterator[int]:
    """Open a new log that only its owner can read, since it holds the token."""
    log.unlink(missing_ok=True)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        yield output
    finally:
        os.close(output)
