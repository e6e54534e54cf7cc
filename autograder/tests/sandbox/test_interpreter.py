"""Student code runs on the Python that the assignment names, if it is installed anywhere."""

from pathlib import Path

import pytest

from autograder.errors import SandboxError
from autograder.sandbox import (
    Interpreter,
    Raised,
    Returned,
    Sandbox,
    find_interpreter,
    interpreter_for,
    require_interpreter,
    require_sandbox,
)
from autograder.sandbox.interpreter import this_interpreter
from autograder.tests.limits import LIMITS

UNKNOWN = "3.99"
STUDENT = """
import datetime
import sys
import time
import boto3

def version():
    before = time.time()
    time.sleep(60)
    region = boto3.client("sqs").meta.region_name
    return f"{sys.version_info[0]}.{sys.version_info[1]}", region, time.time() - before >= 60
"""


def executable(path: Path, script: str) -> None:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_a_function_runs_on_the_python_that_is_asked_for(version: str, tmp_path: Path) -> None:
    """It has boto3 and a virtual clock, even if the grader runs on another Python."""
    interpreter = find_interpreter(version)
    if interpreter is None:
        pytest.skip(f"Python {version} is not installed here")
    tmp_path.chmod(0o755)
    (tmp_path / "student.py").write_text(STUDENT)

    require_sandbox(interpreter)
    with Sandbox(tmp_path, LIMITS, interpreter=interpreter) as sandbox:
        result = sandbox.call("student", "version", [], {})

    assert isinstance(result, Returned)
    assert result.value == [version, "us-east-1", True]


def test_packages_of_the_other_python_are_not_in_the_sandbox(tmp_path: Path) -> None:
    """Student code can import only the standard library and boto3."""
    interpreter = next(filter(None, map(find_interpreter, ("3.12", "3.13", "3.11"))))
    tmp_path.chmod(0o755)
    (tmp_path / "student.py").write_text("def packages():\n    import pip\n")

    with Sandbox(tmp_path, LIMITS, interpreter=interpreter) as sandbox:
        result = sandbox.call("student", "packages", [], {})

    assert isinstance(result, Raised)
    assert result.type_name == "ModuleNotFoundError"


def test_without_that_python_the_graders_python_is_used() -> None:
    """Commands that grade many stop with an error, unless an option accepts any Python."""
    require_interpreter(UNKNOWN, any_python=True)

    with pytest.raises(SandboxError, match=r"Python 3\.99, which the assignment names, is not"):
        require_interpreter(UNKNOWN, any_python=False)
    assert interpreter_for(UNKNOWN) == this_interpreter()


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",  # as pyenv's shims do for a version that is not chosen
        "echo not JSON",
        "echo '[]'",
        """echo '{"executable": "/bin/true", "version": "2.7", "paths": [], "sites": []}'""",
        """echo '{"executable": 1, "version": "3.98", "paths": [], "sites": []}'""",
    ],
)
def test_a_program_that_is_not_the_python_of_its_name_is_skipped(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it prints."""
    find_interpreter.cache_clear()
    executable(tmp_path / "bin" / "python3.98", script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")

    found = find_interpreter("3.98")

    assert found is None


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("UV_PYTHON_INSTALL_DIR", "cpython-3.98.1-linux-x86_64-gnu/bin"),
        ("PYENV_ROOT", "versions/3.98.1/bin"),
        ("RUNNER_TOOL_CACHE", "Python/3.98.1/x64/bin"),
    ],
)
def test_it_is_found_where_tools_install_it(
    variable: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It need not be on the PATH."""
    find_interpreter.cache_clear()
    described = Interpreter(Path("/bin/true"), "3.98", (), ()).as_json()
    executable(tmp_path / folder / "python3.98", f"echo '{described}'")
    monkeypatch.setenv(variable, str(tmp_path))

    found = find_interpreter("3.98")

    assert found == Interpreter(Path("/bin/true"), "3.98", (), ())
