"""The pytest plugin that hidden suites run under: fixtures, the mark `graded`, phases and verdicts.

Loaded with `-p autograder.grading.foreman.plugin`. A maintainer runs hidden tests with plain
pytest, on the reference solution or another folder, with the data that a student had:

    pytest autograder/suites/m06_partitioned_logs -k empty_page
    pytest autograder/suites/m06_partitioned_logs -k empty_page --submission ada --seed-of ada.json
"""

import hashlib
import json
import random
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest._code import Traceback

    from autograder.assignment import Assignment
    from autograder.aws.scene import Scene
    from autograder.aws.seen import Seen
    from autograder.grading.foreman.journal import Journal
    from autograder.grading.foreman.session import GradingSession
    from autograder.grading.grade import Outcome
    from autograder.grading.judge.student_code import StudentCode
    from autograder.grading.judge.verdict import Verdict
    from autograder.notebook.handed_in import SubmittedFiles

_SESSION: "pytest.StashKey[GradingSession]" = pytest.StashKey()
_JOURNAL: "pytest.StashKey[Journal]" = pytest.StashKey()
_ENTRY: "pytest.StashKey[dict[str, Any]]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a grading run."""
    group = parser.getgroup("autograder")
    group.addoption("--submission", metavar="DIR", help="what to grade; default: the solution")
    group.addoption("--seed", metavar="TEXT", default="", help="what the tests' data derive from")
    group.addoption("--seed-of", metavar="FILE", help="take the seed of this grade, as JSON")
    group.addoption("--journal", metavar="FILE", help="where to note each verdict")
    group.addoption(
        "--observe", metavar="FILE", help="where to note the case of each test, and how it went"
    )
    group.addoption("--interpreter", metavar="JSON", help="what runs the student's code")
    group.addoption("--no-sandbox", action="store_true", help="run the code without a sandbox")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers",
        "graded(requirement, points, api_calls=None, marked_by='machine', closed_answer=False): "
        "a hidden test, the requirement of the handout that it judges, its points, a budget of "
        "requests other than the usual, 'person' where a person judges what the test only finds, "
        "and whether it judges a closed answer, whose verdict is withheld until the deadline",
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the sandbox while the suite's own imports are still under way."""
    if not session.config.option.collectonly and any(map(_is_hidden, session.items)):
        from autograder.grading.foreman.journal import Journal
        from autograder.grading.foreman.session import GradingSession
        from autograder.grading.judge.phases import Phases

        submission = session.config.getoption("submission")
        if submission is not None and not Path(submission).is_dir():
            raise pytest.UsageError(f"--submission {submission} is not a folder")
        suite = next(filter(_is_hidden, session.items)).path.parent
        path = session.config.getoption("journal")
        journal = session.config.stash[_JOURNAL] = Journal(Path(path) if path else None)
        session.config.stash[_SESSION] = GradingSession.set_up(
            suite,
            Phases(journal.entered),
            submission=submission,
            interpreter=session.config.getoption("interpreter"),
            confined=not session.config.getoption("no_sandbox"),
        )
        if session.config.getoption("observe"):
            session.config.stash[_SESSION].observed_calls = []


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the sandbox down."""
    session = config.stash.get(_SESSION, None)
    if session is not None:
        session.close()
        config.stash[_JOURNAL].close()


def _is_hidden(item: pytest.Item) -> bool:
    return item.get_closest_marker("graded") is not None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Begin the arrange phase; a fixture that reads what was handed in begins the inspect phase."""
    if not _is_hidden(item):
        return (yield)
    phases = item.config.stash[_SESSION].phases
    item.config.stash[_JOURNAL].began(item.nodeid)
    item.stash[_ENTRY] = {}
    phases.begin_test()
    try:
        return (yield)
    finally:
        phases.pause()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Count the time of an inspect phase while the test's own code runs, and no longer."""
    if not _is_hidden(pyfuncitem):
        return (yield)
    phases = pyfuncitem.config.stash[_SESSION].phases
    phases.resume()
    try:
        return (yield)
    finally:
        phases.end_test()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record how a stage of a hidden test ended, and its verdict on the submission."""
    report = yield
    entry = item.stash.get(_ENTRY, None)
    if entry is not None:
        entry[report.when] = {"outcome": report.outcome}
        verdict = _verdict(item, call)
        if verdict is not None:
            entry["metadata"] = {"verdict": _as_data(item, verdict)}
            if call.excinfo is not None and call.excinfo.value is verdict:
                report.longrepr = _as_text(item, verdict, call.excinfo.traceback)
        if report.when == "call":
            _observe(item, is_lost=verdict is not None and verdict.outcome in _failures())
        if report.when == "teardown":
            item.config.stash[_JOURNAL].ended(
                item.nodeid, entry, item.config.stash[_SESSION].phases.student_seconds
            )
    return report


def _observe(item: pytest.Item, *, is_lost: bool) -> None:
    """Note a test's case, and how its calls of the student's code ended, if anybody asked."""
    path = item.config.getoption("observe")
    session = item.config.stash[_SESSION]
    if path is not None and session.recorder.has_called:
        case, no_case = session.recorder.case()
        noted = {
            "test": item.nodeid,
            "is_lost": is_lost,
            "case": case,
            "no_case": no_case,
            "calls": session.observed_calls,
        }
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(noted)}\n")


@pytest.hookimpl(optionalhook=True)
def pytest_json_runtest_metadata(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> dict[str, Any] | None:
    """Put a test's verdict into the JSON report."""
    verdict = _verdict(item, call) if _is_hidden(item) else None
    return None if verdict is None else {"verdict": _as_data(item, verdict)}


