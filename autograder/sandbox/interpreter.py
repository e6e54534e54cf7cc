"""Which Python runs student code: that of the assignment, wherever one is installed.

The grader itself may run on another. boto3 and what it needs are pure Python, so the same files
serve any version.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from autograder.errors import SandboxError
from autograder.sandbox.inside import about

SECONDS = 20.0
"""How long an interpreter may take to say what it is."""


@dataclass(frozen=True)
class Interpreter:
    """A Python with its standard library."""

    executable: Path
    """The real one, behind links and virtual environments."""
    version: str
    """Such as `3.12`."""
    paths: tuple[Path, ...]
    """What it needs: its standard library, and its shared library if it has any."""
    sites: tuple[Path, ...]
    """Where installed packages may lie."""

    @classmethod
    def read(cls, facts: Any) -> Self:
        """Make one of the facts that `about.interpreter_facts` returns.

        Raises:
            ValueError, TypeError, KeyError: They are something else.
        """
        if not isinstance(facts["version"], str):
            raise TypeError(facts["version"])
        return cls(
            Path(facts["executable"]),
            facts["version"],
            tuple(map(Path, facts["paths"])),
            tuple(map(Path, facts["sites"])),
        )

    def as_json(self) -> str:
        """Write what `read` reads."""
        return json.dumps(
            {
                "executable": str(self.executable),
                "version": self.version,
                "paths": [*map(str, self.paths)],
                "sites": [*map(str, self.sites)],
            }
        )


@cache
def this_interpreter() -> Interpreter:
    """Return the interpreter that runs this."""
    return Interpreter.read(about.interpreter_facts())


@cache
def find_interpreter(version: str) -> Interpreter | None:
    """Find an installed Python of a version such as `3.12`; None if there is none.

    This one comes first, then the PATH, then where uv, pyenv and GitHub Actions put theirs.
    """
    if this_interpreter().version == version:
        return this_interpreter()
    for path in _candidates(version):
        found = _ask(path)
        if found is not None and found.version == version:
            return found
    return None


def interpreter_for(version: str) -> Interpreter:
    """Return a Python of this version, or the Python that runs this if none is installed."""
    return find_interpreter(version) or this_interpreter()


def require_interpreter(version: str, *, any_python: bool) -> None:
    """Refuse to grade many on another Python than theirs: right code may fail on it.

    Args:
        version: The Python that the assignment names.
        any_python: True accepts the Python that runs this instead.

    Raises:
        SandboxError: It is not installed.
    """
    if not any_python and find_interpreter(version) is None:
        raise SandboxError(
            f"Python {version}, which the assignment names, is not installed here: install it "
            f"(`uv python install {version}`), or grade with Python {this_interpreter().version} "
            "and --any-python"
        )


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    if on_path := shutil.which(name):
        yield Path(on_path)
    home = Path(os.environ.get("HOME", "/nowhere"))
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    for folder, pattern in (
        (os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python", f"cpython-{version}.*/bin"),
        (os.environ.get("PYENV_ROOT") or home / ".pyenv", f"versions/{version}.*/bin"),
        (
            os.environ.get("RUNNER_TOOL_CACHE") or "/opt/hostedtoolcache",
            f"Python/{version}.*/*/bin",
        ),
    ):
        yield from sorted(path / name for path in Path(folder).glob(pattern))


def _ask(path: Path) -> Interpreter | None:
    """Have an interpreter say what it is; None if it does not run, or says nothing of use."""
    try:
        ran = subprocess.run(
            [str(path), "-I", "-S", about.__file__],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )
        return Interpreter.read(json.loads(ran.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, TypeError, KeyError):
        return None
