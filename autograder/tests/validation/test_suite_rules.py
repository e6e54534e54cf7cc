"""A suite must inspect student data through a single bounded view, or it is refused."""

from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.validation.suite_rules import detours

SUITES = [path for path in sorted(Course.of_this_checkout().suites.iterdir()) if path.is_dir()]


@pytest.mark.parametrize("suite", [s for s in SUITES if s.name[0].isalpha()], ids=lambda s: s.name)
def test_no_suite_bypasses_the_view(suite: Path) -> None:
    """Each of our suites uses only `autograder.testing`."""
    assert detours(suite) == []


@pytest.mark.parametrize(
    "line",
    [
        "import ast",
        "from autograder.aws import Cloud",
        "from autograder.grading.judge.verdict import wrong",
        "import json; json.loads('1')",
        "def test(seen): seen._cloud",
        "def test(seen): getattr(seen, 'x')",
        "def test(): open('/etc/passwd')",
        "from .. import other",
    ],
)
def test_a_bypass_is_reported_with_its_place(line: str, tmp_path: Path) -> None:
    """The message has the file and the line."""
    (tmp_path / "test_it.py").write_text(f"import json\n\n{line}\n")

    found = detours(tmp_path)

    assert len(found) == 1
    assert found[0].startswith("test_it.py:3: ")


def test_code_that_arranges_a_test_is_allowed(tmp_path: Path) -> None:
    """A suite may write JSON, and use private members of classes that it defines."""
    (tmp_path / "test_it.py").write_text(
        "import json\nfrom autograder.testing import wrong\n"
        "class It:\n    def get(self):\n        return json.dumps(self._kept)\n"
    )

    assert detours(tmp_path) == []
