"""Several examiners side by side, each with an interpreter and sandboxes of its own."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from queue import SimpleQueue
from types import TracebackType
from typing import Self, TypeVar

from autograder.assignment import Assignment, Course
from autograder.grading.foreman.examiner import Examiner

Task = TypeVar("Task")
Result = TypeVar("Result")

WAITING = 2
"""Tasks that are prepared for each examiner, so that none waits and memory stays flat."""


class ExaminerPool:
    """So many examiners; a thread drives each and only waits for it.

    Args:
        assignment: What the submissions answer.
        course: Where the hidden suite lies.
        workers: How many are graded at once.
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
        with ExitStack() as opened:
            for _ in range(workers):
                examiner = Examiner(assignment, course, confined=confined)
                self._free.put(opened.enter_context(examiner))
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
        self._opened.close()

    def submit(self, do: Callable[[Examiner, Task], Result], task: Task) -> Future[Result]:
        """Do something with a task, in a thread, with an examiner that is free."""
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
        """Do something with each task, and yield what came of it, as it is finished.

        Args:
            do: Called in a thread, with an examiner that is free.
            tasks: Taken as examiners get free, not all beforehand.
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
