"""Runs the visible checks in Classroom 50, and writes the result that the service reads.

`autograder classroom50 bundle` writes this file as `autograder.py`, next to the checks. It needs
Python 3.11 and nothing else: so it stands alone in one file. Packages that the checks need are
installed if they are missing.

The checks run together with student code, in the repository that they judge, so students can forge
the points: they are advice. Whatever student code does, the service gets a valid result, unless the
code kills this process: then the service says `error`.

Source of the contract: foundation50/classroom50, schemas/result-v1.schema.json and
cli/gh-teacher/skeleton/dotgithub/scripts/runner.py. The service runs it in the student's checkout
without arguments. It must write `result.json`, and may write `release-body.md`, and `status=` and
`summary=` to GITHUB_OUTPUT. Points are whole numbers, the summary becomes the description of a
commit's status (140 characters), the body that of a release (125,000). Another exit code than 0, or
the status `error`, means that the service failed, and that nothing counts.
"""

import contextlib
import ctypes
import html
import importlib.metadata
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULT, BODY = "result.json", "release-body.md"
REPLACED = ("assignment.toml", "checks", "pyproject.toml")
"""Files that a student's repository has too, but which are taken from the bundle."""
REQUIREMENTS = "requirements.txt"

SECONDS = float(os.environ.get("CHECKPOINT_SECONDS", "90"))
"""How long the checks of one checkpoint may take: with five, the job's 15 minutes are enough."""
INSTALL_SECONDS = 240
"""With five checkpoints, 11.5 of the job's 15 minutes may be used up."""
END_SECONDS = 10
"""How long processes that student code started are looked for and ended."""
MOST_MEMORY = 4 << 30
"""Address space of one process in bytes: a memory bomb ends there, and not the job."""
LARGEST_FILE = 64 << 20
"""Bytes of one file that student code may write, its output included."""
READ_OUTPUT = 256 << 10
"""Bytes at the end of the output that are read; the counts are in the last lines."""
LONGEST_TEXT = 3500
"""Characters of a checkpoint's output in the body: five of them, escaped, fit into a release."""
LONGEST_BODY, LONGEST_SUMMARY = 125_000, 140
"""Characters: the limits of GitHub for a release and for the description of a status."""

ADVICE = (
    "These points count the visible checks, which are the plain cases only. They are advice: your "
    "grade comes from the hidden tests, and replaces them."
)

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h


@dataclass(frozen=True)
class VisibleCheckpoint:
    """A part of the assignment, as its settings have it."""

    id: str
    title: str
    points: int


@dataclass(frozen=True)
class ChecksOutcome:
    """The result of a checkpoint's visible checks."""

    checkpoint: VisibleCheckpoint
    passed: int
    checks: int
    """How many there are; 0 if they did not run to their end."""
    text: str
    """The output; it may hold anything, since student code prints too."""

    @property
    def is_complete(self) -> bool:
        """Whether all passed."""
        return 0 < self.checks == self.passed

    @property
    def score(self) -> int:
        """Whole points: all of them only if all checks passed."""
        return self.checkpoint.points * self.passed // self.checks if self.checks else 0

    @property
    def summary(self) -> str:
        """The result in words."""
        if not self.checks:
            return "the visible checks did not come to their end"
        return f"{self.passed} of {self.checks} visible checks passed"


class ChecksNotRunError(Exception):
    """The checks could not be run at all, through no fault of the student's."""


def main() -> None:
    """Grade the checkout that is the working folder."""
    checkout, bundle = Path.cwd(), Path(__file__).resolve().parent
    checkpoints = read_checkpoints(bundle)
    adopt_orphans()
    try:
        with tempfile.TemporaryDirectory(
            prefix="visible-checks-", ignore_cleanup_errors=True
        ) as scratch:
            outcomes = run_checks(checkout, bundle, checkpoints, Path(scratch))
        problem = None
    except (ChecksNotRunError, OSError, shutil.Error) as error:
        outcomes, problem = [], str(error)[:200]
    most = sum(checkpoint.points for checkpoint in checkpoints)
    write_anew(checkout / RESULT, json.dumps(result_of(outcomes, most, os.environ), indent=2))
    write_anew(checkout / BODY, body_of(outcomes, most, problem))
    status, summary = status_of(outcomes, most, problem)
    if os.environ.get("GITHUB_OUTPUT"):
        with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(f"\nstatus={status}\nsummary={summary}\n")
    lines = [f"{outcome.checkpoint.id}: {outcome.summary}" for outcome in outcomes]
    if problem is not None:  # a path in it may be a student's: no command to Actions
        lines = [ascii(problem).replace("##[", "## [")]
    sys.stdout.write("\n".join([*lines, summary]) + "\n")


