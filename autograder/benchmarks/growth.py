"""How cost grows with the tests of a suite, the records of a stream, the size of a class."""

import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from autograder.aws import PRELOAD
from autograder.aws.calls import CallBudget
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud
from autograder.benchmarks.class_run import run_class
from autograder.benchmarks.submissions import the_assignment, the_solution
from autograder.benchmarks.timing import timed
from autograder.grading.foreman.examiner import Examiner
from autograder.sandbox import Returned, Sandbox

WIDTH = 50
RECORDS = (0, 500, 1000, 2000, 4000)
SUBMISSIONS = (8, 16, 32, 64)
_PLENTY = CallBudget(api_calls=10_000, idle_reads=1000, traffic_bytes=1 << 30)


def with_tests(repeats: int) -> Mapping[int, float]:
    """Grade one checkpoint more each time; seconds by the number of tests."""
    course, assignment = the_assignment()
    solution, seconds = the_solution(), {}
    names = [checkpoint.id for checkpoint in assignment.checkpoints]
    with Examiner(assignment, course) as examiner:
        examiner.grade(solution)
        for count in range(1, len(names) + 1):
            again = partial(examiner.grade, solution, checkpoints=names[:count])
            grade, _ = again()
            tests = sum(len(checkpoint.tests) for checkpoint in grade.checkpoints)
            seconds[tests] = timed(again, repeats).median
    return seconds


def with_records(repeats: int) -> Mapping[int, float]:
    """Return the seconds that reading a shard in the sandbox takes, by its number of records."""
    _, assignment = the_assignment()
    seconds = {}
    with tempfile.TemporaryDirectory(prefix="autograder-") as name, Cloud() as cloud:
        folder = Path(name)
        folder.chmod(0o755)
        the_solution().copy_to(folder)
        with Sandbox(folder, assignment.limits, preload=PRELOAD) as sandbox:
            server = Server(cloud.gate, sandbox.listener)
            for count in RECORDS:
                cloud.reset()
                cloud.kinesis.create_stream("s", 1)
                for number in range(count):
                    cloud.kinesis.put("s", b'{"number":%d}' % number, "key")
                shard = str(cloud.kinesis.shards("s")[0]["ShardId"])

                def read(shard: str = shard, count: int = count) -> None:
                    cloud.gate.begin_call(_PLENTY, sandbox.stop)
                    asked = ["s", shard, max(count, 1)]
                    result = sandbox.call("kinesis_read_shards", "read_from_shard", asked, {})
                    cloud.gate.end_call()
                    if not isinstance(result, Returned) or len(result.value) != count:
                        raise SystemExit(f"{count} records were not read: {result}")

                read()
                seconds[count] = timed(read, repeats).median
            server.close()
    return seconds


def with_submissions() -> Mapping[int, float]:
    """Grade classes with two workers; seconds by the number of submissions."""
    return {count: run_class(count, 2).seconds for count in SUBMISSIONS}


def drawn(what: str, seconds: Mapping[int, float]) -> Iterator[str]:
    """Draw a bar for each."""
    most = max(seconds.values())
    for count, took in seconds.items():
        yield f"  {count:5} {what:12} {took:7.3f} s  {'█' * max(1, round(WIDTH * took / most))}"


def report(repeats: int) -> Iterator[str]:
    """Measure, line by line."""
    yield "how a warm grade grows with the tests of the suite:"
    yield from drawn("tests", with_tests(repeats))
    yield "how a call grows with the records that it reads:"
    yield from drawn("records", with_records(repeats))
    yield "how a class grows with its submissions (two workers, their start included):"
    yield from drawn("submissions", with_submissions())
