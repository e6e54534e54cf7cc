"""Fixtures for all tests of the project, and the summary of attacks at the end."""

import functools
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from autograder.distribution import leaks
from autograder.grading.foreman import examiner
from autograder.tests.launchers import SharedLaunchers

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("quick")  # for more: pytest --hypothesis-profile thorough

TIMERS = {"ITIMER_PROF": signal.ITIMER_PROF, "ITIMER_VIRTUAL": signal.ITIMER_VIRTUAL}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option for the hostile corpus."""
    parser.addoption("--all-attacks", action="store_true", help="even if all have held before")


def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `-n auto` starts: two for each processor, since many tests wait.

    They wait for processes to start and end, for other workers' graders, and for bounds of time.
    """
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let a worker that has nothing left to do take tests from the others.

    By default, a worker that has slow tests at the end runs minutes longer than the others.
    """
    if config.getoption("numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


@pytest.fixture(scope="session", autouse=True)
def whichever_python_there_is() -> Iterator[None]:
    """Allow grading with any Python: the tests do not need the assignments' version."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_ANY_PYTHON", "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def shared_launchers() -> Iterator[None]:
    """Let the examiners of all tests of this process share warm interpreters."""
    launchers = SharedLaunchers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examiner, "Launcher", launchers.borrow)
        yield
    launchers.close()


@pytest.fixture(scope="session", autouse=True)
def prepared_passages() -> Iterator[None]:
    """Let all searches for leaks in this process share what they made of the grader's files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leaks, "prepare", functools.cache(leaks.prepare))
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
