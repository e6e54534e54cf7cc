"""Holds what the tests of a run share: a sandbox with the submission, and the simulated AWS."""

import json
import socket
from pathlib import Path
from typing import Any, Self

from autograder.assignment import Assignment, Course
from autograder.aws import PRELOAD
from autograder.aws.recording import Recorder
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud
from autograder.grading.judge.explain import about_python
from autograder.grading.judge.phases import Phases
from autograder.grading.judge.student_code import Signatures, StudentCode
from autograder.grading.judge.time_budget import TimeBudget
from autograder.notebook.handed_in import SubmittedFiles
from autograder.sandbox import (
    CallResult,
    Interpreter,
    Raised,
    Returned,
    Sandbox,
    Stopped,
    interpreter_for,
)


class GradingSession:
    """One sandbox and one cloud, wired together, for all tests of a run."""

    def __init__(
        self,
        assignment: Assignment,
        submission: Path,
        sandbox: Sandbox,
        phases: Phases,
        signatures: Signatures | None = None,
        python: str | None = None,
    ) -> None:
        self.phases = phases
        self.assignment = assignment
        self.handed_in = SubmittedFiles(submission)
        self.sandbox = sandbox
        self.cloud = Cloud()
        self.recorder = Recorder(self.cloud)
        self.observed_calls: list[dict[str, Any]] | None = None
        """How the calls of the test under way ended; None if nobody wants to know."""
        self._time_budget = TimeBudget(assignment.limits.submission_seconds)
        self._signatures = signatures
        self._python = python
        self._server: Server | None = None
        sandbox.on_start(self._serve)

    @classmethod
    def set_up(
        cls,
        suite: Path,
        phases: Phases,
        submission: str | None,
        interpreter: str | None,
        *,
        confined: bool,
    ) -> Self:
        """Start the sandbox, if it has anything to run; while its Python warms up, make the cloud.

        Args:
            suite: Folder of the hidden suite.
            phases: Notes when the student's code runs.
            submission: Folder of what is graded; by default the solution.
            interpreter: What runs it, as `Interpreter.as_json` writes it; by default the Python
                that the assignment names.
            confined: False runs the code without a sandbox.

        Raises:
            SandboxError: No sandbox is available on this machine.
        """
        course = Course(suite.parents[2])
        assignment = course.load(suite.name)
        folder = Path(submission) if submission else course.solutions / suite.name
        used = (
            Interpreter.read(json.loads(interpreter))
            if interpreter
            else interpreter_for(assignment.python)
        )
        sandbox = Sandbox(
            folder.resolve(),
            assignment.limits,
            confined=confined,
            interpreter=used,
            preload=PRELOAD,
        )
        if any(folder.glob("*.py")):
            sandbox.start()
        return cls(
            assignment,
            folder,
            sandbox,
            phases,
            Signatures(course.assignments / suite.name),
            about_python(used.version, assignment.python),
        )

    def empty_cloud(self) -> None:
        """Put the simulated AWS back to the start, and begin a new case."""
        self.cloud.reset()
        self.recorder = Recorder(self.cloud)
        if self.observed_calls is not None:
            self.observed_calls = []

    def _note_end(self, result: CallResult) -> None:
        if self.observed_calls is not None:
            value = result.value if isinstance(result, Returned) else None
            self.observed_calls.append(self.recorder.observed(value, _error_of(result)))

    def student(self, api_calls: int | None) -> StudentCode:
        """Return the student's code, with the usual budgets or another number of requests.

        Code that has to send hundreds of events takes longer, and has its whole time for it.
        """
        limits = self.assignment.limits
        if api_calls is not None:
            aws = limits.aws.model_copy(update={"api_calls": api_calls})
            limits = limits.model_copy(update={"aws": aws})
        return StudentCode(
            self.sandbox,
            self.cloud,
            limits,
            self._time_budget,
            self.phases,
            note_call=self.recorder.note_call,
            note_end=self._note_end,
            sends_many=api_calls is not None,
            signatures=self._signatures,
            python=self._python,
        )

    def close(self) -> None:
        """End the sandbox and the simulated AWS."""
        self.sandbox.close()
        if self._server is not None:
            self._server.close()
        self.cloud.close()

    def _serve(self, listener: socket.socket) -> None:
        if self._server is not None:
            self._server.close()
        self._server = Server(self.cloud.gate, listener)


def _error_of(result: CallResult) -> str | None:
    """Name what a call raised, or else what ended it; None if it returned a value."""
    if isinstance(result, Returned):
        return None
    if isinstance(result, Raised):
        return result.type_name
    return result.reason.value if isinstance(result, Stopped) else type(result).__name__
