"""Pushes a class into Canvas each time that a line comes in: a process to be killed.

It forks for each line, so that modules are imported once, and prints the new process's id.
"""

import os
import sys

import httpx

from autograder.gradebook.lms.canvas import CanvasCourse
from autograder.gradebook.lms.client import LmsServer
from autograder.gradebook.lms.plan import make_plan
from autograder.gradebook.lms.push import push
from autograder.gradebook.standing import Standing
from autograder.tests.gradebook.lms.canvas_stand_in import ASSIGNMENT, COURSE
from autograder.tests.gradebook.lms.stand_in import TOKEN
from autograder.tests.gradebook.lms.standings import a_standing, a_student

STUDENTS = 8


def standings() -> list[Standing]:
    """Make a class: with links, with points, and excused."""
    students = [a_student(f"s{number}", canvas_id=str(100 + number)) for number in range(STUDENTS)]
    return [
        a_standing(
            student,
            40.0 + number,
            excused=number % 5 == 4,
            repository="uni/work" if number % 2 else None,
        )
        for number, student in enumerate(students)
    ]


def push_class(url: str) -> None:
    """Push all of the class."""
    found = standings()
    with CanvasCourse(LmsServer("Canvas", url, TOKEN), COURSE, ASSIGNMENT) as canvas:
        plan = make_plan(found, canvas.read_all([standing.student for standing in found]))
        for pushed in push(canvas, plan.differences):
            assert pushed.result == "written", pushed


if __name__ == "__main__":
    # A first client imports most of httpx, and reads certificates.
    httpx.Client().close()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            push_class(sys.argv[1])
            os._exit(0)
        print(child, flush=True)  # noqa: T201 - the test reads it
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - likewise
