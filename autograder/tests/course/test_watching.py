"""`grade-pushes --watch` asks once a round who has pushed, and lets nobody wait for others."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from autograder.course.find_pushes import Push, PushOutcome, PushState
from autograder.course.grade_pushes import LOCKS, grade_push
from autograder.course.results import RESULTS
from autograder.course.watching import WHOLE_ROUND_SECONDS, Watch
from autograder.gradebook.roster import read_roster
from autograder.tests.course.classroom import Classroom, FakeClock
from autograder.tests.github_stand_in import Fault, StandIn

LOGINS = [f"student-{number}" for number in range(60)]
ROUND_SECONDS = 20


class FakeGrader:
    """Grades pushes with examiners that only pretend to, in threads."""

    def __init__(self, course: Classroom) -> None:
        self._course_of_tests = course
        context = course.context()
        for name in (RESULTS, LOCKS):
            (context.state / name).mkdir(parents=True, exist_ok=True)
        self.context = context
        self.threads = ThreadPoolExecutor(2)
        self.held: dict[str, threading.Event] = {}
        """What grading a student's push waits for."""
        self._begun: list[tuple[str, Future[PushOutcome]]] = []

    @property
    def not_held(self) -> list[Future[PushOutcome]]:
        """Grades that come to an end by themselves."""
        return [
            future
            for student, future in self._begun
            if student not in self.held or self.held[student].is_set()
        ]

    def submit(self, push: Push) -> Future[PushOutcome]:
        """Grade a push in a thread."""
        future = self.threads.submit(self._grade, push)
        self._begun.append((push.student.id, future))
        return future

    def _grade(self, push: Push) -> PushOutcome:
        if push.student.id in self.held:
            self.held[push.student.id].wait()
        return grade_push(self.context, self._course_of_tests.pool, push)  # type: ignore[arg-type]  # a fake


class Watched:
    """A course that is watched."""

    def __init__(self, course: Classroom) -> None:
        self.course = course
        self.grader = FakeGrader(course)
        self.clock = FakeClock()
        students = read_roster(course.folder / "roster.csv").students
        self.watch = Watch(
            self.grader.context, self.grader.submit, students, students, self.clock.now
        )

    def rounds(self, number: int = 1) -> dict[str, PushState]:
        """Do rounds; return what came to an end. Each waits for the grades that nothing holds."""
        ended: dict[str, PushState] = {}
        for _ in range(number):
            ended |= {outcome.student.id: outcome.state for outcome in self.watch.round()}
            wait(self.grader.not_held)
            self.clock.sleep(ROUND_SECONDS)
            self.course.github.wait(seconds=ROUND_SECONDS)
        return ended

    def queries(self) -> list[str]:
        """Return the paths of all requests since the last time."""
        paths = [request.path for request in self.course.github.requests]
        self.course.github.requests.clear()
        return paths


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Watch a course of sixty students after its first round, before anybody has pushed."""
    with StandIn(tmp_path / "github") as github:
        made = Watched(Classroom(github, tmp_path / "course", LOGINS))
        made.rounds()
        made.queries()
        yield made
        for event in made.grader.held.values():
            event.set()
        made.grader.threads.shutdown()
        made.grader.context.client.close()


def test_a_round_without_pushes_is_one_query(watched: Watched) -> None:
    """However many students there are."""
    ended = watched.rounds(3)

    assert watched.queries() == ["/api/graphql"] * 3
    assert ended == {}


def test_a_push_is_graded_by_the_next_round_and_nobody_else_is_looked_at(
    watched: Watched,
) -> None:
    """The round after that reports its end, and finds nothing new."""
    sha = watched.course.push(LOGINS[7])

    first, second, third = (watched.rounds() for _ in range(3))

    assert (first, second, third) == ({}, {LOGINS[7]: PushState.GRADED}, {})
    assert len(watched.course.comments(sha, LOGINS[7])) == 1
    assert watched.course.pool.graded == [sha]


def test_a_slow_submission_delays_nobody(watched: Watched) -> None:
    """What is pushed meanwhile is graded, and its own next push when it has ended."""
    slow, quick = LOGINS[:2]
    watched.grader.held[slow] = threading.Event()
    watched.course.push(slow)
    watched.watch.round()
    sha = watched.course.push(quick)

    while_it_runs = watched.rounds(3)
    newer = watched.course.push(slow, text="x = 2\n")
    watched.watch.round()
    watched.grader.held[slow].set()
    afterwards = watched.rounds(4)

    assert while_it_runs == {quick: PushState.GRADED}
    assert len(watched.course.comments(sha, quick)) == 1
    assert afterwards == {slow: PushState.GRADED}
    assert len(watched.course.comments(newer, slow)) == 1


def test_a_push_after_a_grade_is_graded_by_the_round_that_tells_the_grade(
    watched: Watched,
) -> None:
    """It does not wait for one more round."""
    login = LOGINS[4]
    watched.course.push(login)
    watched.rounds()
    newer = watched.course.push(login, text="x = 2\n")

    told, graded = watched.rounds(), watched.course.pool.graded[-1]

    assert told == {login: PushState.GRADED}
    assert graded == newer


def test_waiting_for_the_next_round_ends_when_a_grade_does(watched: Watched) -> None:
    """With nothing to grade, it sleeps until the round is due."""
    slept: list[float] = []
    watched.watch.wait(60, sleep=slept.append)
    watched.course.push(LOGINS[6])
    watched.watch.round()

    watched.watch.wait(60, sleep=slept.append)
    ended = watched.watch.round()

    assert slept == [60]
    assert [outcome.state for outcome in ended] == [PushState.GRADED]


def test_a_round_in_which_github_fails_loses_no_push(watched: Watched) -> None:
    """The next one looks at the same students."""
    sha = watched.course.push(LOGINS[3])
    watched.course.github.faults = [Fault("/graphql", status=404, after=1)]

    with pytest.raises(Exception, match="looking for pushes"):
        watched.watch.round()
    ended = watched.rounds(2)

    assert ended == {LOGINS[3]: PushState.GRADED}
    assert len(watched.course.comments(sha, LOGINS[3])) == 1


def test_now_and_then_everybody_is_looked_at(watched: Watched) -> None:
    """Such as a student whose push could not be graded before."""
    watched.course.push(LOGINS[5], text="explode\n")
    failed = watched.rounds(3)
    watched.clock.sleep(WHOLE_ROUND_SECONDS)
    watched.queries()

    everybody = watched.rounds(2)

    assert failed == {LOGINS[5]: PushState.FAILED}
    assert everybody.keys() == set(LOGINS)
    assert everybody[LOGINS[5]] is PushState.FAILED
