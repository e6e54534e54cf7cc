"""Run a hidden suite in a process of its own and make a Grade of its report.

The expected tests are fixed before the run. A report that is missing, lacks a test, names one that
nobody planned, or disagrees with pytest's exit code is the grader's error, never a pass. A run that
had to be ended has no report: what its journal holds by then stands, and the tests that it did not
reach are run once more.
"""

import importlib.metadata
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from autograder.assignment import HANDOUT_FILE, Assignment, Course
from autograder.errors import AssignmentError, AutograderError
from autograder.grading.foreman.journal import NOTHING_TOLD, Told, read_journal
from autograder.grading.foreman.launcher import Launcher
from autograder.grading.grade import (
    Feedback,
    Grade,
    GradedCheckpoint,
    GradedSubmission,
    GradedTest,
    Grader,
    Outcome,
    checkpoint_of,
)
from autograder.grading.judge.phases import InspectionLimitError, Phase
from autograder.grading.judge.plan import PlannedTest, read_plan
from autograder.grading.judge.requirements import Requirements, read_requirements
from autograder.grading.judge.verdict import unreadable
from autograder.sandbox import Interpreter, interpreter_for, require_sandbox
from autograder.sandbox.sandbox import GRACE_SECONDS
from autograder.submission import Submission

STARTING_SECONDS = 120.0
LEEWAY = 2
"""A run that takes longer than so many times what its calls may take is the grader's own fault."""
UNUSED_PLUGINS = (
    "cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "logging", "pastebin",
    "setuponly", "setupplan", "stepwise", "threadexception", "unittest", "unraisableexception",
)  # fmt: skip
"""Parts of pytest that hidden tests have no use for; the last one collects garbage five times."""
REPORT = "report.json"
JOURNAL = "journal.jsonl"
MOST_ATTACHMENTS = 4
"""Of one checkpoint: a page with more explains less, and is larger."""
MOST_RUNS = 4
"""Of one submission: each after the first goes on behind a test that ended the run before it."""


@dataclass(frozen=True)
class Run:
    """What a run of pytest left behind."""

    exit_code: int | None
    """None where the run did not end in time."""
    report: object
    """The parsed report; None where there is none."""
    output: str
    """The end of what pytest printed, for the instructor."""
    told: Told = NOTHING_TOLD
    """What its journal tells."""
    seconds: float = 0.0
    """How long it took, in real time."""

    @property
    def was_ended(self) -> bool:
        """Whether it did not end by itself: in time, and not by a signal."""
        return self.exit_code is None or self.exit_code < 0