def read_checkpoints(bundle: Path) -> list[VisibleCheckpoint]:
    """Read the checkpoints that have visible checks."""
    settings = tomllib.loads((bundle / "assignment.toml").read_text("utf-8"))
    return [
        VisibleCheckpoint(setting["id"], setting["title"], setting["points"])
        for setting in settings["checkpoints"]
        if (bundle / "checks" / f"test_{setting['id']}.py").is_file()
    ]


def run_checks(
    checkout: Path, bundle: Path, checkpoints: Sequence[VisibleCheckpoint], scratch: Path
) -> list[ChecksOutcome]:
    """Run the checks of each checkpoint by themselves, so that one cannot stop another.

    Raises:
        ChecksNotRunError: What they need is not there and cannot be installed.
    """
    packages = install(bundle / REQUIREMENTS, scratch)
    outcomes = []
    for checkpoint in checkpoints:
        # Student code may change the copy, so each has its own.
        copy = scratch / checkpoint.id
        copy_repository(checkout, bundle, copy)
        text = run_pytest(copy, f"checks/test_{checkpoint.id}.py", packages)
        shutil.rmtree(copy, ignore_errors=True)
        outcomes.append(read_report(checkpoint, text))
    return outcomes


def copy_repository(checkout: Path, bundle: Path, copy: Path) -> None:
    """Copy a student's files, with our checks instead of theirs; links stay links."""

    def left_out(folder: str, names: list[str]) -> list[str]:
        return [
            name
            for name in names
            if name.startswith(".")
            or name == "__pycache__"
            or (Path(folder) == checkout and name in REPLACED)
        ]

    # What cannot be copied is missing there, and the checks say so.
    with contextlib.suppress(shutil.Error):
        shutil.copytree(checkout, copy, symlinks=True, ignore=left_out)
    for name in REPLACED:
        source = bundle / name
        if source.is_dir():
            shutil.copytree(source, copy / name)
        else:
            shutil.copyfile(source, copy / name)


