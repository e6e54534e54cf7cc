"""A suite looks at what a student touched through one bounded view, or is refused."""

from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.validation.suite_rules import detours

SUITES = [path for path in sorted(Course.of_this_checkout().suites.iterdir()) if path.is_dir()]


@pytest.mark.parametrize("suite", [s for s in SUITES if s.name[0].isalpha()], ids=lambda s: s.name)
def test_no_suite_goes_around_the_view(suite: Path) -> None:
    """Each of our suites keeps to `autograder.testing`."""
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
def test_a_way_around_is_named_with_its_place(line: str, tmp_path: Path) -> None:
    """The message says the file and the line."""
    (tmp_path / "test_it.py").write_text(f"import json\n\n{line}\n")

    found = detours(tmp_path)

    assert len(found) == 1
    assert found[0].startswith("test_it.py:3: ")


def test_what_arranging_needs_is_allowed(tmp_path: Path) -> None:
    """JSON is written, private members of the test's own classes are used."""
    (tmp_path / "test_it.py").write_text(
        "import json\nfrom autograder.testing import wrong\n"
        "class It:\n    def get(self):\n        return json.dumps(self._kept)\n"
    )

    assert detours(tmp_path) == []
