"""Each assignment names one Python, and everything follows from that."""

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML brings no types
from typer.testing import CliRunner

from autograder.assignment import Assignment, Course
from autograder.cli.app import app
from autograder.sandbox import find_interpreter
from autograder.sandbox.interpreter import this_interpreter

COURSE = Course.of_this_checkout()
ASSIGNMENTS = [COURSE.load(name) for name in COURSE.ids()]
ROOT = COURSE.assignments.parent


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda assignment: assignment.id)
def test_the_handout_names_it(assignment: Assignment) -> None:
    """The handout says with which Python code is graded."""
    handout = (COURSE.assignments / assignment.id / "README.md").read_text("utf-8")

    assert f"your code is graded with Python {assignment.python}." in handout
    assert f"You need Python {assignment.python}" in handout


def test_the_workflow_that_grades_pushes_installs_those_of_all_assignments() -> None:
    """Otherwise, the workflow would stop with an error."""
    text = (ROOT / ".github" / "workflows" / "grade-pushes.yml").read_text("utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    (version,) = [
        step["with"]["python-version"]
        for step in job["steps"]
        if "setup-uv" in step.get("uses", "")
    ]

    assert {assignment.python for assignment in ASSIGNMENTS} == {version}


@pytest.mark.parametrize(
    "arguments",
    [["grade-class", "class", "--output", "out"], ["grade-pushes", "--course", "course.toml"]],
    ids=lambda arguments: arguments[0],
)
def test_many_are_not_graded_on_another_python_unasked(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says what to install, or which option allows another Python."""
    assignment = ASSIGNMENTS[0]
    if assignment.python == this_interpreter().version:
        pytest.skip("the tests themselves run on the assignment's Python")
    for variable in ("HOME", "PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "RUNNER_TOOL_CACHE"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("AUTOGRADER_ANY_PYTHON", "")
    find_interpreter.cache_clear()

    result = CliRunner().invoke(app, [*arguments, "--assignment", assignment.id])

    find_interpreter.cache_clear()
    assert result.exit_code == 1
    assert re.search(
        rf"Python {assignment.python}, which the assignment names, .* --any-python",
        str(result.exception),
    )