def install(requirements: Path, scratch: Path) -> Path | None:
    """Install what the checks need, unless this Python has it already.

    Returns:
        The folder with the packages; None if nothing was missing.

    Raises:
        ChecksNotRunError: It cannot be installed.
    """
    if all(is_installed(line) for line in requirements.read_text("utf-8").splitlines()):
        return None
    folder = scratch / "packages"
    # -P: no module in the working folder is imported instead of pip's.
    command = [sys.executable, "-P", "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--target", str(folder), "-r", str(requirements)]
    try:
        done = subprocess.run(command, cwd=scratch, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ChecksNotRunError(f"pip had not ended after {INSTALL_SECONDS} s") from None
    if done.returncode:
        raise ChecksNotRunError(
            f"pip could not install what the checks need: exit {done.returncode}"
        )
    return folder


def is_installed(line: str) -> bool:
    """Whether `name==version` is installed; a requirement of other systems counts as installed."""
    requirement = line.partition("#")[0].strip()
    name, _, version = requirement.partition("==")
    if not requirement or ";" in requirement:
        return True
    try:
        return importlib.metadata.version(name) == version
    except importlib.metadata.PackageNotFoundError:
        return False


def run_pytest(copy: Path, checks: str, packages: Path | None) -> str:
    """Run some checks for a limited time, end all that they started, and return the output."""
    command = [sys.executable, "-P", "-m", "pytest", "-c", "pyproject.toml", "--rootdir", "."]
    command += ["--confcutdir", "checks", "-p", "no:cacheprovider", "--show-capture=no", checks]
    ended = ""
    with tempfile.TemporaryFile(dir=copy.parent) as output:
        process = subprocess.Popen(
            command,
            cwd=copy,
            env=environment(copy, packages),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=limit,
        )
        try:
            status = process.wait(SECONDS)
            if status not in (0, 1):  # pytest's own for "all passed" and "some failed"
                ended = f"These checks ended with the exit code {status}.\n"
        except subprocess.TimeoutExpired:
            ended = f"These checks had not ended after {SECONDS:g} s.\n"
        finally:
            end(process)
        output.seek(max(0, output.seek(0, os.SEEK_END) - READ_OUTPUT))
        return ended + output.read(READ_OUTPUT).decode("utf-8", "backslashreplace")


def environment(copy: Path, packages: Path | None) -> dict[str, str]:
    """Return the environment of the checks, without the variables and secrets of the job."""
    passed_on = ("PATH", "LD_LIBRARY_PATH", "CHECK_SECONDS")
    return {
        **{name: os.environ[name] for name in passed_on if name in os.environ},
        **({"PYTHONPATH": str(packages)} if packages else {}),
        "HOME": str(copy),
        "TMPDIR": str(copy),
        "LC_ALL": "C.UTF-8",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def limit() -> None:
    """Limit the resources of the checks, in their process before they begin."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def adopt_orphans() -> None:
    """Have processes whose parent ended become ours, so that they can be found and ended."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started: none may write after the result is written."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    give_up = time.monotonic() + END_SECONDS
    while (left := list(children())) and time.monotonic() < give_up:
        for pid in left:
            # One that another user runs (sudo) cannot be killed.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def children() -> Iterator[int]:
    """Yield the ids of this process's children, as far as the system says (Linux)."""
    with contextlib.suppress(OSError):
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii")
        yield from map(int, listed.split())


def read_report(checkpoint: VisibleCheckpoint, text: str) -> ChecksOutcome:
    """Read the counts in what the checks printed: `writer 4 of 6 visible checks`."""
    line = rf"^{checkpoint.id} (\d{{1,4}}) of (\d{{1,4}}) visible checks\r?$"
    found = re.findall(line, text, re.MULTILINE | re.ASCII)
    passed, checks = map(int, found[-1]) if found else (0, 0)
    if passed > checks:
        passed, checks = 0, 0
    return ChecksOutcome(checkpoint, passed, checks, text)


def result_of(
    outcomes: Sequence[ChecksOutcome], most: int, environ: Mapping[str, str]
) -> dict[str, Any]:
    """Make the result: a test for each checkpoint.

    Args:
        outcomes: Of the checkpoints; none if the checks could not be run.
        most: The points of all checkpoints.
        environ: The environment, in which the service says whose submission it is.
    """
    owner = environ.get("OWNER") or environ.get("USERNAME") or "unknown"
    commit = environ.get("COMMIT_URL") or "unknown"
    return {
        "schema": "classroom50/result/v1",
        "classroom": environ.get("CLASSROOM") or "unknown",
        "assignment": environ.get("ASSIGNMENT") or "unknown",
        "assignment_type": environ.get("ASSIGNMENT_TYPE") or "individual",
        "owner": owner,
        "submission": environ.get("SUBMISSION_TAG") or "submit/unknown",
        "commit": commit,
        "release": environ.get("RELEASE_URL") or commit,
        "review": environ.get("REVIEW_URL") or commit,
        "datetime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(outcome.score for outcome in outcomes),
        "max-score": most,
        "tests": [
            {
                "test-name": f"{outcome.checkpoint.id}: {outcome.checkpoint.title}",
                "passed": outcome.is_complete,
                "score": outcome.score,
                "max-score": outcome.checkpoint.points,
                "message": outcome.summary,
            }
            for outcome in outcomes
        ],
    }


def status_of(outcomes: Sequence[ChecksOutcome], most: int, problem: str | None) -> tuple[str, str]:
    """Make the status and its summary."""
    if problem is not None:
        return "error", "The visible checks could not be run, which is not your fault."
    score, complete = (
        sum(outcome.score for outcome in outcomes),
        sum(outcome.is_complete for outcome in outcomes),
    )
    summary = (
        f"Visible checks: {score}/{most}, {complete} of {len(outcomes)} checkpoints complete. "
        "The grade comes from hidden tests."
    )
    status = "success" if complete == len(outcomes) else "failure"
    return status, summary[:LONGEST_SUMMARY]


def body_of(outcomes: Sequence[ChecksOutcome], most: int, problem: str | None) -> str:
    """Write the text for the student: a table, and below it the output of failed checkpoints."""
    if problem is not None:
        return f"### The visible checks could not be run\n\n{as_block(problem)}\n"
    lines = [
        f"### Visible checks: {sum(outcome.score for outcome in outcomes)}/{most}",
        "",
        ADVICE,
        "",
    ]
    lines += ["| Checkpoint | Visible checks | Result | Score |", "|---|---|---|---|"]
    for outcome in outcomes:
        checkpoint = outcome.checkpoint
        mark = "PASS" if outcome.is_complete else "FAIL"
        lines.append(
            f"| {checkpoint.id}: {checkpoint.title} | {outcome.passed} of {outcome.checks} |"
            f" {mark} | {outcome.score}/{checkpoint.points} |"
        )
    details = []
    for outcome in outcomes:
        if not outcome.is_complete:
            details += [
                "",
                f"**{outcome.checkpoint.id}**: {outcome.summary}",
                "",
                as_block(outcome.text),
            ]
    whole = "\n".join([*lines, *details]) + "\n"
    return whole if len(whole) <= LONGEST_BODY else "\n".join(lines) + "\n"


def as_block(text: str) -> str:
    """Escape any text: no markup, and no invisible characters."""
    shown = "".join(
        character if character == "\n" or character.isprintable() else ascii(character)[1:-1]
        for character in text.strip()[:LONGEST_TEXT]
    )
    return f"<pre>{html.escape(shown[:LONGEST_TEXT])}</pre>"


def write_anew(path: Path, text: str) -> None:
    """Write a file, and replace whatever has its name: a link or a folder too."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