class Examiner:
    """Grades submissions of one assignment, one at a time.

    Args:
        assignment: What they answer.
        course: Where the hidden suites lie.
        confined: False runs the code without a sandbox.

    Raises:
        AssignmentError: The suite is not as it should be.
        CloudError: moto is not the version that the cloud was made for.
        SandboxError: No sandbox can be had here.
    """

    def __init__(self, assignment: Assignment, course: Course, *, confined: bool = True) -> None:
        self._assignment = assignment
        self._suite = course.suites / assignment.id
        self._confined = confined
        self._plan = read_plan(assignment, self._suite)
        self._requirements = read_requirements(self._suite)
        self._interpreter = interpreter_for(assignment.python)
        # Here, since it brings moto, which commands that grade nothing need not wait for.
        from autograder.aws.moto_version import require_engine

        self._launcher = Launcher()
        try:
            require_engine()
            if confined:
                require_sandbox(self._interpreter)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the interpreter that runs the hidden tests."""
        self._launcher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def grade(
        self, submission: Submission, *, checkpoints: Sequence[str] = (), seed: str | None = None
    ) -> tuple[Grade, str]:
        """Grade one submission.

        Args:
            submission: The files, as read.
            checkpoints: The ids of those to grade; empty for all.
            seed: What the tests' data derive from; by default the submission itself.

        Returns:
            The grade, and what the grader printed where something of its own failed (else empty).

        Raises:
            AssignmentError: There is no such checkpoint.
        """
        known = [checkpoint.id for checkpoint in self._assignment.checkpoints]
        for name in checkpoints:
            if name not in known:
                raise AssignmentError(f"unknown checkpoint {name!r}; there are: {', '.join(known)}")
        chosen = [
            checkpoint
            for checkpoint in self._assignment.checkpoints
            if not checkpoints or checkpoint.id in checkpoints
        ]
        tests: dict[str, GradedTest] = {}
        to_run: list[str] = []
        for checkpoint in chosen:
            settled = _settled_by_intake(submission, checkpoint.files)
            if settled is None:
                to_run.append(checkpoint.id)
                continue
            tests |= {
                test.id: _judged(test, *settled, self._requirements)
                for test in self._plan.of(checkpoint.id)
            }
        trouble = ""
        if to_run:
            expected = [test for checkpoint_id in to_run for test in self._plan.of(checkpoint_id)]
            verdicts, trouble = self._judge(
                submission, expected, submission.digest if seed is None else seed
            )
            tests |= verdicts
        return self._grade(submission, {checkpoint.id for checkpoint in chosen}, tests), trouble

    def _judge(
        self, submission: Submission, expected: Sequence[PlannedTest], seed: str
    ) -> tuple[dict[str, GradedTest], str]:
        """Run tests until each has its verdict."""
        graded: dict[str, GradedTest] = {}
        troubles: list[str] = []
        for _ in range(MOST_RUNS):
            missing = [test for test in expected if test.id not in graded]
            run = self._run(submission, [test.node_id for test in missing], seed=seed)
            if not run.was_ended:
                verdicts, trouble = read_verdicts(run, missing, self._requirements)
            else:
                verdicts, trouble = read_ended(run, missing, self._requirements)
            graded |= verdicts
            troubles += [trouble] if trouble else []
            if len(graded) == len(expected) or run.exit_code is None:
                break
        missing = [test for test in expected if test.id not in graded]
        graded |= not_reached(missing, run, self._requirements)
        return {test.id: graded[test.id] for test in expected}, "\n".join(troubles)

    def _run(self, submission: Submission, node_ids: Sequence[str], *, seed: str) -> Run:
        """Run tests of the suite."""
        limits = self._assignment.limits
        calls = limits.submission_seconds + limits.wall_seconds + GRACE_SECONDS
        longest = STARTING_SECONDS + LEEWAY * calls
        with _scratch_folder() as scratch:
            try:
                stage = scratch / "submission"
                stage.mkdir()
                submission.copy_to(stage)
                scratch.chmod(0o755)
                arguments = pytest_arguments(
                    self._suite,
                    node_ids,
                    scratch,
                    stage,
                    seed,
                    self._interpreter,
                    confined=self._confined,
                )
            except OSError as error:
                raise _no_room(error) from None
            begin = time.monotonic()
            ended = self._launcher.run(arguments, scratch, longest)
            return Run(
                ended.exit_code,
                _read_report(scratch / REPORT),
                ended.output,
                read_journal(scratch / JOURNAL),
                time.monotonic() - begin,
            )

    def _grade(
        self, submission: Submission, chosen_ids: set[str], tests: dict[str, GradedTest]
    ) -> Grade:
        checkpoints: list[GradedCheckpoint] = [
            checkpoint_of(
                checkpoint.id,
                checkpoint.title,
                tuple(
                    with_few_attachments([tests[test.id] for test in self._plan.of(checkpoint.id)])
                ),
            )
            for checkpoint in self._assignment.checkpoints
            if checkpoint.id in chosen_ids
        ]
        return Grade(
            assignment=self._assignment.id,
            score=sum(checkpoint.score for checkpoint in checkpoints),
            max_score=sum(checkpoint.max_score for checkpoint in checkpoints),
            submission=GradedSubmission(
                digest=submission.digest,
                commit=submission.commit,
                files=submission.file_digests,
                notes=submission.notes,
            ),
            grader=Grader(
                version=importlib.metadata.version("autograder"),
                suite=self._plan.digest,
                sandbox=self._confined,
                python=self._interpreter.version,
                python_named=self._assignment.python,
            ),
            checkpoints=tuple(checkpoints),
        )


def with_few_attachments(tests: Sequence[GradedTest]) -> list[GradedTest]:
    """Keep the attachments of the first few tests that lost for different reasons."""
    seen: set[tuple[str, str | None]] = set()
    kept = []
    for test in tests:
        feedback = test.feedback
        if feedback is not None and feedback.attachments:
            reason = (test.requirement, feedback.hint)
            if reason in seen or len(seen) == MOST_ATTACHMENTS:
                feedback = feedback.model_copy(update={"attachments": ()})
            else:
                seen.add(reason)
        kept.append(test.model_copy(update={"feedback": feedback}))
    return kept


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """Make a folder of our own, and remove it.

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
    """Write pytest's command line: our plugins and settings, and nobody else's.

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


def read_verdicts(
    run: Run, expected: Sequence[PlannedTest], requirements: Requirements
) -> tuple[dict[str, GradedTest], str]:
    """Hold a run's report against the plan.

    Returns:
        A graded test for each planned one, by id, and the trouble to show the instructor.
    """
    from pytest import ExitCode  # noqa: PT013 - here, since it takes long to import

    report = run.report if isinstance(run.report, dict) else {}
    entries = report.get("tests")
    by_node: dict[str, dict[str, Any]] = {}
    if isinstance(entries, list):
        by_node = {
            str(entry.get("nodeid")).replace("\\", "/"): entry
            for entry in entries
            if isinstance(entry, dict)
        }
    failed = any(entry.get("outcome") != "passed" for entry in by_node.values())
    agrees = run.exit_code == (ExitCode.TESTS_FAILED if failed else ExitCode.OK)
    planned = {test.node_id for test in expected}
    complete = set(by_node) == planned and report.get("exitcode") == run.exit_code
    sound = agrees and complete
    graded = {
        test.id: _graded(test, by_node.get(test.node_id) if sound else None, requirements)
        for test in expected
    }
    if not sound:
        return graded, f"pytest ended with {run.exit_code}, its report does not fit.\n{run.output}"
    odd = {Outcome.GRADER_ERROR, Outcome.UNREADABLE}
    if any(test.outcome in odd for test in graded.values()):
        return graded, run.output
    return graded, ""


def read_ended(
    run: Run, expected: Sequence[PlannedTest], requirements: Requirements
) -> tuple[dict[str, GradedTest], str]:
    """Take what was decided before a run had to be ended.

    The test that was under way is `unreadable` if it was inspecting: its own code never came back
    from something that the student's code had left behind. Else it is the grader's error.

    Returns:
        A graded test for each planned one that began, by id, and the trouble for the instructor.
    """
    graded = {
        test.id: _graded(test, dict(run.told.entries[test.node_id]), requirements)
        for test in expected
        if test.node_id in run.told.entries
    }
    under_way = [test for test in expected if test.node_id == run.told.under_way]
    graded |= not_reached(under_way, run, requirements)
    names = ", ".join(test.id for test in under_way) or "no test"
    return graded, (
        f"the run was ended ({run.exit_code}) in the phase {run.told.phase.value} of {names}\n"
        f"{run.output}"
    )


def not_reached(
    tests: Sequence[PlannedTest], run: Run, requirements: Requirements
) -> dict[str, GradedTest]:
    """Judge tests that a run did not finish.

    They are `unreadable` where the student's work used up the time: the run was ended while it
    inspected, or the calls of student code took most of it.
    """
    was_inspecting = run.exit_code is not None and run.told.phase is Phase.INSPECT
    is_theirs = was_inspecting or run.told.student_seconds > run.seconds / 2
    return {
        test.id: _unreadable(test, InspectionLimitError(), requirements)
        if is_theirs
        else _graded(test, None, requirements)
        for test in tests
    }


def _unreadable(test: PlannedTest, error: BaseException, requirements: Requirements) -> GradedTest:
    return _judged(test, Outcome.UNREADABLE, unreadable(error).feedback, requirements)


def _graded(
    test: PlannedTest, entry: dict[str, Any] | None, requirements: Requirements
) -> GradedTest:
    return _judged(test, *_outcome(entry), requirements)


def _judged(
    test: PlannedTest, outcome: Outcome, feedback: Feedback | None, requirements: Requirements
) -> GradedTest:
    if feedback is not None:
        feedback = feedback.model_copy(update=_question(test, requirements))
    return GradedTest(
        id=test.id,
        title=test.title,
        requirement=test.requirement,
        marked_by=test.marked_by,
        closed_answer=test.closed_answer,
        outcome=outcome,
        score=test.points if outcome is Outcome.PASSED else 0.0,
        max_score=test.points,
        feedback=feedback,
    )


def _question(test: PlannedTest, requirements: Requirements) -> dict[str, str]:
    """Say what was asked, and where the handout says so."""
    return {
        "asked": requirements[test.requirement],
        "handout": f"{HANDOUT_FILE}#{test.requirement.lower()}",
    }


def _outcome(entry: dict[str, Any] | None) -> tuple[Outcome, Feedback | None]:
    fault = Feedback(
        asked="",
        came_back="The grader itself failed at this test. That is not your fault and costs no "
        "points.",
        hint="Your instructor will have it graded again.",
    )
    if entry is None:
        return Outcome.GRADER_ERROR, fault
    stages = [
        entry[stage].get("outcome") if isinstance(entry.get(stage), dict) else None
        for stage in ("setup", "call", "teardown")
    ]
    if stages == ["passed"] * 3:
        return Outcome.PASSED, None
    metadata = entry.get("metadata")
    verdict = metadata.get("verdict") if isinstance(metadata, dict) else None
    if stages not in (["passed", "failed", "passed"], ["failed", None, "passed"]):
        return Outcome.GRADER_ERROR, fault
    if not isinstance(verdict, dict):
        return Outcome.GRADER_ERROR, fault
    try:
        return Outcome(verdict["outcome"]), Feedback.model_validate(verdict["feedback"])
    except (KeyError, ValueError, ValidationError):
        return Outcome.GRADER_ERROR, fault


def _settled_by_intake(
    submission: Submission, files: tuple[str, ...]
) -> tuple[Outcome, Feedback] | None:
    """Judge all tests of a checkpoint whose files are refused or not there; None for others."""
    if (reason := submission.refusal_for(files)) is not None:
        return Outcome.REFUSED, Feedback(asked="", came_back=reason)
    if (reason := submission.missing_for(files)) is not None:
        hint = "Hand in the file under exactly this name, in the top folder."
        return Outcome.MISSING, Feedback(asked="", came_back=reason, hint=hint)
    return None
