"""A pytest plugin that counts the checks of each checkpoint, here and on GitHub Actions."""

import json
import os
import secrets
import sys
import threading
import tomllib
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import pytest

from checks import on_actions, time_limit
from checks.hand_in import ROOT, your_hand_in
from checks.student_code import CheckFailed, Location

MOST_ANNOTATIONS = 9
"""GitHub shows ten errors for a step; one of them says that the step failed."""
ABOUT_GRADE = (
    "Your grade comes from the hidden tests. They ask for the same requirements, with other data, "
    "other sizes and more unusual cases. After a push, your grade appears on your commit on "
    "GitHub, as statuses named grade/... and a comment."
)


@dataclass
class Check:
    """One visible check and its result."""

    title: str
    """Such as `W1: A new stream is ready.`"""
    failure: str | None = None
    location: Location | None = None

    @property
    def texts(self) -> tuple[str, str]:
        """What the check asks for, and why it failed."""
        return self.title, self.failure or ""


@dataclass
class Checkpoint:
    """The checks of one file `test_<id>.py`."""

    id: str
    checks: dict[str, Check] = field(default_factory=dict)

    @property
    def count(self) -> str:
        """`writer 2 of 4 visible checks`."""
        if self.id == "rehearsed":  # cases of lost tests, which do not know what is right
            return (
                f"rehearsed {self.passed} of {len(self.checks)} saved cases pass: "
                "they end differently now. What is right, the requirement says"
            )
        return f"{self.id} {self.passed} of {len(self.checks)} visible checks"

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(check.failure is None for check in self.checks.values())


