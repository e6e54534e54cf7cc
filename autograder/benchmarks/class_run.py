"""What a class costs: submissions in a second, processor time of each, and the most memory.

    uv run python -m autograder.benchmarks.class_run            # 100 mixed ones, 1 and 2 workers
    uv run python -m autograder.benchmarks.class_run --memory   # peak memory with 100 and 1,000

Mixed are right and wrong ones of the corpus, attacks, and empty ones. The most memory is that of
the process which reads, hands out and writes, measured in a process of its own each time.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from autograder.assignment import Course
from autograder.class_run.grade_class import Scope, grade_class
from autograder.class_run.sources import find_submissions
from autograder.submission import read_submission
from autograder.tests.hostile.corpus import read_attacks
from autograder.validation.corpus import corpus_folder, read_corpus

ASSIGNMENT = "m06_partitioned_logs"
MANY = 30_000


def lay_out(folder: Path, submissions: int) -> None:
    """Lay a class out: of four submissions one is right, two are wrong, one attacks or is empty."""
    course = Course.of_this_checkout()
    assignment = course.load(ASSIGNMENT)
    solution = read_submission(course.solutions / assignment.id, assignment)
    corpus = read_corpus(corpus_folder(course, assignment), assignment)
    right = cycle([one for one in corpus if one.is_right])
    wrong = cycle([one for one in corpus if not one.is_right])
    attacks = cycle(read_attacks())
    for number in range(submissions):
        place = folder / f"student-{number:05}"
        place.mkdir()
        if number % 8 == 7:
            continue  # handed in nothing that is graded
        if number % 4 == 3:
            next(attacks).lay_out(place)
        else:
            one = next(right if number % 4 == 0 else wrong)
            for name, content in one.assemble(solution).files.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(content)


def measure(submissions: int, workers: int) -> dict[str, float]:
    """Grade a class in this process, and tell what it took."""
    course = Course.of_this_checkout()
    assignment = course.load(ASSIGNMENT)
    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
        handed_in, output = Path(scratch) / "class", Path(scratch) / "out"
        handed_in.mkdir()
        lay_out(handed_in, submissions)
        found = find_submissions(handed_in, assignment, Path(scratch))
        begin, before = time.perf_counter(), _processor_seconds()
        grade_class(found.handed_in, assignment, course, output, Scope(workers=workers))
        return {
            "submissions": submissions,
            "workers": workers,
            "seconds": time.perf_counter() - begin,
            "core_seconds": _processor_seconds() - before,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def _processor_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usages)


def measured_apart(submissions: int, workers: int) -> dict[str, float]:
    """Measure in a process of its own, so that its peak is its own."""
    command = [sys.executable, "-m", "autograder.benchmarks.class_run"]
    command += ["--one", str(submissions), str(workers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def lines(runs: Iterator[dict[str, float]]) -> Iterator[str]:
    """Write what was measured."""
    for one in runs:
        yield (
            f"{one['submissions']:5.0f} submissions, {one['workers']:.0f} workers: "
            f"{one['submissions'] / one['seconds']:.2f} a second, "
            f"{one['core_seconds'] / one['submissions']:.2f} core-seconds each, "
            f"at most {one['peak_mib']:.0f} MiB; "
            f"{MANY:,} would take {MANY * one['core_seconds'] / one['submissions'] / 3600:.0f} "
            "core-hours"
        )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, type=int, metavar=("SUBMISSIONS", "WORKERS"))
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--submissions", type=int, default=100)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(*given.one)))
        return
    if given.memory:
        runs = ((100, 2), (1000, 2))
    else:
        runs = ((given.submissions, 1), (given.submissions, 2))
    for line in lines(measured_apart(*run) for run in runs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
