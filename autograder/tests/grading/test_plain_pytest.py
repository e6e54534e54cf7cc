"""With plain pytest, a maintainer runs hidden tests and reads the same feedback as the student."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from autograder.assignment import Course

COURSE = Course.of_this_checkout()
SUITE = COURSE.suites / "m06_partitioned_logs"
SOLUTION = COURSE.solutions / SUITE.name
TEST = "test_create_returns_once_active"
PYTEST_IN_CI = {"CI", "BUILD_NUMBER"}  # pytest decides by these
SHARDS = re.compile(r"expected: +(\d+) shards")


def run(*arguments: object) -> str:
    """Run one hidden test, and return what pytest prints."""
    command = [sys.executable, "-m", "pytest", SUITE / "test_writer.py", "-k", TEST, *arguments]
    # In CI, pytest repeats each message in its summary.
    laptop = {name: value for name, value in os.environ.items() if name not in PYTEST_IN_CI}
    done = subprocess.run(
        list(map(str, command)), check=False, capture_output=True, text=True, env=laptop
    )
    return done.stdout + done.stderr


def submission_that(folder: Path, body: str) -> Path:
    """Write a submission whose first function has this body."""
    folder.chmod(0o755)  # the sandbox runs as a different user
    (folder / "kinesis_multi_shard.py").write_text(
        f"import boto3\n\ndef create_multi_shard_stream(stream_name, shard_count):\n    {body}\n"
    )
    return folder


def test_a_failing_test_says_what_the_student_reads(tmp_path: Path) -> None:
    """The output is short, shows no source of the grader, and escapes are harmless."""
    folder = submission_that(tmp_path, "raise ValueError('no \\x1b[31m stream')")

    printed = run("--submission", folder)

    lines = [line for line in printed.splitlines() if re.match(r"[a-z_]+: ", line)]
    assert [line.split(":")[0] for line in lines] == ["crashed", "got", "at", "hint", "test"]
    assert "ValueError: no " in lines[1]
    assert "kinesis_multi_shard.py:4" in lines[2]
    assert decisive_line(lines[-1]).strip().startswith("writer.create_multi_shard_stream(")
    assert "\x1b" not in printed
    assert "raise Verdict" not in printed
    assert len(printed.splitlines()) < 20


def decisive_line(printed: str) -> str:
    """Return the line of the test that pytest names."""
    found = re.search(r"test_writer\.py:(\d+)$", printed)
    assert found is not None
    return (SUITE / "test_writer.py").read_text().splitlines()[int(found[1]) - 1]


def test_the_seed_of_a_grade_reproduces_its_data(tmp_path: Path) -> None:
    """Each submission gets different data; `--seed-of` takes the seed from a grade."""
    folder = submission_that(
        tmp_path,
        "boto3.client('kinesis').create_stream(StreamName=stream_name, ShardCount=1)\n"
        "    boto3.client('kinesis').get_waiter('stream_exists').wait(StreamName=stream_name)",
    )
    seeds = ["sha256:2", "sha256:3"]  # their streams have different numbers of shards
    for number, seed in enumerate(seeds):
        (tmp_path / f"{number}.json").write_text(json.dumps({"submission": {"digest": seed}}))

    by_grade = [
        SHARDS.findall(run("--submission", folder, "--seed-of", tmp_path / f"{number}.json"))
        for number in range(len(seeds))
    ]

    by_seed = [SHARDS.findall(run("--submission", folder, "--seed", seed)) for seed in seeds]
    assert by_grade == by_seed
    assert by_grade[0] != by_grade[1]


def test_a_folder_that_is_missing_is_reported_in_one_line(tmp_path: Path) -> None:
    """And not as a file that the student did not hand in."""
    printed = run("--submission", tmp_path / "nobody")

    assert "nobody is not a folder" in printed
    assert "kinesis_multi_shard.py" not in printed


def test_a_file_that_is_not_a_grade_is_reported_in_one_line(tmp_path: Path) -> None:
    """The feedback page, for example."""
    (tmp_path / "ada.html").write_text("<html>")

    printed = run("--submission", SOLUTION, "--seed-of", tmp_path / "ada.html")

    assert "ada.html is not a grade, as `autograder grade --format json` writes it" in printed
