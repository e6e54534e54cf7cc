"""The pytest plugin that hidden suites run under: fixtures, the mark `graded`, and verdicts.

Loaded with `-p autograder.grading.plugin`. A maintainer runs one hidden test against the reference
solution with plain pytest: `pytest autograder/suites/m06_partitioned_logs -k empty_page`.
"""

import hashlib
import importlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.cloud import Cloud
    from autograder.grading.bench import Bench
    from autograder.grading.student import Student

_BENCH: "pytest.StashKey[Bench]" = pytest.StashKey()
_VERDICT = "verdict"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a grading run."""
    group = parser.getgroup("autograder")
    group.addoption("--submission", metavar="DIR", help="what to grade; default: the solution")
    group.addoption("--seed", metavar="TEXT", default="", help="what the tests' data derive from")
    group.addoption("--no-jail", action="store_true", help="run the code without a jail")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers",
        "graded(requirement, points, api_calls=None, marked_by='machine'): a hidden test, the "
        "requirement of the handout that it judges, its points, a budget of requests other than "
        "the usual, and 'person' where a person judges what the test only finds",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Let the tests of a suite find their helpers beside them, wherever the suite lies."""
    suite = early_config.rootpath
    if suite.parent.name == "suites":
        importlib.import_module("autograder.suites").__path__ = [str(suite.parent)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the jail while the suite's own imports are still under way."""
    if not session.config.option.collectonly and any(_is_hidden(item) for item in session.items):
        from autograder.grading.bench import Bench

        suite = next(item.path.parent for item in session.items if _is_hidden(item))
        session.config.stash[_BENCH] = Bench.set_up(
            suite,
            submission=session.config.getoption("submission"),
            confined=not session.config.getoption("no_jail"),
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the jail down."""
    bench = config.stash.get(_BENCH, None)
    if bench is not None:
        bench.close()


def _is_hidden(item: pytest.Item) -> bool:
    return item.get_closest_marker("graded") is not None


@pytest.hookimpl(optionalhook=True)
def pytest_json_runtest_metadata(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> dict[str, Any] | None:
    """Put a test's verdict into the JSON report."""
    from autograder.grading.verdict import Verdict

    if call.when != "call" or call.excinfo is None or not _is_hidden(item):
        return None
    if not isinstance(call.excinfo.value, Verdict):
        return None
    verdict = call.excinfo.value
    return {
        _VERDICT: {
            "outcome": verdict.outcome.value,
            "feedback": verdict.feedback.model_dump(mode="json"),
        }
    }


@pytest.fixture
def assignment(request: pytest.FixtureRequest) -> "Assignment":
    """Give the assignment that the suite belongs to."""
    bench: Bench = request.config.stash[_BENCH]
    return bench.assignment


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> "Iterator[Cloud]":
    """Give the AWS that the student's code talks to, empty."""
    bench = request.config.stash[_BENCH]
    bench.cloud.reset()
    yield bench.cloud
    bench.cloud.reset()


@pytest.fixture
def student(request: pytest.FixtureRequest, cloud: "Cloud") -> "Student":
    """Give the student's code."""
    mark = request.node.get_closest_marker("graded")
    bench: Bench = request.config.stash[_BENCH]
    return bench.student(cloud, mark.kwargs.get("api_calls"))


@pytest.fixture
def handed_in(request: pytest.FixtureRequest) -> Path:
    """Give the folder with the submission's files, for what is read and never run."""
    bench: Bench = request.config.stash[_BENCH]
    return bench.submission


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Give chance that differs per test and per submission, and is the same when graded again."""
    seed = f"{request.config.getoption('seed')}\0{request.node.name}"
    return random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - not for secrets
