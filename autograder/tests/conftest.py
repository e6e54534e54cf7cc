"""Fixtures for all tests of the project, and the summary of attacks at the end."""

import os
import signal
from collections.abc import Iterator

import pytest

TIMERS = {"ITIMER_PROF": signal.ITIMER_PROF, "ITIMER_VIRTUAL": signal.ITIMER_VIRTUAL}


def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `-n auto` starts: one more than processors, since some tests wait."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def whichever_python_there_is() -> Iterator[None]:
    """Allow grading with any Python: the tests do not need the assignments' version."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_ANY_PYTHON", "1")
        yield


@pytest.fixture(autouse=True)
def no_timer_left_behind() -> Iterator[None]:
    """Fail a test that leaves a timer set: it would interrupt another test."""
    yield
    left = {name for name, timer in TIMERS.items() if signal.setitimer(timer, 0.0)[0]}
    assert not left


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the result of each attack of the hostile corpus."""
    rows = {
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport)
        for key, value in report.user_properties
        if key == "attack"
    }
    if rows:
        terminalreporter.section("results of the attacks")
    for row in sorted(rows):
        terminalreporter.write_line(row)
