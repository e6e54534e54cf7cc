"""`autograder grade` from end to end, with the real sandbox and the simulated AWS."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from autograder.admission import MAX_FOLDERS
from autograder.assignment import Course
from autograder.grading.grade import Grade, grade_schema
from autograder.tests.checkout import OURS, run

COURSE = Course.of_this_checkout()
SOLUTION = COURSE.solutions / "m06_partitioned_logs"
STUBS = COURSE.assignments / "m06_partitioned_logs"
CHECKPOINTS = ["writer", "reader", "replay", "brokers"]

TROUBLE = {
    "kinesis_multi_shard.py": """
import os, time, boto3

def create_multi_shard_stream(stream_name, shard_count):
    while True:
        try:
            sum(range(1000))
        except:
            pass

def get_shard_info(stream_name):
    time.sleep(365 * 24 * 3600)

def send_events_to_shards(stream_name, num_events=30):
    for _ in range(1024):
        print("x" * (1 << 20))

def delete_stream(stream_name):
    os._exit(0)
""",
    "kinesis_read_shards.py": """
import os, signal, time, boto3

def read_from_shard(stream_name, shard_id, max_records=50):
    kinesis = boto3.client("kinesis")
    iterator = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    while True:
        try:
            iterator = kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
            time.sleep(0.01)
        except:
            pass

def read_all_shards(stream_name):
    return [bytearray(1 << 30) for _ in range(10)]

def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    for number in range(5001):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT))
""",
    "compare_with_sqs.py": """
def read_queue_twice(queue_name, messages):
    return helper(messages)

def helper(messages):
    raise ValueError("\\x1b[31m::error::no\\u202e")

def read_log_twice(stream_name, messages):
    return {1, 2, 3}
""",
}


@dataclass(frozen=True)
class Ran:
    """The results of a command."""

    exit_code: int
    output: str
    errors: str

    @property
    def grade(self) -> dict[str, Any]:
        """Parse the grade from JSON."""
        return dict(json.loads(self.output))

    def outcomes(self, checkpoint: str) -> dict[str, str]:
        """Return the outcomes of a checkpoint's tests, by name."""
        (found,) = [graded for graded in self.grade["checkpoints"] if graded["id"] == checkpoint]
        return {test["id"].split("/")[1]: test["outcome"] for test in found["tests"]}

    def feedback(self, test_id: str) -> str:
        """Return one test's feedback as text."""
        return next(
            json.dumps(test["feedback"])
            for graded in self.grade["checkpoints"]
            for test in graded["tests"]
            if test["id"] == test_id
        )


def autograder(*arguments: str | Path) -> Ran:
    """Run the command in this process."""
    done = run(OURS, *arguments)
    return Ran(done.status, done.output, done.errors)


def autograder_in_a_shell(*arguments: str | Path) -> Ran:
    """Run the command as a user does."""
    ran = subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def test_the_solution_gets_full_marks_and_the_same_grade_twice() -> None:
    """A grade depends only on the files and the suite: its JSON is the same each time."""
    first = autograder_in_a_shell("grade", SOLUTION, "--format", "json")
    second = autograder("grade", SOLUTION, "--format", "json")

    grade = Grade.model_validate(first.grade)
    assert (first.exit_code, first.errors) == (0, "")
    assert {checkpoint.id: checkpoint.score for checkpoint in grade.checkpoints} == {
        "writer": 30,
        "reader": 25,
        "replay": 20,
        "brokers": 10,
        "concepts": 9,
    }
    assert (grade.score, grade.max_score) == (94, 100)
    assert first.output == second.output


def test_the_schema_in_the_package_is_that_of_the_models() -> None:
    """A change of the models must also change the published schema."""
    kept = json.loads((COURSE.suites.parent / "grading" / "grade.schema.json").read_text())

    assert kept == grade_schema()


def test_untouched_stubs_are_unimplemented() -> None:
    """In a new clone, every test says so and gives no points."""
    ran = autograder("grade", STUBS, "--format", "json")

    outcomes = {
        outcome for checkpoint in CHECKPOINTS for outcome in ran.outcomes(checkpoint).values()
    }
    assert (ran.exit_code, ran.grade["score"], outcomes) == (0, 0, {"unimplemented"})


