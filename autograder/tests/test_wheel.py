"""The wheel holds the tool, and no secrets of a course."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.assignment import Course

PROJECT = Course.of_this_checkout().assignments.parent
SECRET = ("suites/m0", "tests/", "solutions/", "assignments/", "benchmarks/", "conformance/")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_a_wheel_holds_the_tool_alone(wheel: Path) -> None:
    """With templates and style sheets, but without hidden tests, solutions and attacks."""
    names = zipfile.ZipFile(wheel).namelist()

    assert {"autograder/cli/__init__.py", "autograder/feedback/page.css"} <= set(names)
    assert [name for name in names if any(part in name for part in SECRET)] == []


def test_an_installed_wheel_serves_the_checkout_around_the_current_folder(
    wheel: Path, tmp_path: Path
) -> None:
    """The assignments, solutions and hidden tests are the checkout's."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    script = "from autograder.assignment import Course as C; print(C.of_this_checkout().suites)"

    found = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=PROJECT / "solutions",
        env={"PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert Path(found.stdout.strip()) == PROJECT / "autograder" / "suites"
