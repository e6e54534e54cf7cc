"""Cases play at home as the grader saw it, and hold nothing of the verdict."""

import json
import re
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from autograder.cases import Call, read_case, write_case
from autograder.grading.judge.plan import read_plan
from autograder.tests.checkout import copy_checkout
from autograder.tests.student_repository.clone import ASSIGNMENT, CORPUS, COURSE, SOLUTION, clone
from autograder.validation.findings import weak_rehearsals
from autograder.validation.rehearsals import (
    difference_of,
    play_at_home,
    rehearse_cases,
    solution_difference,
)
from autograder.validation.report import FindingKind, PlayedCases

NAMES = (
    "wrong/gives_up_after_three_empty_pages",
    "wrong/ignores_rejected_records",
    "wrong/replays_after_the_offset",
)


def test_cases_play_at_home_as_the_grader_saw_it() -> None:
    """A reader, a writer and a replay, each with the tests that it loses."""
    plan = read_plan(ASSIGNMENT, COURSE.suites / ASSIGNMENT.id)
    chosen = [CORPUS[name] for name in NAMES]

    lost = rehearse_cases(chosen, SOLUTION, ASSIGNMENT, COURSE, plan, workers=2)

    assert len(lost) == sum(len(declared.fails) for declared in chosen)
    assert {test.submission for test in lost} == set(NAMES)
    assert not [test for test in lost if test.case is None]
    assert not [test.difference for test in lost if test.difference]
    assert not [test.solution_difference for test in lost if test.solution_difference]


def test_code_that_ends_the_process_costs_its_own_case_only(tmp_path: Path) -> None:
    """The cases before and after it are played."""
    source = b"""import os
def read_from_shard(name, shard, most=50):
    os._exit(most - 50)
"""
    folder = clone(tmp_path / "clone", {"kinesis_read_shards.py": source})
    calls = [
        Call("kinesis_read_shards", function, ["m", "0"], {}, [])
        for function in ("missing", "read_from_shard", "missing")
    ]

    ends = play_at_home(folder, [write_case([call]) or "" for call in calls])

    assert [len(end) for end in ends] == [1, 1, 1]
    assert ends[0] == ends[2]
    assert ends[1][0]["error"] == "EndedProcessError"


def test_a_difference_is_found() -> None:
    """In the number of calls, and in what each left behind."""
    call = {
        "error": None,
        "value": [1],
        "streams": [],
        "queues": [],
        "answers": ["ListShards done"],
    }

    assert difference_of([call], [call]) == ""
    assert difference_of([call], [call, call]) == "1 calls, but 2 at home"
    for key, value in (
        ("error", "KeyError"),
        ("value", [2]),
        ("streams", [["meters", "ACTIVE", []]]),
        ("queues", [["parcels", 3]]),
        ("answers", ["Split ThrottlingException"]),
    ):
        assert difference_of([call], [{**call, key: value}]).startswith(f"call 1: {key}: ")


def test_the_solution_is_compared_in_the_calls_that_it_has_in_common_with_a_case() -> None:
    """A case has fewer, where a fault came to light, or one more, that looked for its cause."""
    call, other = {"value": [1]}, {"value": [2]}

    assert solution_difference([call, other], [call]) == ""
    assert solution_difference([call], [call, other]) == ""
    assert solution_difference([call, call], [call, other]).startswith("call 2: value: ")
    assert solution_difference([], [call]) == "no call"


@pytest.mark.parametrize(
    ("cases", "found"),
    [
        (PlayedCases(lost=100, with_case=95), []),
        (PlayedCases(lost=100, with_case=94), [FindingKind.FEW_CASES]),
        (PlayedCases(lost=20, with_case=20, unlike=("x",)), []),
        (PlayedCases(lost=20, with_case=20, unlike=("x", "y")), [FindingKind.UNLIKE_AT_HOME]),
        (
            PlayedCases(lost=20, with_case=20, unlike_solution=("x", "y")),
            [FindingKind.SOLUTION_UNLIKE_AT_HOME],
        ),
    ],
)
def test_too_few_cases_are_a_finding(cases: PlayedCases, found: list[FindingKind]) -> None:
    """Five in a hundred may lack, or play otherwise."""
    assert [finding.kind for finding in weak_rehearsals(cases)] == found


def test_no_case_holds_anything_of_a_verdict_or_a_path(tmp_path: Path) -> None:
    """A canary in each hidden test's name, title and expectation is in no case."""
    course = copy_checkout(tmp_path / "canary-course")
    suite = course / "autograder" / "suites" / ASSIGNMENT.id
    for path in suite.glob("*.py"):
        text = re.sub(r"^def test_", "def test_canary_", path.read_text("utf-8"), flags=re.M)
        text = re.sub(r'^(    """)(?=\w)', r"\1Canary. ", text, flags=re.M)
        text = re.sub(r'((?:expected|hint)=f?")', r"\1canary ", text)
        path.write_text(text, "utf-8")
    submission = tmp_path / "canary-submission"
    submission.mkdir()
    for name, content in SOLUTION.files.items():
        (submission / name).write_bytes(
            _doing_nothing(content) if name.endswith(".py") else content
        )
    notes, settings = tmp_path / "notes.jsonl", tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", settings, "--rootdir", suite,
         "--confcutdir", suite, "--import-mode=importlib", "-p", "no:cacheprovider",
         "-p", "autograder.grading.foreman.plugin", "--submission", submission, "--seed", "any",
         "--observe", notes, suite],
        check=False, capture_output=True,
    )  # fmt: skip

    assert ran.returncode == 1, ran.stdout[-2000:]
    noted = [json.loads(line) for line in notes.read_text("utf-8").splitlines()]
    cases = [each["case"] for each in noted if each["case"]]
    assert len(cases) > 50
    assert all("canary" in each["test"] for each in noted)
    for case in cases:
        assert "canary" not in repr([astuple(step) for step in read_case(case)]).lower()


def _doing_nothing(source: bytes) -> bytes:
    names = re.findall(r"^def ([a-z]\w*)\(", source.decode(), flags=re.M)
    return "".join(f"def {name}(*a, **k):\n    return 5\n" for name in names).encode()
