"""Runs hidden tests on a submission: pytest in a separate process, with a time limit."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.errors import AutograderError
from autograder.grading.foreman.journal import read_journal
from autograder.grading.foreman.launcher import Launcher
from autograder.grading.foreman.report import PytestRun
from autograder.limits import Limits
from autograder.sandbox import Interpreter
from autograder.sandbox.sandbox import GRACE_SECONDS
from autograder.submission import Submission

STARTING_SECONDS = 120.0
"""What a run may take besides its calls: to start the sandbox, on a machine that is overloaded."""
LEEWAY = 2
"""A run that takes longer than this many times what its calls may take is the grader's fault."""
UNUSED_PLUGINS = (
    "cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "logging", "pastebin",
    "setuponly", "setupplan", "stepwise", "threadexception", "unittest", "unraisableexception",
)  # fmt: skip
"""Parts of pytest that hidden tests do not need; the last one collects garbage five times."""
REPORT = "report.json"
JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class PytestRunner:
    """Runs hidden tests of one assignment.

    Args:
        launcher: Starts pytest.
        suite: Folder of the hidden suite.
        assignment: Whose limits hold.
        interpreter: What runs the student's code.
        confined: False runs the code without a sandbox.
    """

    launcher: Launcher
    suite: Path
    assignment: Assignment
    interpreter: Interpreter
    confined: bool

    def run(self, submission: Submission, node_ids: Sequence[str], *, seed: str) -> PytestRun:
        """Run these tests on a submission, and return what they left behind.

        Args:
            submission: The files to grade.
            node_ids: The tests, as pytest names them.
            seed: What the tests' data derive from.

        Raises:
            AutograderError: pytest cannot be started, or temporary files cannot be written.
        """
        with _scratch_folder() as scratch:
            try:
                stage = scratch / "submission"
                stage.mkdir()
                submission.copy_to(stage)
                # The sandbox runs as another user, who has to reach the stage.
                scratch.chmod(0o755)
                arguments = pytest_arguments(
                    self.suite,
                    node_ids,
                    scratch,
                    stage,
                    seed,
                    self.interpreter,
                    confined=self.confined,
                )
            except OSError as error:
                raise _no_room(error) from None
            begin = time.monotonic()
            ended = self.launcher.run(arguments, scratch, _longest(self.assignment.limits))
            return PytestRun(
                ended.exit_code,
                _read_report(scratch / REPORT),
                ended.output,
                read_journal(scratch / JOURNAL),
                time.monotonic() - begin,
                ended.is_lost,
            )


def _longest(limits: Limits) -> float:
    """Return how long a run may take, in seconds of real time."""
    # The last call may begin just before the submission's time is used up.
    calls = limits.submission_seconds + limits.wall_seconds + GRACE_SECONDS
    return STARTING_SECONDS + LEEWAY * calls


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """Make a temporary folder, and remove it afterwards.

    Raises:
        AutograderError: None can be made.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True)
    except OSError as error:
        raise _no_room(error) from None
    with folder as name:
        yield Path(name)


def _no_room(error: OSError) -> AutograderError:
    return AutograderError(
        f"temporary files cannot be written to {tempfile.gettempdir()}: {error.strerror} "
        "(make room, or set TMPDIR)"
    )


def pytest_arguments(
    suite: Path,
    tests: Sequence[str],
    scratch: Path,
    stage: Path,
    seed: str,
    interpreter: Interpreter,
    *,
    confined: bool,
) -> list[str]:
    """Return pytest's command line, with the grader's own plugins and settings only.

    Args:
        suite: Folder of the hidden suite.
        tests: Which of its files or tests to run, as pytest names them.
        scratch: Folder for the report and for settings that hide all others.
        stage: Folder with the submission's files.
        seed: What the tests' data derive from.
        interpreter: What runs the student's code.
        confined: False runs the code without a sandbox.
    """
    settings = scratch / "pytest.ini"
    settings.write_text("[pytest]\n")
    return [
        "-c", str(settings), "-W", "ignore::pytest.PytestAssertRewriteWarning",
        "--rootdir", str(suite), "--confcutdir", str(suite), "--import-mode=importlib",
        "--disable-plugin-autoload", "-p", "pytest_metadata.plugin",
        "-p", "pytest_jsonreport.plugin",
        "-p", "autograder.grading.foreman.plugin",
        *[part for name in UNUSED_PLUGINS for part in ("-p", f"no:{name}")],
        "-q", "--tb=line", "-rN", "--strict-markers", "--capture=fd",
        "--json-report", f"--json-report-file={scratch / REPORT}",
        "--json-report-omit", "collectors", "log", "streams", "keywords", "traceback",
        "--journal", str(scratch / JOURNAL), "--submission", str(stage), "--seed", seed,
        "--interpreter", interpreter.as_json(),
        *([] if confined else ["--no-sandbox"]),
        *[str(suite / name) for name in tests],
    ]  # fmt: skip


def _read_report(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
