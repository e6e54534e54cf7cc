"""What one grade costs: `python -m autograder.benchmarks.one_grade [REPEATS]`.

Prints medians and spread of a cold grade (a fresh process each), a warm one (imports paid, the
suite run in a fork), what an endless poll adds, and the same suite with mock_aws in one process.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import autograder.grading.bench  # noqa: F401 - paid for here, not in the forks
from autograder.assignment import Course
from autograder.grading.run import pytest_arguments

ID = "m06_partitioned_logs"
COURSE = Course.of_this_checkout()
SUITE = COURSE.suites / ID
SOLUTION = COURSE.solutions / ID

ENDLESS = """

def follow_iterator(kinesis, iterator, max_records):
    pairs = []
    while iterator:
        page = kinesis.get_records(ShardIterator=iterator)
        pairs += [(one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"]]
        iterator = page.get("NextShardIterator")
    return pairs
"""


def main() -> None:
    """Measure and print."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        scratch.chmod(0o755)
        endless = scratch / "endless"
        shutil.copytree(SOLUTION, endless, ignore=shutil.ignore_patterns("__pycache__"))
        with (endless / "kinesis_read_shards.py").open("a") as file:
            file.write(ENDLESS)
        files = [f"test_{one.id}.py" for one in COURSE.load(ID).checkpoints]
        cold = measure("cold grade of the solution", repeats, lambda: grade(SOLUTION))
        warm = measure("warm grade (imports paid)", repeats, lambda: run_forked(files, scratch))
        poll = measure("cold grade of an endless poll", repeats, lambda: grade(endless))
        mock = measure("same suite, mock_aws, no jail", repeats, lambda: run_plain(files, scratch))
    print(f"an endless poll adds            {poll - cold:6.2f} s")
    print(f"ratio cold grade / mock_aws     {cold / mock:6.2f}")
    print(f"ratio warm grade / mock_aws     {warm / mock:6.2f}")


def measure(what: str, repeats: int, action: Callable[[], None]) -> float:
    """Time an action after one run that is not counted; print and return its median seconds."""
    action()
    seconds: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    print(f"{what:31} {median:6.2f} s   ({min(seconds):.2f} to {max(seconds):.2f}, n={repeats})")
    return median


def grade(folder: Path) -> None:
    """Grade in a fresh process, as a user does."""
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--assignment", ID]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run_forked(files: list[str], scratch: Path) -> None:
    """Run the suite in a fork of this process, which has imported all it needs."""
    arguments = pytest_arguments(SUITE, files, scratch, SOLUTION, "seed", confined=True)
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os._exit(int(pytest.main(arguments)))
    _, status = os.waitpid(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit("the warm grade failed")


def run_plain(files: list[str], scratch: Path) -> None:
    """Run the suite in one process with plain mock_aws; what needs the mended cloud fails."""
    arguments = pytest_arguments(SUITE, files, scratch, SOLUTION, "seed", confined=True)
    arguments[arguments.index("autograder.grading.plugin")] = "autograder.benchmarks.plain_mock"
    subprocess.run(
        [sys.executable, "-P", "-m", "pytest", *arguments],
        check=False,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