def test_an_empty_folder_is_missing_everything(tmp_path: Path) -> None:
    """The grade is 0 points, and names the missing files."""
    ran = autograder("grade", tmp_path, "--assignment", SOLUTION.name, "--format", "json")

    outcomes = {
        outcome for checkpoint in CHECKPOINTS for outcome in ran.outcomes(checkpoint).values()
    }
    assert (ran.exit_code, ran.grade["score"], outcomes) == (0, 0, {"missing"})
    assert "kinesis_multi_shard.py" in ran.feedback("writer/create_returns_once_active")


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Grade a submission in which each function fails in another way."""
    folder = tmp_path_factory.mktemp("trouble")
    for name, source in TROUBLE.items():
        (folder / name).write_text(source)
    return autograder("grade", folder, "--format", "json")


@pytest.mark.parametrize(
    ("test_id", "outcome", "words"),
    [
        ("writer/create_returns_once_active", "timed_out", "processor time"),
        ("writer/shard_info_returns_the_descriptions", "timed_out", "slept"),
        ("writer/exactly_so_many_events_are_sent", "killed", "printed"),
        ("writer/delete_returns_once_gone", "killed", "ended the whole Python process"),
        ("reader/oldest_records_come_first", "timed_out", "kept polling"),
        ("reader/every_shard_is_read", "out_of_memory", "memory"),
        ("replay/replay_from_the_first_record", "killed", "crashed the Python process"),
        ("brokers/queue_hands_out_each_message_once", "crashed", "in helper"),
        ("brokers/log_is_read_twice_the_same", "wrong", "set"),
    ],
)
def test_each_kind_of_failure_has_its_own_outcome_and_message(
    trouble: Ran, test_id: str, outcome: str, words: str
) -> None:
    """The run ends with a complete grade, and each message names the failure."""
    checkpoint, test = test_id.split("/")

    outcomes = trouble.outcomes(checkpoint)

    assert trouble.exit_code == 0
    assert outcomes[test] == outcome
    assert words in trouble.feedback(test_id)


def test_a_broken_file_costs_its_own_checkpoints_only(tmp_path: Path) -> None:
    """After a syntax error in the reader, the writer and the brokers keep their points."""
    shutil.copytree(SOLUTION, tmp_path, dirs_exist_ok=True)
    reader = tmp_path / "kinesis_read_shards.py"
    reader.write_text(reader.read_text().replace("def read_all_shards(", "def read_all_shards(("))

    ran = autograder("grade", tmp_path, "--format", "json")

    scores = {checkpoint["id"]: checkpoint["score"] for checkpoint in ran.grade["checkpoints"]}
    assert scores == {"writer": 30, "reader": 0, "replay": 0, "brokers": 10, "concepts": 9}
    assert set(ran.outcomes("reader").values()) == {"crashed"}
    assert "SyntaxError" in ran.feedback("reader/oldest_records_come_first")
    assert "kinesis_read_shards.py:" in ran.feedback("reader/oldest_records_come_first")


def test_a_file_that_cannot_be_graded_is_refused_with_its_reason(tmp_path: Path) -> None:
    """A link is refused, and the other checkpoints are still graded."""
    (tmp_path / "kinesis_multi_shard.py").symlink_to(SOLUTION / "kinesis_multi_shard.py")
    shutil.copy(SOLUTION / "compare_with_sqs.py", tmp_path)

    ran = autograder(
        "grade", tmp_path, "--format", "json", "--checkpoint", "writer", "--checkpoint", "brokers"
    )

    assert set(ran.outcomes("writer").values()) == {"refused"}
    assert set(ran.outcomes("brokers").values()) == {"passed"}


def test_the_text_form_is_plain_when_piped_and_inert(tmp_path: Path) -> None:
    """The output is free of escape sequences, ours and the student's."""
    (tmp_path / "compare_with_sqs.py").write_text(TROUBLE["compare_with_sqs.py"])

    ran = autograder("grade", tmp_path, "--checkpoint", "brokers")

    assert ran.exit_code == 0
    assert "0 / 10" in ran.output
    assert "ValueError" in ran.output
    assert "\x1b" not in ran.output
    assert "\u202e" not in ran.output


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("markdown", "| **total** | | **0 / 10** |"),
        ("html", "<!doctype html>"),
        ("csv", '"brokers/log_is_read_twice_the_same"'),
        ("actions", "::error file=compare_with_sqs.py,line=6,"),
    ],
)
def test_each_form_is_written_and_inert(tmp_path: Path, form: str, words: str) -> None:
    """All formats for people and programs, for a submission that tries to break them."""
    (tmp_path / "compare_with_sqs.py").write_text(TROUBLE["compare_with_sqs.py"])

    ran = autograder("grade", tmp_path, "--checkpoint", "brokers", "--format", form)

    assert (ran.exit_code, ran.errors) == (0, "")
    assert words in ran.output
    assert "\x1b" not in ran.output
    assert "\u202e" not in ran.output


