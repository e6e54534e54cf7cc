"""Grades on a Dask cluster: each worker keeps an examiner ready, for as many threads as it has.

If a worker is lost, the scheduler sends its submissions to other workers. A submission that loses
several workers is given up (`distributed.scheduler.allowed-failures`) and stays ungraded.
Source: distributed.dask.org, "Worker plugins", "Resilience".
"""

import importlib.metadata
import sys
from concurrent.futures import Future
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from distributed import Client, WorkerPlugin, get_worker

from autograder.assignment import Assignment, Course
from autograder.cluster.packed_suite import PackedSuite, pack, unpack
from autograder.errors import AutograderError
from autograder.files import scratch_folder
from autograder.grading.code_digest import code_digest
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.foreman.pool import WAITING
from autograder.grading.grade import Grade
from autograder.sandbox import interpreter_for
from autograder.submission import Submission

CONNECT_SECONDS = 15
"""How long to wait for the scheduler's first answer."""
_DEPENDENCIES = ("boto3", "moto", "pydantic", "pytest")


def versions(assignment: Assignment) -> dict[str, str]:
    """Return the versions that a grade depends on, apart from the suite."""
    found = {name: importlib.metadata.version(name) for name in _DEPENDENCIES}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {
        "the autograder's code": code_digest()[:19],
        "Python": python,
        "Python of the submissions": interpreter_for(assignment.python).version,
        **found,
    }


class ExaminerOfAWorker(WorkerPlugin):  # type: ignore[misc]  # distributed brings no types
    """The examiner of one worker; it gets the suite, and checks its own versions.

    Args:
        packed: The suite.
        wanted: The versions of the machine that sends submissions.
        confined: False runs the code without a sandbox.
    """

    def __init__(self, packed: PackedSuite, wanted: dict[str, str], *, confined: bool) -> None:
        self.name = f"autograder-{packed.digest}-{confined}"
        self._packed = packed
        self._wanted = wanted
        self._confined = confined

    def setup(self, worker: Any) -> None:
        """Start the examiner.

        Raises:
            AutograderError: The worker has other versions.
        """
        with ExitStack() as opened:
            folder = opened.enter_context(scratch_folder())
            course = unpack(self._packed, folder)
            assignment = course.load(self._packed.assignment)
            here = versions(assignment)
            odd = [f"{name} {here[name]}" for name in here if here[name] != self._wanted[name]]
            if odd:
                raise AutograderError(
                    f"the worker {worker.address} has other versions than this machine: "
                    f"{', '.join(odd)}: install the same"
                )
            examiner = Examiner(assignment, course, confined=self._confined)
            self._examiner = opened.enter_context(examiner)
            self._opened = opened.pop_all()

    def teardown(self, worker: Any) -> None:  # noqa: ARG002 - the base's parameter
        """End it."""
        self._opened.close()

    def grade(self, submission: Submission) -> tuple[Grade, str]:
        """Grade a submission; the worker calls this in as many threads as it has."""
        return self._examiner.grade(submission)


def grade_here(name: str, submission: Submission) -> tuple[Grade, str]:
    """Grade a submission on the worker that runs this."""
    examiner: ExaminerOfAWorker = get_worker().plugins[name]
    return examiner.grade(submission)


class DaskGraders:
    """The examiners of a cluster's workers.

    Args:
        address: The scheduler's, such as `tcp://10.0.0.1:8786`.
        assignment: What the submissions answer.
        course: Where the hidden suite lies.
        confined: False runs the code without a sandbox.

    Raises:
        AutograderError: No scheduler answers, or a worker has other versions.
    """

    def __init__(
        self, address: str, assignment: Assignment, course: Course, *, confined: bool = True
    ) -> None:
        plugin = ExaminerOfAWorker(
            pack(course, assignment), versions(assignment), confined=confined
        )
        self._name = plugin.name
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise AutograderError(
                f"no Dask scheduler answers at {address}: {type(error).__name__}"
            ) from None
        try:
            self._client.register_plugin(plugin)
        except AutograderError:
            self._client.close()
            raise
        self._executor = self._client.get_executor(pure=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._executor.shutdown(wait=False)
        if self._threads():
            self._client.unregister_worker_plugin(self._name)
        self._client.close()

    def _threads(self) -> int:
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return sum(worker["nthreads"] for worker in workers)

    @property
    def window(self) -> int:
        """How many submissions to send ahead, so that no thread waits for its next."""
        return max(1, self._threads()) * WAITING

    def submit(self, submission: Submission) -> "Future[tuple[Grade, str]]":
        """Have a submission graded on some worker."""
        future: Future[tuple[Grade, str]] = self._executor.submit(
            grade_here, self._name, submission
        )
        return future

    def complaint(self) -> str:
        """Say if no worker is connected; else empty."""
        return "" if self._threads() else "no worker is connected: waiting for one"
