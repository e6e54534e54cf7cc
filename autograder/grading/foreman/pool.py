"""Grades many submissions side by side: several examiners, a process with sandboxes for each."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import SimpleQueue
from types import TracebackType
from typing import Protocol, Self, TypeVar

from autograder.assignment import Assignment, Course
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Grade
from autograder.submission import Submission

Task = TypeVar("Task")
Result = TypeVar("Result")

WORKERS = (os.cpu_count() or 1) + 1
"""Submissions graded in parallel: one more than there are processors, since some only wait."""
WAITING = 2
"""Tasks that are prepared for each examiner, so that none waits and memory stays flat."""


class ExaminerPool:
    """Several examiners; each has a thread that waits for it.

    Args:
        assignment: What the submissions answer.
        course: Where the hidden suite is.
        workers: How many are graded in parallel.
        confined: False runs the code without a sandbox.

    Raises:
        AutograderError: An examiner could not start.
    """

    def __init__(
        self, assignment: Assignment, course: Course, workers: int, *, confined: bool = True
    ) -> None:
        self.window = workers * WAITING
        """How many tasks to have under way."""
        self._free: SimpleQueue[Examiner] = SimpleQueue()
        self._examiners: list[Examiner] = []
        with ExitStack() as opened:
            for _ in range(workers):
                examiner = Examiner(assignment, course, confined=confined)
                self._examiners.append(opened.enter_context(examiner))
                self._free.put(examiner)
            self._threads = opened.enter_context(ThreadPoolExecutor(workers))
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            for examiner in self._examiners:  # or the runs under way would be waited for
                examiner.close()
        self._opened.close()

    def submit(self, do: Callable[[Examiner, Task], Result], task: Task) -> Future[Result]:
        """Call `do` with a free examiner and the task, in a thread; return a future."""
        return self._threads.submit(self._do, do, task)

    def _do(self, do: Callable[[Examiner, Task], Result], task: Task) -> Result:
        examiner = self._free.get()
        try:
            return do(examiner, task)
        finally:
            self._free.put(examiner)

    def each(
        self, do: Callable[[Examiner, Task], Result], tasks: Iterable[Task]
    ) -> Iterator[Result]:
        """Call `do` with each task, and yield what it returns, in the order in which they finish.

        Args:
            do: Called in a thread, with an examiner that is free.
            tasks: Taken as examiners become free, not all beforehand.
        """
        under_way: set[Future[Result]] = set()
        for task in tasks:
            under_way.add(self.submit(do, task))
            if len(under_way) >= self.window:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)


class Graders(Protocol):
    """Examiners that grade submissions, on this machine or on others."""

    @property
    def window(self) -> int:
        """How many submissions to have under way."""

    def submit(self, submission: Submission) -> "Future[tuple[Grade, str]]":
        """Have a submission graded; the future holds what `Examiner.grade` returns."""

    def complaint(self) -> str:
        """Return why nothing has come for a while, if that is known; else an empty text."""


class LocalGraders:
    """The examiners of a pool on this machine.

    Args:
        pool: The pool.
    """

    def __init__(self, pool: ExaminerPool) -> None:
        self._pool = pool
        self.window = pool.window

    def submit(self, submission: Submission) -> "Future[tuple[Grade, str]]":
        """Have a submission graded by an examiner that is free."""
        return self._pool.submit(Examiner.grade, submission)

    def complaint(self) -> str:
        """Return nothing: a pool on this machine always continues."""
        return ""
