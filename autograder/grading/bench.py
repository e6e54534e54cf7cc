"""Sets up what a suite needs: a jail with the submission in it, and the cloud that it talks to."""

import json
import socket
from pathlib import Path
from typing import Self

from autograder.assignment import Assignment, Course
from autograder.grading.explain import about_python
from autograder.grading.inspection import HandedIn
from autograder.grading.patience import Patience
from autograder.grading.phases import Phases
from autograder.grading.signatures import Signatures
from autograder.grading.student import Student
from autograder.jail import Interpreter, Jail, interpreter_for

from autograder.cloud import Cloud, Server  # isort: skip


class Bench:
    """One jail and one cloud, wired together, for all tests of a run."""

    def __init__(
        self,
        assignment: Assignment,
        submission: Path,
        jail: Jail,
        phases: Phases,
        signatures: Signatures | None = None,
        python: str | None = None,
    ) -> None:
        self.phases = phases
        self.assignment = assignment
        self.handed_in = HandedIn(submission)
        self.jail = jail
        self.cloud = Cloud()
        self._patience = Patience(assignment.limits.submission_seconds)
        self._signatures = signatures
        self._python = python
        self._server: Server | None = None
        jail.on_start(self._serve)

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
        """Start the jail, if it has anything to run; while its Python warms up, make the cloud.

        Args:
            suite: Folder of the hidden suite.
            phases: Hears when the student's code runs.
            submission: Folder of what is graded; by default the solution.
            interpreter: What runs it, as `Interpreter.as_json` writes it; by default the Python
                that the assignment names.
            confined: False runs the code without a jail.

        Raises:
            JailError: No jail can be had here.
        """
        course = Course(suite.parents[2])
        assignment = course.load(suite.name)
        folder = Path(submission) if submission else course.solutions / suite.name
        used = (
            Interpreter.read(json.loads(interpreter))
            if interpreter
            else interpreter_for(assignment.python)
        )
        jail = Jail(folder.resolve(), assignment.limits, confined=confined, interpreter=used)
        if any(folder.glob("*.py")):
            jail.start()
        return cls(
            assignment,
            folder,
            jail,
            phases,
            Signatures(course.assignments / suite.name),
            about_python(used.version, assignment.python),
        )

    def student(self, api_calls: int | None) -> Student:
        """Give the student's code, with the usual budgets or another number of requests.

        Who is asked for hundreds of events takes longer than others, and has all the time for it.
        """
        limits = self.assignment.limits
        if api_calls is not None:
            limits = limits.model_copy(update={"api_calls": api_calls})
        return Student(
            self.jail,
            self.cloud,
            limits,
            self._patience,
            self.phases,
            in_full=api_calls is not None,
            signatures=self._signatures,
            python=self._python,
        )

    def close(self) -> None:
        """End the jail and stop serving."""
        self.jail.close()
        if self._server is not None:
            self._server.close()
        self.cloud.close()

    def _serve(self, listener: socket.socket) -> None:
        if self._server is not None:
            self._server.close()
        self._server = self.cloud.serve(listener)
