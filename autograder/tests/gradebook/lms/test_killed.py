"""A push that is killed at any moment ends, when it is run again, as if it never had been."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from autograder.tests.gradebook.lms.canvas_stand_in import CanvasStandIn, CanvasStudent
from autograder.tests.gradebook.lms.pusher import STUDENTS, push_class

MOMENTS = 20


def a_class() -> dict[int, CanvasStudent]:
    """Make the students of the class, as they are in Canvas before."""
    return {
        100 + number: CanvasStudent(f"S{number}", score=41.0 if number == 1 else None)
        for number in range(STUDENTS)
    }


@pytest.fixture
def undisturbed() -> CanvasStandIn:
    """Push into another Canvas, without killing anything."""
    with CanvasStandIn(a_class()) as canvas:
        push_class(canvas.url)
    return canvas


class Pushing:
    """A process that pushes the class, again and again."""

    def __init__(self, canvas: CanvasStandIn) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.tests.gradebook.lms.pusher", canvas.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._child = 0
        self._is_known = threading.Event()

    def start(self) -> None:
        """Start one push."""
        assert self._process.stdin is not None
        self._is_known.clear()
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        self._child = self._line()
        self._is_known.set()

    def wait(self) -> int:
        """Wait for the end of the push, and return its exit code."""
        return self._line()

    def kill(self) -> None:
        """Kill the push, which may be quicker than the line with its id."""
        assert self._is_known.wait(60)
        os.kill(self._child, signal.SIGKILL)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _line(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@pytest.fixture
def canvas() -> Iterator[CanvasStandIn]:
    """Run Canvas."""
    with CanvasStandIn(a_class()) as running:
        yield running


@pytest.fixture
def pushing(canvas: CanvasStandIn) -> Iterator[Pushing]:
    """Start the process."""
    process = Pushing(canvas)
    yield process
    process.close()


def test_killed_at_random_moments_and_run_again_it_ends_in_the_same_state(
    undisturbed: CanvasStandIn, canvas: CanvasStandIn, pushing: Pushing
) -> None:
    """No comment is there twice, and no grade is missing.

    A moment is a request, before or after Canvas carries it out. The push is killed while it waits
    for the answer, and so it never learns which.
    """
    rng = random.Random(12)
    kills = left = 0
    after = False

    def on_request(has_acted: bool) -> bool:
        nonlocal kills, left
        left -= has_acted == after
        if left != 0 or has_acted != after:
            return True
        pushing.kill()
        kills += 1
        return False

    canvas.on_request = on_request
    while kills < MOMENTS:
        left, after = rng.randrange(1, 20), rng.random() < 0.5
        pushing.start()
        if pushing.wait() == 0:
            assert canvas.state() == undisturbed.state()
            assert len(canvas.comments) == len(set(canvas.comments))
            canvas.students = a_class()
    canvas.on_request = lambda _: True
    pushing.start()

    assert pushing.wait() == 0
    assert canvas.state() == undisturbed.state()
