"""Grades submissions: runs the hidden suite and makes a grade of what it reports.

The expected tests are fixed before the run, so a test that vanishes is noticed. If a run is
interrupted, the verdicts in its journal hold, and the tests that it did not reach are run again.
"""

import importlib.metadata
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from autograder.assignment import Assignment, Checkpoint, Course
from autograder.aws import PRELOAD
from autograder.aws.engine import require_engine
from autograder.errors import AssignmentError
from autograder.grading.foreman.launcher import Launcher
from autograder.grading.foreman.pytest_run import PytestRunner
from autograder.grading.foreman.report import (
    judge_unfinished,
    judged,
    read_interrupted,
    read_verdicts,
)
from autograder.grading.grade import (
    Feedback,
    Grade,
    GradedSubmission,
    GradedTest,
    Grader,
    Outcome,
    checkpoint_of,
)
from autograder.grading.judge.plan import PlannedTest, read_plan
from autograder.sandbox import interpreter_for, require_sandbox
from autograder.submission import Submission

PARTS = min(os.cpu_count() or 1, 2)
"""In which a submission is graded at the same time: with more, starting them costs what is won."""
MOST_ATTACHMENTS = 4
"""Of one checkpoint: a page with more explains less, and is larger."""
MOST_RUNS = 4
"""Of one submission. Each run after the first begins where the last was interrupted."""


class Examiner:
    """Grades submissions of one assignment; several threads may use it at the same time.

    Args:
        assignment: What they answer.
        course: Where the hidden suites are.
        confined: False runs the code without a sandbox.
        side_by_side: In how many parts a submission is graded at the same time, if no other is
            being graded. A part has one processor, a sandbox and a time budget of its own.

    Raises:
        AssignmentError: The suite has a mistake.
        CloudError: The installed moto is not the version that the simulated AWS was made for.
        SandboxError: No sandbox is available on this machine.
    """

    def __init__(
        self,
        assignment: Assignment,
        course: Course,
        *,
        confined: bool = True,
        side_by_side: int = 1,
    ) -> None:
        suite = course.suites / assignment.id
        self._assignment = assignment
        self._confined = confined
        self._side_by_side = side_by_side
        self._counting = threading.Lock()
        self._under_way = 0
        """How many submissions are being graded."""
        # First, since it takes longest to get ready.
        self._launcher = Launcher()
        try:
            self._plan = read_plan(assignment, suite)
            self._interpreter = interpreter_for(assignment.python)
            self._runner = PytestRunner(
                self._launcher, suite, assignment, self._interpreter, confined
            )
            require_engine()
            if confined:
                require_sandbox(self._interpreter, PRELOAD)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the processes that run the hidden tests."""
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
            The grade, and the grader's log if the grader itself failed at something (else empty).

        Raises:
            AssignmentError: There is no such checkpoint.
        """
        chosen = self._chosen(checkpoints)
        graded: dict[str, GradedTest] = {}
        to_run: list[PlannedTest] = []
        for checkpoint in chosen:
            tests = self._plan.of(checkpoint.id)
            verdict = _judge_files(submission, checkpoint.files)
            if verdict is None:
                to_run += tests
            else:
                graded |= {
                    test.id: judged(test, *verdict, self._plan.requirements) for test in tests
                }
        grader_log = ""
        if to_run:
            seed = submission.digest if seed is None else seed
            with self._counted() as others:
                parts = self._divide(to_run, others)
                verdicts, grader_log = self._run_parts(submission, parts, seed)
            graded |= verdicts
        return self._grade(submission, chosen, graded), grader_log

    def _chosen(self, names: Sequence[str]) -> list[Checkpoint]:
        checkpoints = self._assignment.checkpoints
        known = [checkpoint.id for checkpoint in checkpoints]
        for name in names:
            if name not in known:
                raise AssignmentError(f"unknown checkpoint {name!r}; there are: {', '.join(known)}")
        return [checkpoint for checkpoint in checkpoints if not names or checkpoint.id in names]

    @contextmanager
    def _counted(self) -> Iterator[int]:
        """Count a submission as long as it is being graded; tell how many others are."""
        with self._counting:
            others = self._under_way
            self._under_way += 1
        try:
            yield others
        finally:
            with self._counting:
                self._under_way -= 1

    def _divide(self, tests: Sequence[PlannedTest], others: int) -> list[list[PlannedTest]]:
        """Divide the tests into parts; into one if other submissions use the processors."""
        if others or self._side_by_side == 1:
            return [list(tests)]
        return in_parts(tests, self._assignment.checkpoints, self._side_by_side)

    def _run_parts(
        self, submission: Submission, parts: Sequence[Sequence[PlannedTest]], seed: str
    ) -> tuple[dict[str, GradedTest], str]:
        """Run parts of the tests at the same time."""
        if len(parts) == 1:
            return self._run(submission, parts[0], seed)
        graded: dict[str, GradedTest] = {}
        logs: list[str] = []
        with ThreadPoolExecutor(len(parts)) as threads:
            runs = [threads.submit(self._run, submission, part, seed) for part in parts]
            try:
                for verdicts, log in (run.result() for run in runs):
                    graded |= verdicts
                    logs += [log] if log else []
            except BaseException:
                self.close()  # or the other parts would be waited for
                raise
        return graded, "\n".join(logs)

    def _run(
        self, submission: Submission, expected: Sequence[PlannedTest], seed: str
    ) -> tuple[dict[str, GradedTest], str]:
        """Run tests until each has its verdict."""
        graded: dict[str, GradedTest] = {}
        logs: list[str] = []
        for _ in range(MOST_RUNS):
            missing = [test for test in expected if test.id not in graded]
            run = self._runner.run(submission, [test.node_id for test in missing], seed=seed)
            read = read_interrupted if run.was_interrupted else read_verdicts
            verdicts, log = read(run, missing, self._plan.requirements)
            graded |= verdicts
            logs += [log] if log else []
            if len(graded) == len(expected) or run.was_late:
                break
        missing = [test for test in expected if test.id not in graded]
        graded |= judge_unfinished(missing, run, self._plan.requirements)
        return {test.id: graded[test.id] for test in expected}, "\n".join(logs)

    def _grade(
        self,
        submission: Submission,
        checkpoints: Sequence[Checkpoint],
        graded: dict[str, GradedTest],
    ) -> Grade:
        """Add the verdicts of these checkpoints up to a grade."""
        added_up = tuple(
            checkpoint_of(
                checkpoint.id,
                checkpoint.title,
                tuple(
                    with_few_attachments([graded[test.id] for test in self._plan.of(checkpoint.id)])
                ),
            )
            for checkpoint in checkpoints
        )
        return Grade(
            assignment=self._assignment.id,
            score=sum(checkpoint.score for checkpoint in added_up),
            max_score=sum(checkpoint.max_score for checkpoint in added_up),
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
            checkpoints=added_up,
        )


