"""Grades many submissions side by side: a process with a sandbox for each that is under way."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Protocol, Self, TypeVar

from autograder.assignment import Assignment, Course
from autograder.grading.foreman.examiner import PARTS, Examiner
from autograder.grading.grade import Grade
from autograder.submission import Submission

Task = TypeVar("Task")
Result = TypeVar("Result")

WORKERS = (os.cpu_count() or 1) + 1
"""Submissions graded in parallel: one more than there are processors, since some only wait."""
WAITING = 2
"""Tasks that are prepared for each thread, so that none waits and memory stays flat."""


class ExaminerPool:
    """An examiner, and threads that have submissions graded by it at the same time.

    Args:
        assignment: What the submissions answer.
        course: Where the hidden suite is.
        workers: How many are graded in parallel.
        confined: False runs the code without a sandbox.

    Raises:
        AutograderError: The examiner could not start.
    """

    def __init__(
        self, assignment: Assignment, course: Course, workers: int, *, confined: bool = True
    ) -> None:
        self.window = workers * WAITING
        """How many tasks to have under way."""
        self._examiner = Examiner(assignment, course, confined=confined, side_by_side=PARTS)
        self._threads = ThreadPoolExecutor(workers)

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
            self._examiner.close()  # or the runs under way would be waited for
        self._threads.shutdown()
        self._examiner.close()

    def submit(self, do: Callable[[Examiner, Task], Result], task: Task) -> Future[Result]:
        """Call `do` with the examiner and the task, in a thread; return a future."""
        return self._threads.submit(do, self._examiner, task)

    def each(
        self, do: Callable[[Examiner, Task], Result], tasks: Iterable[Task]
    ) -> Iterator[Result]:
        """Call `do` with each task, and yield what it returns, in the order in which they finish.

        Args:
            do: Called in a thread, with the examiner.
            tasks: Taken as threads become free, not all beforehand.
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
    """What grades submissions, on this machine or on others."""

    @property
    def window(self) -> int:
        """How many submissions to have under way."""

    def submit(self, submission: Submission) -> "Future[tuple[Grade, str]]":
        """Have a submission graded; the future holds what `Examiner.grade` returns."""

    def complaint(self) -> str:
        """Return why nothing has come for a while, if that is known; else an empty text."""


class LocalGraders:
    """The examiner of a pool on this machine.

    Args:
        pool: The pool.
    """

    def __init__(self, pool: ExaminerPool) -> None:
        self._pool = pool
        self.window = pool.window

    def submit(self, submission: Submission) -> "Future[tuple[Grade, str]]":
        """Have a submission graded as soon as a thread is free."""
        return self._pool.submit(Examiner.grade, submission)

    def complaint(self) -> str:
        """Return nothing: a pool on this machine always continues."""
        return ""
