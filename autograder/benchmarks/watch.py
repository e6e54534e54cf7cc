"""How long a student waits: from a push to published feedback, with `grade-pushes --watch`.

GitHub is the stand-in of the tests, which answers immediately: its own delay comes on top.
"""

import contextlib
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autograder.benchmarks.submissions import the_assignment, the_solution
from autograder.benchmarks.timing import Spread
from autograder.course.grade_pushes import PushGrader
from autograder.course.watching import Watch
from autograder.github.client import GitHubClient, GitHubServer
from autograder.gradebook.roster import read_roster
from autograder.grading.foreman.pool import WORKERS
from autograder.grading.judge.plan import read_plan
from autograder.policy import read_policy
from autograder.tests.course.classroom import Classroom
from autograder.tests.github_stand_in import StandIn

EVERY = 5
"""Seconds between rounds: the command's default."""
STUDENTS = 30
PUSHES = 8
LONGEST_WAIT = 120.0
LOOK_EVERY = 0.05
"""Seconds between two looks for the comment."""


class WatchedCourse:
    """A course that is watched in a thread, until it is closed.

    Args:
        github: The stand-in.
        folder: An empty folder, for the course's files.
    """

    def __init__(self, github: StandIn, folder: Path) -> None:
        course, assignment = the_assignment()
        self.github = github
        self.classroom = Classroom(github, folder, [f"student-{at}" for at in range(STUDENTS)])
        server = GitHubServer.from_environment(github.environment(self.classroom.token))
        self._client = GitHubClient(server)
        suite = read_plan(assignment, course.suites / assignment.id).digest
        context = self.classroom.context(client=self._client, suite=suite)
        students = read_roster(read_policy(folder / "course.toml").roster).students
        self._grader = PushGrader(context, course, WORKERS)
        self._watch = Watch(context, self._grader.submit, students, students)
        self._is_closed = threading.Event()
        self._threads = ThreadPoolExecutor(1)
        self.rounds = 0
        self._watching = self._threads.submit(self._rounds)

    def _rounds(self) -> None:
        while not self._is_closed.is_set():
            self._watch.round()
            self.rounds += 1
            self._watch.wait(EVERY, self._is_closed.wait)

    def seconds_to_feedback(self, login: str) -> float:
        """Push the solution as a student; return the seconds until the commit has its comment."""
        name = self.classroom.name(login)
        files = {path: bytes(content) for path, content in the_solution().files.items()}
        files["kinesis_multi_shard.py"] += f"# {login}\n".encode()
        begin = time.perf_counter()
        commit = self.github.push(name, files, actor=login)
        while not self.github.comments(name, commit):
            if time.perf_counter() - begin > LONGEST_WAIT or self._watching.done():
                self._watching.result(0)
                raise SystemExit("a push got no feedback")
            time.sleep(LOOK_EVERY)
        return time.perf_counter() - begin

    def close(self) -> None:
        """End the rounds, and what grades."""
        self._is_closed.set()
        self._watching.result()
        self._threads.shutdown()
        self._grader.__exit__(None, None, None)
        self._client.close()


def report() -> Iterator[str]:
    """Measure, line by line."""
    drawn = random.Random(1)  # noqa: S311 - not for secrets
    with (
        tempfile.TemporaryDirectory(prefix="autograder-") as name,
        StandIn(Path(name) / "github") as github,
        contextlib.closing(WatchedCourse(github, Path(name) / "course")) as course,
    ):
        course.seconds_to_feedback("student-0")  # starts what grades
        seconds = []
        for at in range(1, PUSHES + 1):
            time.sleep(drawn.uniform(0, EVERY))  # a push comes at any moment of a round
            seconds.append(course.seconds_to_feedback(f"student-{at}"))
        yield f"from a push to its comment   {Spread(tuple(seconds))}"
        time.sleep(EVERY)
        github.requests.clear()
        before = course.rounds
        time.sleep(4 * EVERY)
        asked, rounds = len(github.requests), course.rounds - before
        yield f"without a push: {asked} requests in {rounds} rounds, {STUDENTS} students"
