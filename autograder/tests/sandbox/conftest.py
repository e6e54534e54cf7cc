"""Fixtures: a sandbox with a submission that tries everything."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import CallResult, Sandbox
from autograder.tests.limits import LIMITS
from autograder.tests.sandbox.submission import STUDENT


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a student's modules."""
    folder = tmp_path_factory.mktemp("student")
    folder.chmod(0o755)
    (folder / "code.py").unlink(missing_ok=True)
    (folder / "student.py").write_text(STUDENT)
    (folder / "helped.py").write_text("from student import boom\ndef f(): boom()\n")
    (folder / "broken.py").write_text("def f(:\n    pass\n")
    (folder / "failing.py").write_text("import nothing_like_that\n")
    (folder / "looping.py").write_text("while True: pass\n")
    (folder / "leaving.py").write_text("import os; os._exit(0)\n")
    (folder / "sleeping.py").write_text("import time; time.sleep(1e6)\n")
    (folder / "flooding.py").write_text("import os\nwhile True: os.write(3, b'x' * 60000)\n")
    return folder


@pytest.fixture(scope="module")
def sandbox(submission: Path) -> Iterator[Sandbox]:
    """Start one sandbox for all tests."""
    with Sandbox(submission, LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
def call(sandbox: Sandbox) -> Callable[..., CallResult]:
    """Call a function of the student's module."""

    def do(function: str, *args: Any, **limits: Any) -> CallResult:
        changed = LIMITS.model_copy(update=limits)
        return sandbox.call("student", function, list(args), {}, changed)

    return do
