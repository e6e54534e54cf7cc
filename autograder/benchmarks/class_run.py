"""What a class costs: submissions in a second, processor time of each, and the most memory.

Each class is graded in a separate process, so that its peaks of memory are its own: that of the
process which reads, hands out and writes, and that of the largest among those which it started.
Processor time is that of the whole machine, since no process is charged for what ends inside a
sandbox: measure on an idle machine.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.benchmarks.submissions import MIXED, WORKING, lay_out, the_assignment
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions
from autograder.grading.foreman.pool import WORKERS
from autograder.intake.downloads import find_hand_ins
from autograder.intake.matching import match_hand_ins

MANY = 30_000
_BUSY = (0, 1, 2, 5, 6)
"""Fields of /proc/stat (proc(5)): user, nice, system, irq, softirq."""


@dataclass(frozen=True)
class ClassRun:
    """A class that was graded."""

    submissions: int
    workers: int
    seconds: float
    core_seconds: float
    peak_mib: float
    largest_child_mib: float

    @property
    def rate(self) -> float:
        """Submissions in a second."""
        return self.submissions / self.seconds

    def __str__(self) -> str:
        each = self.core_seconds / self.submissions
        return (
            f"{self.submissions:5} submissions, {self.workers} workers: {self.rate:.2f} a second, "
            f"{each:.2f} core-seconds each, at most {self.peak_mib:.0f} MiB "
            f"and {self.largest_child_mib:.0f} in a child process; "
            f"{MANY:,} would take {MANY * each / 3600:.0f} core-hours"
        )


def run_class(submissions: int, workers: int, kinds: Sequence[str] = MIXED) -> ClassRun:
    """Grade a class in a separate process."""
    command = [sys.executable, "-m", "autograder.benchmarks.class_run"]
    command += [str(submissions), str(workers), ",".join(kinds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return ClassRun(**json.loads(done.stdout))


def _measure(submissions: int, workers: int, kinds: Sequence[str]) -> ClassRun:
    course, assignment = the_assignment()
    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
        handed_in, output = Path(scratch) / "class", Path(scratch) / "out"
        handed_in.mkdir()
        lay_out(handed_in, submissions, kinds)
        found = find_hand_ins(handed_in, assignment)
        matches = match_hand_ins(found.hand_ins, None, {})
        begin, before = time.perf_counter(), _busy_seconds()
        the_class, settings = ClassSubmissions(matches.matched), RunSettings(workers=workers)
        for _ in grade_class(the_class, assignment, course, output, settings):
            pass
        return ClassRun(
            submissions=submissions,
            workers=workers,
            seconds=time.perf_counter() - begin,
            core_seconds=_busy_seconds() - before,
            peak_mib=_peak_mib(),
            largest_child_mib=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        )


def _peak_mib() -> float:
    """Return this program's peak (proc_pid_status(5)); getrusage's includes the parent process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _busy_seconds() -> float:
    ticks = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(ticks[field]) for field in _BUSY) / os.sysconf("SC_CLK_TCK")


def report(submissions: int, *, memory: bool) -> Iterator[str]:
    """Measure, line by line; `memory` takes a class ten times as large as well."""
    yield "a class of right, wrong, hostile and empty submissions in equal parts:"
    for workers in sorted({1, 2, WORKERS}):
        yield f"{run_class(submissions, workers)}"
    yield "one of which a quarter is right and the rest has one fault each, so that all is run:"
    for workers in sorted({2, WORKERS}):
        yield f"{run_class(submissions, workers, WORKING)}"
    if memory:
        yield "and for its memory, one that is ten times as large, empty ones but for a tenth:"
        small, large = (run_class(n, 2, ("right", *["empty"] * 9)) for n in (100, 1000))
        yield f"{small}"
        yield f"{large}"
        grown = large.peak_mib / small.peak_mib
        child = large.largest_child_mib / small.largest_child_mib
        yield f"most memory: {grown:.2f} times that of 100; in a child process {child:.2f} times"


if __name__ == "__main__":
    arguments = sys.argv[1:]
    print(
        json.dumps(asdict(_measure(int(arguments[0]), int(arguments[1]), arguments[2].split(","))))
    )