def test_a_page_has_the_title_and_links_to_the_handout_from_its_folder(tmp_path: Path) -> None:
    """The handout is the one in the submission, or else the one that students got."""
    folder = tmp_path / "pages"
    folder.mkdir()
    shutil.copyfile(STUBS / "compare_with_sqs.py", tmp_path / "compare_with_sqs.py")
    page = folder / "ada.html"

    autograder(
        "grade", tmp_path, "--checkpoint", "brokers", "--format", "html", "--output", str(page)
    )

    html = page.read_text("utf-8")
    (link,) = set(re.findall(r'href="([^"#]+)#b1"', html))
    assert (folder / unquote(link)).resolve() == STUBS / "README.md"
    assert "<title>Module 6: Partitioned logs: 0 / 10</title>" in html


@pytest.mark.parametrize("form", ["json", "markdown", "html", "text"])
def test_what_was_left_out_is_noted_in_each_form_and_costs_nothing(
    tmp_path: Path, form: str
) -> None:
    """If there are too many folders to search, the rest is named, and the code is still graded."""
    shutil.copyfile(SOLUTION / "compare_with_sqs.py", tmp_path / "compare_with_sqs.py")
    for number in range(MAX_FOLDERS):
        (tmp_path / f"p{number:03}").mkdir()

    ran = autograder("grade", tmp_path, "--checkpoint", "brokers", "--format", form)

    assert re.search(r"p199\S* is left out: there are too many files and folders", ran.output)
    assert "10 / 10" in ran.output or ran.grade["score"] == 10.0


def test_no_sandbox_is_recorded_in_the_grade(tmp_path: Path) -> None:
    """The grade says that the code ran without a sandbox."""
    shutil.copy(SOLUTION / "compare_with_sqs.py", tmp_path)

    ran = autograder(
        "grade", tmp_path, "--no-sandbox", "--format", "json", "--checkpoint", "brokers"
    )

    assert ran.grade["grader"]["sandbox"] is False
    assert ran.grade["score"] == 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "no/such/folder"], "does not exist"),
        (["grade", str(SOLUTION / "compare_with_sqs.py")], "is not a folder"),
        (["grade", str(SOLUTION), "--assignment", "m99"], "unknown assignment"),
        (["grade", str(SOLUTION), "--checkpoint", "nothing"], "unknown checkpoint"),
        (["grade", str(SOLUTION), "--output", "no/such/folder/grade"], "cannot be written"),
        (["grade", str(SOLUTION), "--format", "poem"], "poem"),
        (["grade", str(SOLUTION), "--nonsense"], "--nonsense"),
        (["grade"], "path"),
        (["nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_graded_is_one_line_and_exit_2(arguments: list[str], words: str) -> None:
    """One clear line on stderr, and nothing else."""
    ran = autograder(*arguments)

    assert (ran.exit_code, ran.output) == (2, "")
    assert words in ran.errors
    assert ran.errors.count("\n") == 1


def test_a_folder_that_cannot_be_read_is_one_line_and_exit_2(tmp_path: Path) -> None:
    """Here a loop of links, as an example of a path that cannot be opened."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    ran = autograder("grade", loop)

    assert (ran.exit_code, ran.output) == (2, "")
    assert ran.errors.count("\n") == 1


def test_without_a_sandbox_grading_stops_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says why; exit code 2; no student code has run."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: no permission to make namespaces' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    ran = autograder("grade", SOLUTION)

    assert (ran.exit_code, ran.output) == (2, "")
    assert "no permission to make namespaces" in ran.errors
    assert "--no-sandbox" in ran.errors


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    """The file holds the grade, and nothing is printed."""
    target = tmp_path / "grade.json"

    ran = autograder(
        "grade", STUBS, "--format", "json", "--checkpoint", "brokers", "--output", target
    )

    assert (ran.exit_code, ran.output) == (0, "")
    assert json.loads(target.read_text())["max_score"] == 10
