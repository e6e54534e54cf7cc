"""A suite is sent as bytes, and arrives unchanged or is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.cluster.packed_suite import pack, unpack
from autograder.errors import AssignmentError
from autograder.grading.foreman.examiner import Examiner
from autograder.submission import Submission

COURSE = Course.of_this_checkout()
ASSIGNMENT = COURSE.load("m06_partitioned_logs")
PACKED = pack(COURSE, ASSIGNMENT)


def test_a_suite_is_small_and_holds_no_solution() -> None:
    """A worker needs only the tests and the settings."""
    size = sum(map(len, PACKED.files.values()))

    assert size < 1_000_000
    assert not [name for name in PACKED.files if "solutions" in name or "submissions" in name]


def test_the_unpacked_suite_is_used_for_grading(tmp_path: Path) -> None:
    """Its helpers are used, even if other versions are installed."""
    name = "autograder/suites/m06_partitioned_logs/test_brokers.py"
    helper = "autograder/suites/m06_partitioned_logs/events.py"
    changed = {
        **PACKED.files,
        helper: PACKED.files[helper] + b'\n\nFROM_AFAR = "from afar"\n',
        name: PACKED.files[name]
        .replace(
            b"from autograder.testing import (",
            b"from .events import FROM_AFAR\nfrom autograder.testing import (",
        )
        .replace(b"USE_IT = ", b"USE_IT = FROM_AFAR + "),
    }
    course = Course(tmp_path)
    for path, content in changed.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    cheat = b"def read_queue_twice(queue_name, messages):\n    return list(messages), []\n"

    with Examiner(ASSIGNMENT, course) as examiner:
        grade, grader_log = examiner.grade(
            Submission({"compare_with_sqs.py": cheat}, ASSIGNMENT.files), checkpoints=["brokers"]
        )

    hints = {
        test.feedback.hint
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.feedback
    }
    assert grader_log == ""
    assert any(hint and hint.startswith("from afar") for hint in hints)


def test_a_change_in_transit_is_noticed(tmp_path: Path) -> None:
    """A grade names the suite's digest, so it must be of that suite."""
    name = "autograder/suites/m06_partitioned_logs/test_writer.py"
    changed = {**PACKED.files, name: PACKED.files[name] + b"\n"}

    with pytest.raises(AssignmentError, match="not the one that was sent"):
        unpack(replace(PACKED, files=changed), tmp_path)


def test_nothing_is_written_outside_of_its_folder(tmp_path: Path) -> None:
    """The packed names are not trusted."""
    odd = replace(PACKED, files={"../outside.py": b""})

    with pytest.raises(AssignmentError, match="outside"):
        unpack(odd, tmp_path / "inside")

    assert not (tmp_path / "outside.py").exists()
