"""Hand-ins that may be late are named as long as nothing says when they came."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.course.class_submissions import ClassSubmissions
from autograder.course.unknown_times import line_on_unknown_times, line_without_times
from autograder.gradebook.handins import Handin
from autograder.intake.downloads import find_hand_ins
from autograder.intake.matching import match_hand_ins
from autograder.policy import EVERYTHING_COUNTS, Deadline, LatePenalty, Policy
from autograder.tests.intake.downloads import CLASS, WRITER

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")
POLICY = Policy(
    timezone="Europe/Berlin",
    deadline=Deadline(at=datetime(2026, 11, 30, 23, tzinfo=UTC)),
    late=LatePenalty(percent_per_day=10),
    excused=("anna",),
)
GRADESCOPE = """submission_1:
  :submitters:
  - :sid: '2044501'
  :created_at: 2026-11-30 23:10:00.123456789 Z
submission_2:
  :submitters:
  - :sid: '2044502'
  :created_at: 2026-11-30 22:50:00.123456789 Z
"""


def class_of(
    folder: Path,
    names: Mapping[str, str],
    policy: Policy = POLICY,
    handins: Mapping[str, Handin] | None = None,
) -> ClassSubmissions:
    """Lay out a download, and match it with the roster."""
    for name, text in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    matches = match_hand_ins(find_hand_ins(folder, ASSIGNMENT).hand_ins, CLASS, {})
    students = {student.id: student for student in CLASS.students}
    return ClassSubmissions(
        matches.matched, handins=handins or {}, policy=policy, students=students
    )


def line(
    folder: Path,
    names: Mapping[str, str],
    policy: Policy = POLICY,
    handins: Mapping[str, Handin] | None = None,
) -> str:
    """Lay out a download, and return the line on it."""
    return line_on_unknown_times(class_of(folder, names, policy, handins), Path("book"))


BLACKBOARD = {
    f"M6_ada_attempt_2026-12-01-00-05-00_{WRITER}": "",
    f"M6_juergen_attempt_2026-11-30-23-55-00_{WRITER}": "",
    f"M6_anna_attempt_2026-12-05-23-55-00_{WRITER}": "",
}
MAY_BE_LATE = (
    "1 hand-in may be late, and the gradebook does not know its time: ada: write"
    " `student,handed_in_at` into book/handins.csv"
)


@pytest.mark.parametrize(
    "names",
    [
        BLACKBOARD,
        {
            f"1-2 - Ada Lovelace - Dec 1, 2026 1205 AM/{WRITER}": "",
            f"2-3 - Jürgen Müller - Nov 30, 2026 11:55 PM/{WRITER}": "",
        },
        {f"ada_LATE_98701_4711_{WRITER}": "", f"juergen_98702_4712_{WRITER}": ""},
    ],
    ids=["Blackboard", "Brightspace", "Canvas"],
)
def test_a_time_or_a_mark_of_the_download_is_told(tmp_path: Path, names: Mapping[str, str]) -> None:
    """A clock without a zone is the course's, here an hour ahead of UTC; nobody excused is late."""
    assert line(tmp_path, names) == MAY_BE_LATE


def test_a_time_with_its_zone_is_told_in_the_form_of_the_file(tmp_path: Path) -> None:
    """It can be copied as it is."""
    names = {"submission_metadata.yml": GRADESCOPE}
    names |= {f"submission_{number}/{WRITER}": "" for number in (1, 2)}

    told = line(tmp_path, names)

    assert told == f"{MAY_BE_LATE}; the download has these times: `ada,2026-11-30T23:10:00+00:00`"


def test_nothing_is_told_of_times_that_the_gradebook_has(tmp_path: Path) -> None:
    """A person has decided."""
    known = {"ada": Handin(handed_in_at=datetime(2026, 11, 30, tzinfo=UTC))}

    assert line(tmp_path, BLACKBOARD, handins=known) == ""


def test_nothing_is_told_if_nothing_can_be_late(tmp_path: Path) -> None:
    """Without a course file, or without a deadline in it."""
    assert line(tmp_path, BLACKBOARD, EVERYTHING_COUNTS) == ""


MOODLE = {f"Ada Lovelace_657701_assignsubmission_file_/{WRITER}": ""}
NO_TIMES = (
    "[late] takes points off late work, but no times are known, so nothing is late: write them as"
    " `student,handed_in_at` into book/handins.csv, or remove [late]"
)


@pytest.mark.parametrize(
    ("names", "policy", "handins", "told"),
    [
        (MOODLE, POLICY, {}, NO_TIMES),
        (MOODLE, POLICY, {"eve": Handin(handed_in_at=datetime(2026, 11, 30, tzinfo=UTC))}, ""),
        (MOODLE, POLICY.model_copy(update={"late": None}), {}, ""),
        (MOODLE, EVERYTHING_COUNTS, {}, ""),
        (BLACKBOARD, POLICY, {}, ""),
        ({f"lovelaceada_98701_1_{WRITER}": ""}, POLICY, {}, ""),
    ],
    ids=["Moodle", "a time of somebody", "no penalty", "no policy", "Blackboard", "Canvas"],
)
def test_without_any_time_a_penalty_for_late_work_takes_nothing(
    tmp_path: Path, names: Mapping[str, str], policy: Policy, handins: Mapping[str, Handin],
    told: str,
) -> None:  # fmt: skip
    """A line says so: the course file alone does not make anything late."""
    submissions = class_of(tmp_path, names, policy, handins)

    assert submissions.handed_in
    assert line_without_times(submissions, Path("book")) == told
