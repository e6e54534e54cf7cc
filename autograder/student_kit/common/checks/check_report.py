"""Counts the checks of each checkpoint, here and on GitHub Actions. A plugin of pytest."""

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

from checks import on_actions
from checks.hand_in import ROOT, your_hand_in
from checks.student_code import CheckFailed, Place

MOST_ANNOTATIONS = 9
"""GitHub shows ten errors of a step, one of which says that the step failed."""
ABOUT_GRADE = (
    "Your grade comes from the hidden tests. They ask for the same requirements, with other data, "
    "other sizes and more unusual cases. After a push, your grade appears on your commit on "
    "GitHub, as statuses named grade/... and a comment."
)


@dataclass
class Check:
    """One visible check and what became of it."""

    title: str
    """Such as `W1: A new stream is ready.`"""
    failure: str | None = None
    place: Place | None = None

    @property
    def texts(self) -> tuple[str, str]:
        """What was asked, and why it failed."""
        return self.title, self.failure or ""


@dataclass
class Checkpoint:
    """The checks of one file `test_<id>.py`."""

    id: str
    checks: dict[str, Check] = field(default_factory=dict)

    @property
    def count(self) -> str:
        """`writer 2 of 4 visible checks`."""
        return f"{self.id} {self.passed} of {len(self.checks)} visible checks"

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(check.failure is None for check in self.checks.values())


class Report:
    """Collects what became of each check, and tells it in the end."""

    def __init__(self) -> None:
        self.checkpoints: dict[str, Checkpoint] = {}
        self._token = secrets.token_hex(16)
        self._status = 1

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Let Actions take nothing that student code prints for a command."""
        if on_actions.active():
            reporter = session.config.pluginmanager.get_plugin("terminalreporter")
            if reporter is not None:
                reporter.ensure_newline()
                reporter.write_line(f"::stop-commands::{self._token}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Check in the order of the handout; checkpoints that are not in assignment.toml last."""
        order = list(_titles())
        items.sort(key=lambda item: order.index(_id(item)) if _id(item) in order else len(order))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what became of a check."""
        report = yield
        checkpoint = _id(item)
        checks = self.checkpoints.setdefault(checkpoint, Checkpoint(checkpoint)).checks
        check = checks.setdefault(item.nodeid, Check(_title(item)))
        if report.failed and call.excinfo is not None:
            check.failure = report.longreprtext
            if isinstance(call.excinfo.value, CheckFailed):
                check.place = call.excinfo.value.place
        elif report.skipped:
            check.failure = "This check was skipped."
        return report

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the counts."""
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
        """Behind all that pytest prints, tell Actions."""
        yield
        self._status = int(session.exitstatus)
        if on_actions.active() and self.checkpoints:
            # What student code printed to stderr may be read later; commands work again in the next
            # step.
            end = f"::stop-commands::{secrets.token_hex(16)}"
            lines = [f"::{self._token}::", *self._annotations(), *self._notices(), end]
            on_actions.print_alone(lines)
            on_actions.add_to_summary(self._summary())

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Leave at once if threads of student code go on for ever: Python would wait for them."""
        others = [one for one in threading.enumerate() if not one.daemon]
        others.remove(threading.main_thread())
        for one in others:
            one.join(1)
        if any(one.is_alive() for one in others):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self._status)

    def _failed(self) -> list[tuple[Checkpoint, Check]]:
        return [
            (checkpoint, check)
            for checkpoint in self.checkpoints.values()
            for check in checkpoint.checks.values()
            if check.failure is not None
        ]

    def _annotations(self) -> list[str]:
        """Write an error for each line of the student's that checks failed on."""
        found: dict[Place, list[Check]] = {}
        for _, check in self._failed():
            if check.place is not None:
                found.setdefault(check.place, []).append(check)
        return [
            on_actions.command(
                "error",
                "\n".join(dict.fromkeys(text for one in checks for text in one.texts)),
                file=_in_workspace(place),
                line=place.line,
                title="Visible check" if len(checks) == 1 else f"{len(checks)} visible checks",
            )
            for place, checks in list(found.items())[:MOST_ANNOTATIONS]
        ]

    def _notices(self) -> list[str]:
        """Write the two notices in which tools for classic GitHub Classroom look for points.

        A visible check counts as one point: this is no grade.
        """
        most = sum(len(one.checks) for one in self.checkpoints.values())
        points = most - len(self._failed())
        report = json.dumps({"totalPoints": points, "maxPoints": most}, separators=(",", ":"))
        return [
            "The points below count the visible checks, one each. They are not your grade.",
            f"::notice title=Autograding complete::Points {points}/{most}",
            f"::notice title=Autograding report::{report}",
        ]

    def _summary(self) -> str:
        titles = _titles()
        lines = ["## Visible checks", "", "| checkpoint | | visible checks |", "|---|---|---|"]
        for one in self.checkpoints.values():
            mark = "✅" if one.passed == len(one.checks) else "❌"
            title = on_actions.cell(titles.get(one.id, ""))
            lines.append(f"| {mark} {one.id} | {title} | {one.passed} of {len(one.checks)} |")
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
    """Read what the checkpoints are called."""
    try:
        return {str(one["id"]): str(one["title"]) for one in _assignment()["checkpoints"]}
    except (KeyError, TypeError):
        return {}


def _about_python() -> str:
    """Say so where the checks run on another Python than the one that grades."""
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


def _in_workspace(place: Place) -> str:
    """Name a file as GitHub does: from the top of the repository."""
    path, workspace = ROOT / place.file, os.environ.get("GITHUB_WORKSPACE")
    if workspace and path.is_relative_to(workspace):
        return path.relative_to(workspace).as_posix()
    return place.file
