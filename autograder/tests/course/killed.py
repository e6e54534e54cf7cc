"""Runs `autograder close` again and again, and kills it at given moments.

    python -m autograder.tests.course.killed CHECKOUT COURSE SUBMISSIONS OUTPUT MOMENT...

A moment is a number of changes of files: with the so-many-th, the process kills itself. 0 lets it
end, and prints how many there were. Each run is forked from this process, which has imported all.
"""

import os
import signal
import sys
from pathlib import Path

import nbgrader.api

import autograder.cli.close
import autograder.gradebook.database
from autograder.tests.checkout import run
from autograder.tests.gradebook.students import look_at_migrations_once

CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect"}


def main(checkout: Path, course: Path, submissions: Path, output: Path, moments: list[int]) -> None:
    """Run once for each moment, one after the other."""
    assert autograder.cli.close
    look_at_migrations_once()
    nbgrader.api.get_alembic_version()
    places = (str(course.parent), str(output))
    for moment in moments:
        child = os.fork()
        if child == 0:
            _run(checkout, course, submissions, output, places, moment)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) in (0, 1), status


def _run(
    checkout: Path,
    course: Path,
    submissions: Path,
    output: Path,
    places: tuple[str, str],
    moment: int,
) -> None:
    """Close the course, and end the process, one way or the other."""
    count = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event in CHANGES and str(arguments[0]).replace("sqlite:///", "").startswith(places):
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    done = run(
        checkout,
        *("close", course, "--submissions", submissions, "--output", output, "--any-python"),
        *("--assignment", "m07_word_count", "--workers", "1"),
    )
    sys.stdout.write(f"{done.output}{done.errors}\n{count}\n")
    sys.stdout.flush()
    os._exit(done.status)


if __name__ == "__main__":
    checkout, course, submissions, output, *numbers = sys.argv[1:]
    main(Path(checkout), Path(course), Path(submissions), Path(output), [int(n) for n in numbers])
