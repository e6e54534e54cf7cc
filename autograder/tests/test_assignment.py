"""Settings are checked on load, and a mistake is one line that names its key."""

from pathlib import Path

import pytest

from autograder.assignment import Course, load_assignment
from autograder.errors import AssignmentError
from autograder.limits import AwsLimits, Limits

GOOD = """
id = "demo"
title = "A demonstration"
python = "3.12"
[[checkpoints]]
id = "one"
title = "First"
points = 3
files = ["first.py"]
[[checkpoints]]
id = "two"
title = "Second"
points = 4
files = ["first.py", "second.py"]
[limits]
cpu_seconds = 1
wall_seconds = 2.0
still_seconds = 1.0
submission_seconds = 10.0
virtual_seconds = 3.0
memory_mib = 512
output_kib = 1
return_kib = 1
processes = 8
[limits.aws]
api_calls = 1
idle_reads = 1
traffic_mib = 1
"""


def write(folder: Path, text: str) -> Path:
    """Write settings into `folder/demo` and return that folder."""
    assignment = folder / "demo"
    assignment.mkdir()
    (assignment / "assignment.toml").write_text(text, encoding="utf-8")
    return assignment


def test_good_settings_become_an_assignment(tmp_path: Path) -> None:
    """Points add up, and a file that two checkpoints share is listed once."""
    folder = write(tmp_path, GOOD)

    assignment = load_assignment(folder)

    assert assignment.max_score == 7
    assert assignment.files == ("first.py", "second.py")


def test_an_assignment_needs_no_limits(tmp_path: Path) -> None:
    """Each limit has a default. The limits of AWS are in a separate table."""
    without, _, _ = GOOD.partition("[limits]")
    folder = write(tmp_path, without + "[limits.aws]\nidle_reads = 7\n")

    limits = load_assignment(folder).limits

    assert limits == Limits(aws=AwsLimits(idle_reads=7))
    assert limits.aws.api_calls == AwsLimits().api_calls


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("points = 3", "points = 0"), "checkpoints.0.points"),
        (("points = 3", "points = '3'"), "checkpoints.0.points"),
        (('id = "two"', 'id = "one"'), "two checkpoints have the id 'one'"),
        (("api_calls = 1", "api_call = 1"), "limits.aws.api_call"),
        (("cpu_seconds = 1", "cpu_seconds = -1"), "limits.cpu_seconds"),
        (('"second.py"', '"../second.py"'), "checkpoints.1.files.1"),
        (('title = "A demonstration"', ""), "title"),
        (('id = "demo"', 'id = "other"'), "its folder is 'demo'"),
        (("[limits]", "[limits"), "cannot be read as TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(
    tmp_path: Path, change: tuple[str, str], key: str
) -> None:
    """The author of the settings reads one line with the file and the key."""
    folder = write(tmp_path, GOOD.replace(*change))

    with pytest.raises(AssignmentError) as caught:
        load_assignment(folder)

    message = str(caught.value)
    assert key in message
    assert "assignment.toml" in message
    assert "\n" not in message


def test_the_assignments_of_this_checkout_are_valid() -> None:
    """Every assignment that is handed out loads, and module 6 is worth 100 points."""
    course = Course.of_this_checkout()

    scores = {name: course.load(name).max_score for name in course.ids()}

    assert scores["m06_partitioned_logs"] == 100


def test_an_unknown_assignment_is_reported_with_all_known_ids() -> None:
    """After a typing error, the message lists the ids to choose from."""
    course = Course.of_this_checkout()

    with pytest.raises(AssignmentError, match=r"unknown assignment 'm99'.*m06_partitioned_logs"):
        course.load("m99")