def _failures() -> "frozenset[Outcome]":
    """Return the outcomes that a student's code can rehearse."""
    from autograder.grading.grade import Outcome

    return frozenset(
        {
            Outcome.WRONG,
            Outcome.CRASHED,
            Outcome.TIMED_OUT,
            Outcome.OUT_OF_MEMORY,
            Outcome.KILLED,
        }
    )


def _as_data(item: pytest.Item, verdict: "Verdict") -> dict[str, Any]:
    """Return a verdict, with the case in which the student's code failed, if it was called."""
    feedback = verdict.feedback
    recorder = item.config.stash[_SESSION].recorder
    if verdict.outcome in _failures() and recorder.has_called:
        case, no_case = recorder.case()
        feedback = feedback.model_copy(update={"case": case, "no_case": no_case})
    return {"outcome": verdict.outcome.value, "feedback": feedback.model_dump(mode="json")}


def _as_text(item: pytest.Item, verdict: "Verdict", traceback: "Traceback") -> str:
    """Return what the student would read, and the line of the test that decided."""
    feedback = verdict.feedback
    file, begin, _ = item.location
    line = [begin or 0, *(each.lineno for each in traceback if each.path == item.path)][-1]
    title = getattr(getattr(item, "function", None), "__doc__", None) or item.name
    lines = [
        (verdict.outcome.value, title.splitlines()[0]),
        ("got", feedback.came_back),
        ("expected", feedback.expected),
        *(("at", frame) for frame in feedback.trace),
        ("hint", feedback.hint),
        ("test", f"{file}:{line + 1}"),
    ]
    return "\n".join(f"{label + ':':15}{_printable(text)}" for label, text in lines if text)


def _printable(text: str) -> str:
    """Escape what a terminal would obey: the text may come from the student."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def _verdict(item: pytest.Item, call: pytest.CallInfo[None]) -> "Verdict | None":
    """Judge how a stage ended; None if it passed, or where the grader itself failed."""
    from autograder.grading.judge.phases import Phase
    from autograder.grading.judge.verdict import Verdict, unreadable

    if call.excinfo is None or call.when == "teardown":
        return None
    error = call.excinfo.value
    verdict = error if isinstance(error, Verdict) else None
    if verdict is None and item.config.stash[_SESSION].phases.current is Phase.INSPECT:
        verdict = unreadable(error)
    return verdict


@pytest.fixture
def assignment(request: pytest.FixtureRequest) -> "Assignment":
    """Return the assignment that the suite belongs to."""
    session: GradingSession = request.config.stash[_SESSION]
    return session.assignment


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> "Iterator[Scene]":
    """Return the AWS that the student's code talks to, empty: a test arranges its scene there."""
    session = request.config.stash[_SESSION]
    session.empty_cloud()
    yield session.recorder.scene
    session.cloud.reset()


@pytest.fixture
def seen(request: pytest.FixtureRequest, cloud: "Scene") -> "Seen":  # noqa: ARG001 - emptied first
    """Return the one view of what the student's code did to the AWS, for the inspect phase."""
    from autograder.aws.seen import Seen

    return Seen(request.config.stash[_SESSION].cloud)


@pytest.fixture
def student(request: pytest.FixtureRequest, cloud: "Scene") -> "StudentCode":  # noqa: ARG001 - emptied first
    """Return the student's code."""
    mark = request.node.get_closest_marker("graded")
    session: GradingSession = request.config.stash[_SESSION]
    return session.student(mark.kwargs.get("api_calls"))


@pytest.fixture
def handed_in(request: pytest.FixtureRequest) -> "SubmittedFiles":
    """Return the files that were handed in, for what is read and never run."""
    session: GradingSession = request.config.stash[_SESSION]
    session.phases.inspect()
    return session.handed_in


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Return a random generator that the test and the submission seed, the same each time."""
    seed = f"{_seed(request.config)}\0{request.node.name}"
    return random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - not for secrets


def _seed(config: pytest.Config) -> str:
    """Return what the tests' data derive from: `--seed`, or the submission that was graded."""
    path = config.getoption("seed_of")
    if path is None:
        return str(config.getoption("seed"))
    try:
        return str(json.loads(Path(path).read_text("utf-8"))["submission"]["digest"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        message = f"--seed-of {path} is not a grade, as `autograder grade --format json` writes it"
        raise pytest.UsageError(message) from None