def in_parts(
    tests: Sequence[PlannedTest], checkpoints: Sequence[Checkpoint], most: int
) -> list[list[PlannedTest]]:
    """Divide tests into parts that take about as long, which can run at the same time.

    Points tell better than their number how long tests take; those of a notebook, which is read and
    not run, take no time. Tests of the same graded files stay together: what a function's earlier
    calls have shown bounds the time of its later ones.

    Args:
        tests: What to divide.
        checkpoints: All of the assignment.
        most: How many parts there may be.
    """
    groups: list[_Group] = []
    for checkpoint in checkpoints:
        files = frozenset(checkpoint.files)
        found = tuple(test for test in tests if test.checkpoint == checkpoint.id)
        runs = any(file.endswith(".py") for file in files)
        group = _Group(files, found, sum(test.points for test in found) if runs else 0)
        for other in [other for other in groups if other.files & files]:
            groups.remove(other)
            group = other.joined_with(group)
        if group.tests:
            groups.append(group)
    parts: list[list[_Group]] = [[] for _ in range(most)]
    for group in sorted(groups, key=lambda group: group.cost, reverse=True):
        min(parts, key=lambda part: sum(other.cost for other in part)).append(group)
    return [[test for group in part for test in group.tests] for part in parts if part]


@dataclass(frozen=True)
class _Group:
    """Tests that stay together."""

    files: frozenset[str]
    tests: tuple[PlannedTest, ...]
    cost: float
    """Points of those that run code."""

    def joined_with(self, other: "_Group") -> "_Group":
        """Return the tests of both."""
        return _Group(self.files | other.files, self.tests + other.tests, self.cost + other.cost)


def with_few_attachments(tests: Sequence[GradedTest]) -> list[GradedTest]:
    """Keep the attachments of the first few tests that lost for different reasons."""
    seen: set[tuple[str, str | None]] = set()
    reduced = []
    for test in tests:
        feedback = test.feedback
        if feedback is not None and feedback.attachments:
            reason = (test.requirement, feedback.hint)
            if reason in seen or len(seen) == MOST_ATTACHMENTS:
                feedback = feedback.model_copy(update={"attachments": ()})
            else:
                seen.add(reason)
        reduced.append(test.model_copy(update={"feedback": feedback}))
    return reduced


def _judge_files(submission: Submission, files: tuple[str, ...]) -> tuple[Outcome, Feedback] | None:
    """Judge all tests of a checkpoint whose files are refused or missing; None if they can run."""
    if (reason := submission.refusal_for(files)) is not None:
        return Outcome.REFUSED, Feedback(asked="", came_back=reason)
    if (reason := submission.missing_for(files)) is not None:
        hint = "Hand in the file under exactly this name, in the top folder."
        return Outcome.MISSING, Feedback(asked="", came_back=reason, hint=hint)
    return None
