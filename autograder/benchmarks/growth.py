"""How cost grows with the tests of a suite, the records of a stream, the size of a class."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from autograder.assignment import SETTINGS_FILE, Course
from autograder.aws import PRELOAD
from autograder.aws.calls import CallBudget
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud
from autograder.benchmarks.submissions import ASSIGNMENT, the_assignment, the_solution
from autograder.benchmarks.timing import timed
from autograder.course.class_outcomes import ClassAction
from autograder.course.class_run import RunSettings, grade_class
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.results import RESULTS
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Grade, GradedSubmission
from autograder.grading.results import write_result
from autograder.intake.downloads import find_hand_ins
from autograder.intake.matching import match_hand_ins
from autograder.sandbox import Returned, Sandbox
from autograder.submission import read_submission

WIDTH = 50
TIMES = (1, 2, 4)
"""How large suites are, in times the suite of the assignment."""
RECORDS = (500, 1000, 2000, 4000)
CLASSES = (10, 100, 1000, 10_000)
_PLENTY = CallBudget(api_calls=10_000, idle_reads=1000, traffic_bytes=1 << 30)


def with_tests(repeats: int) -> Mapping[int, float]:
    """Grade with suites in which each test stands several times; seconds by the number of tests."""
    solution, seconds = the_solution(), {}
    for times in TIMES:
        with tempfile.TemporaryDirectory(prefix="autograder-") as name:
            course = course_with_suite(Path(name), times)
            assignment = course.load(ASSIGNMENT)
            with Examiner(assignment, course) as examiner:
                grade, _ = examiner.grade(solution)
                tests = sum(len(checkpoint.tests) for checkpoint in grade.checkpoints)
                seconds[tests] = timed(partial(examiner.grade, solution), repeats).median
    return seconds


def course_with_suite(root: Path, times: int) -> Course:
    """Copy the assignment, with each checkpoint several times."""
    ours, assignment = the_assignment()
    course = Course(root)
    for source, target in (
        (ours.assignments, course.assignments),
        (ours.solutions, course.solutions),
        (ours.suites, course.suites),
    ):
        shutil.copytree(
            source / ASSIGNMENT,
            target / ASSIGNMENT,
            ignore=shutil.ignore_patterns("submissions", "__pycache__"),
        )
    suite = course.suites / ASSIGNMENT
    with (course.assignments / ASSIGNMENT / SETTINGS_FILE).open("a") as settings:
        for copy in range(2, times + 1):
            for checkpoint in assignment.checkpoints:
                again = f"{checkpoint.id}_{copy}"
                shutil.copy(suite / f"test_{checkpoint.id}.py", suite / f"test_{again}.py")
                settings.write(
                    f"\n[[checkpoints]]\nid = {again!r}\ntitle = {again!r}\n"
                    f"points = {checkpoint.points}\nfiles = {list(checkpoint.files)}\n"
                )
    return course


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
    """Run classes that have been graded before; seconds by the number of submissions."""
    course, assignment = the_assignment()
    with Examiner(assignment, course) as examiner:
        grade, _ = examiner.grade(the_solution())
    seconds = {}
    for count in CLASSES:
        with tempfile.TemporaryDirectory(prefix="autograder-") as name:
            handed_in, output = Path(name) / "class", Path(name) / "out"
            _lay_out_graded(handed_in, output / RESULTS, count, grade)
            begin = time.perf_counter()
            hand_ins = find_hand_ins(handed_in, assignment).hand_ins
            the_class = ClassSubmissions(match_hand_ins(hand_ins, None, {}).matched)
            outcomes = list(grade_class(the_class, assignment, course, output, RunSettings()))
            seconds[count] = time.perf_counter() - begin
        if any(outcome.action is not ClassAction.KEPT for outcome in outcomes):
            raise SystemExit("a submission was graded again")
    return seconds


def _lay_out_graded(handed_in: Path, results: Path, count: int, grade: Grade) -> None:
    """Make different submissions, and a result of each."""
    _, assignment = the_assignment()
    solution = the_solution()
    results.mkdir(parents=True)
    for number in range(count):
        place = handed_in / f"student-{number:05}"
        place.mkdir(parents=True)
        solution.copy_to(place)
        for file in assignment.files:
            if file.endswith(".py"):
                with (place / file).open("a") as code:
                    code.write(f"# {number}\n")
        submission = read_submission(place, assignment)
        graded = GradedSubmission(
            digest=submission.digest,
            commit=None,
            files=submission.file_digests,
            notes=submission.notes,
        )
        write_result(
            results / f"{place.name}.json", grade.model_copy(update={"submission": graded})
        )


def drawn(what: str, seconds: Mapping[int, float]) -> Iterator[str]:
    """Draw a bar for what each of them costs: where they are as long, the whole grows in a line."""
    costs = {count: 1000 * took / max(count, 1) for count, took in seconds.items()}
    most = max(costs.values())
    for count, cost in costs.items():
        bar = "█" * max(1, round(WIDTH * cost / most))
        yield f"  {count:6,} {what:12} {seconds[count]:8.2f} s  {cost:8.2f} ms each  {bar}"


def report(repeats: int) -> Iterator[str]:
    """Measure, line by line."""
    yield "a warm grade, with each test of the suite once, twice, four times:"
    yield from drawn("tests", with_tests(repeats))
    yield "a call that reads records:"
    yield from drawn("records", with_records(repeats))
    yield "a class that was graded before, read and written again:"
    yield from drawn("submissions", with_submissions())


_BEGIN, _END = "<!-- growth: drawn by `benchmarks growth --draw` -->\n", "<!-- end of growth -->"


def with_drawing(page: str, lines: Sequence[str]) -> str:
    """Return a page with these lines in the place of its drawing.

    Raises:
        ValueError: Its place is missing.
    """
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError("no place for the drawing")
    text = "\n".join(lines)
    return f"{before}{begin}\n```text\n{text}\n```\n\n{end}{after}"