class Report:
    """Collects the result of each check, and prints a summary at the end."""

    def __init__(self) -> None:
        self.checkpoints: dict[str, Checkpoint] = {}
        self._token = secrets.token_hex(16)
        self._status = 1

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep Actions from reading what student code prints as commands."""
        time_limit.end_process = lambda why: self._end(session, why)
        if on_actions.active():
            reporter = session.config.pluginmanager.get_plugin("terminalreporter")
            if reporter is not None:
                reporter.ensure_newline()
                reporter.write_line(f"::stop-commands::{self._token}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run the checks in the order of assignment.toml; checkpoints not named there run last."""
        order = list(_titles())
        items.sort(key=lambda item: order.index(_id(item)) if _id(item) in order else len(order))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Record the result of a check."""
        report = yield
        checkpoint = _id(item)
        checks = self.checkpoints.setdefault(checkpoint, Checkpoint(checkpoint)).checks
        check = checks.setdefault(item.nodeid, Check(_title(item)))
        if report.failed and call.excinfo is not None:
            check.failure = report.longreprtext
            if isinstance(call.excinfo.value, CheckFailed):
                check.location = call.excinfo.value.location
        elif report.skipped:
            check.failure = "This check was skipped."
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the counts, the failed checks and the notes about your files."""
        if not self.checkpoints:
            return
        terminalreporter.section("visible checks")
        for checkpoint in self.checkpoints.values():
            terminalreporter.write_line(checkpoint.count)
            for check in checkpoint.checks.values():
                if check.failure is not None:
                    terminalreporter.write_line(f"  failed  {check.title}", red=True)
        for note in your_hand_in().notes:
            terminalreporter.write_line(f"  note    {note}")
        for line in filter(None, ["", _about_python(), ABOUT_GRADE]):
            terminalreporter.write_line(line)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Write annotations and the summary for Actions, after all that pytest prints."""
        yield
        self._status = int(session.exitstatus)
        if on_actions.active() and self.checkpoints:
            # Actions may read stderr after stdout, so commands stay off until the step ends.
            end = f"::stop-commands::{secrets.token_hex(16)}"
            lines = [f"::{self._token}::", *self._annotations(), *self._notices(), end]
            on_actions.print_alone(lines)
            on_actions.add_to_summary(self._summary())

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Exit even if threads of student code never end: Python would wait for them."""
        others = [thread for thread in threading.enumerate() if not thread.daemon]
        others.remove(threading.main_thread())
        for thread in others:
            thread.join(1)
        if any(thread.is_alive() for thread in others):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self._status)

    def _end(self, session: pytest.Session, why: str) -> None:
        """End the process where a call cannot be interrupted; print the results so far."""
        capture = session.config.pluginmanager.get_plugin("capturemanager")
        if capture is not None:
            capture.suspend_global_capture(in_=True)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            self.pytest_terminal_summary(reporter)
            reporter.write_line(why, red=True)
            sys.stdout.flush()
        os._exit(1)

    def _failed(self) -> list[tuple[Checkpoint, Check]]:
        return [
            (checkpoint, check)
            for checkpoint in self.checkpoints.values()
            for check in checkpoint.checks.values()
            if check.failure is not None
        ]

    def _annotations(self) -> list[str]:
        """Write an error annotation for each line of student code at which checks failed."""
        found: dict[Location, list[Check]] = {}
        for _, check in self._failed():
            if check.location is not None:
                found.setdefault(check.location, []).append(check)
        return [
            on_actions.command(
                "error",
                "\n".join(dict.fromkeys(text for check in checks for text in check.texts)),
                file=_in_workspace(location),
                line=location.line,
                title="Visible check" if len(checks) == 1 else f"{len(checks)} visible checks",
            )
            for location, checks in list(found.items())[:MOST_ANNOTATIONS]
        ]

    def _notices(self) -> list[str]:
        """Write the two notices in which tools for classic GitHub Classroom look for points.

        Each visible check counts as one point. This is not the grade.
        """
        count = sum(len(checkpoint.checks) for checkpoint in self.checkpoints.values())
        passed = count - len(self._failed())
        report = json.dumps({"totalPoints": passed, "maxPoints": count}, separators=(",", ":"))
        return [
            "The points below count the visible checks, one each. They are not your grade.",
            f"::notice title=Autograding complete::Points {passed}/{count}",
            f"::notice title=Autograding report::{report}",
        ]

    def _summary(self) -> str:
        titles = _titles()
        lines = ["## Visible checks", "", "| checkpoint | | visible checks |", "|---|---|---|"]
        for checkpoint in self.checkpoints.values():
            passed, count = checkpoint.passed, len(checkpoint.checks)
            mark = "✅" if passed == count else "❌"
            title = on_actions.cell(titles.get(checkpoint.id, ""))
            lines.append(f"| {mark} {checkpoint.id} | {title} | {passed} of {count} |")
        lines += ["", *(f"* {on_actions.cell(note)}" for note in your_hand_in().notes)]
        lines += ["", *filter(None, [_about_python()]), ABOUT_GRADE, ""]
        for checkpoint, check in self._failed():
            lines.append(f"**{checkpoint.id}** {on_actions.cell(check.title)}")
            lines += ["", on_actions.block(check.failure or ""), ""]
        return "\n".join(lines)


def _id(item: pytest.Item) -> str:
    return item.path.stem.removeprefix("test_")


def _title(item: pytest.Item) -> str:
    text = getattr(getattr(item, "function", None), "__doc__", None) or item.name
    return text.strip().splitlines()[0]


def _titles() -> dict[str, str]:
    """Read the titles of the checkpoints, by id."""
    try:
        checkpoints = _assignment()["checkpoints"]
        return {str(checkpoint["id"]): str(checkpoint["title"]) for checkpoint in checkpoints}
    except (KeyError, TypeError):
        return {}


def _about_python() -> str:
    """Return a warning if your Python is not the one that your code is graded with."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    graded = _assignment().get("python", here)
    if graded == here:
        return ""
    return f"These checks ran with Python {here}; your code is graded with Python {graded}."


def _assignment() -> dict[str, Any]:
    try:
        return tomllib.loads((ROOT / "assignment.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _in_workspace(location: Location) -> str:
    """Return a file's path from the top of the repository, as GitHub names it."""
    path, workspace = ROOT / location.file, os.environ.get("GITHUB_WORKSPACE")
    if workspace and path.is_relative_to(workspace):
        return path.relative_to(workspace).as_posix()
    return location.file
