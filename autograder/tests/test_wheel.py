"""The wheel holds the tool, and no secrets of a course."""

import subprocess
import sys
import zipfile
from pathlib import Path

from autograder.assignment import Course

PROJECT = Course.of_this_checkout().assignments.parent
SECRET = ("suites/m0", "tests/", "solutions/", "assignments/", "benchmarks/", "conformance/")


def test_a_wheel_holds_the_tool_alone(tmp_path: Path) -> None:
    """With templates and style sheets, but without hidden tests, solutions and attacks."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )

    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"autograder/cli/__init__.py", "autograder/feedback/page.css"} <= set(names)
    assert [name for name in names if any(part in name for part in SECRET)] == []
