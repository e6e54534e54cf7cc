"""Watches for pushes: each round asks GitHub once who has pushed, and looks only at these students.

A round does not wait for what is being graded, so that a submission that takes minutes delays
nobody else. Now and then a round looks at everybody: for what failed before, for grades that had to
wait, and for feedback of which more may be shown now.
"""

import time
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime
from typing import NoReturn

from autograder.course.find_pushes import (
    Push,
    PushContext,
    PushOutcome,
    PushState,
    find_pushes,
)
from autograder.errors import GitHubError
from autograder.github.pushes import recent_pushes
from autograder.gradebook.student import Student
from autograder.policy import student_repositories

WHOLE_ROUND_SECONDS = 300.0
"""Between two rounds that look at everybody."""

_LOOKED_AT_AGAIN = {PushState.SUPERSEDED, PushState.BUSY}
"""States after which the next round looks at a student again."""


class Watch:
    """Grades pushes round by round, without an end.

    Args:
        context: The course.
        submit: Has a push graded, and its grade posted.
        students: Who is watched.
        roster: The whole class.
        clock: Tells seconds.
    """

    def __init__(
        self,
        context: PushContext,
        submit: Callable[[Push], Future[PushOutcome]],
        students: Sequence[Student],
        roster: Sequence[Student],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = context
        self._submit = submit
        self._roster = roster
        self._clock = clock
        self._students = {student.id: student for student in students}
        self._by_repository = {
            name.casefold(): student
            for student in students
            if (name := context.policy.repository_of(student)) is not None
        }
        self._organization = student_repositories(context.policy).organization
        self._pushed_at: dict[str, datetime | None] = {}
        self._again: set[str] = set()
        """Ids of students at whom the next round looks, whether they have pushed or not."""
        self._whole_round_at = clock()
        self._graded: dict[str, Future[PushOutcome]] = {}
        """What is being graded, by the student's id."""

    def round(self) -> list[PushOutcome]:
        """Do a round: begin to grade what was pushed, and return what has come to an end.

        Raises:
            GitHubError: GitHub could not be asked; the next round looks at the same students.
        """
        under_way = {student for student, grade in self._graded.items() if not grade.done()}
        found = find_pushes(self._context, self._due(under_way), self._roster)
        self._again &= under_way
        outcomes = [*self._ended(), *found.others]
        for push in found.to_grade:
            self._graded[push.student.id] = self._submit(push)
            self._again.discard(push.student.id)
        return outcomes

    def wait(self, seconds: float, sleep: Callable[[float], object] = time.sleep) -> None:
        """Wait for the next round: less long if something has been graded by then."""
        if self._graded:
            wait(self._graded.values(), timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            sleep(seconds)

    def _ended(self) -> Iterator[PushOutcome]:
        for student, future in list(self._graded.items()):
            if future.done():
                del self._graded[student]
                outcome = future.result()
                if outcome.state in _LOOKED_AT_AGAIN:
                    self._again.add(student)
                yield outcome

    def _due(self, under_way: Set[str]) -> Sequence[Student]:
        """Return the students to look at: who has pushed, or everybody if it is time for that.

        Args:
            under_way: Ids of students whose pushes are being graded. A later round looks at them.
        """
        pushed_at = recent_pushes(self._context.client, self._organization)
        changed = {name for name, at in pushed_at.items() if at != self._pushed_at.get(name)}
        is_whole = self._clock() >= self._whole_round_at
        if is_whole or len(changed) == len(pushed_at) > 1:
            self._whole_round_at = self._clock() + WHOLE_ROUND_SECONDS
            self._again |= self._students.keys()
        else:
            repositories = changed & self._by_repository.keys()
            self._again |= {self._by_repository[name].id for name in repositories}
        self._pushed_at = pushed_at
        return [self._students[student] for student in self._again - under_way]


def watch_pushes(
    watch: Watch,
    every: float,
    on_round: Callable[[list[PushOutcome]], None],
    on_error: Callable[[GitHubError], None],
) -> NoReturn:
    """Do rounds until the process is stopped.

    Args:
        watch: What to do in a round.
        every: Seconds between rounds.
        on_round: Takes what has come to an end in a round.
        on_error: Takes what kept a round from asking GitHub.
    """
    while True:
        try:
            on_round(watch.round())
        except GitHubError as error:
            on_error(error)
        watch.wait(every)
