"""Of several hand-ins of a student, the one that counts is the one that would on GitHub."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.assignment import Course
from autograder.course.class_submissions import class_submissions
from autograder.gradebook.book import Book
from autograder.gradebook.handins import Handin, write_handins
from autograder.intake.counting import time_of_counting
from autograder.intake.hand_ins import StudentHandIn
from autograder.intake.matches_file import MATCHES_FILE
from autograder.policy import Deadline, LatePenalty, Policy
from autograder.tests.intake.downloads import WRITER

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")
POLICY = Policy(
    timezone="Europe/Berlin",
    deadline=Deadline(at=datetime(2026, 11, 20, 23, tzinfo=UTC)),
    late=LatePenalty(percent_per_day=10, days=3),
    extensions={"ada": datetime(2026, 11, 25, 23, tzinfo=UTC)},
)
ROSTER = "username,name\nwang,王小明\nada,Ada Lovelace\n"


def brightspace(day: int, name: str = "王小明") -> str:
    """Return the name of a folder of Brightspace, of ten in the morning of a day."""
    return f"7-9100 - {name} - Nov {day}, 2026 1000 AM"


def lay_out(folder: Path, names: Sequence[str]) -> Path:
    """Write a roster, and a download with these folders, and return the latter."""
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    for name in names:
        (folder / "download" / name).mkdir(parents=True)
        (folder / "download" / name / WRITER).touch()
    return folder / "download"


def found(folder: Path, policy: Policy = POLICY) -> tuple[StudentHandIn, Sequence[str]]:
    """Return what counts for the only student who handed in, and the notes."""
    roster = folder / "roster.csv"
    with class_submissions(folder / "download", ASSIGNMENT, roster, policy) as submissions:
        (work,) = submissions.handed_in
        assert isinstance(work, StudentHandIn)
        return work, submissions.notes


@pytest.mark.parametrize(
    ("days", "counts", "why"),
    [
        ((18, 19), 19, ", the last in time, and not the older"),
        ((20, 29), 20, ", the last in time, and not the newer"),
        ((20, 22), 20, ", the last in time, and not the newer"),
        ((22, 23, 29), 23, ", the last within the days for late work, and not the"),
        ((28, 29), 29, ", the newest, as all are too late, and not the older"),
    ],
)
def test_the_last_in_time_counts_or_else_the_last_late_one(
    tmp_path: Path, days: Sequence[int], counts: int, why: str
) -> None:
    """If all are too late, it is the newest; and a line says which counts, and why."""
    lay_out(tmp_path, [brightspace(day) for day in days])

    work, notes = found(tmp_path)

    assert work.origin == brightspace(counts)
    assert {*work.older, *work.newer} == {brightspace(day) for day in days if day != counts}
    assert len(notes) == len(days) - 1
    assert all(f"wang: {work.origin!r} counts{why}" in note for note in notes)


def test_an_extended_deadline_decides_what_is_in_time(tmp_path: Path) -> None:
    """It is that student's alone."""
    lay_out(tmp_path, [brightspace(day, "Ada Lovelace") for day in (20, 25, 29)])

    work, _ = found(tmp_path)

    assert work.origin == brightspace(25, "Ada Lovelace")


@pytest.mark.parametrize(
    "names",
    [
        (
            f"M6_wang_attempt_2026-11-20-10-15-30_{WRITER}",
            f"M6_wang_attempt_2026-11-29-10-15-30_{WRITER}",
        ),
        (
            f"submission_1/{WRITER}",
            f"submission_2/{WRITER}",
        ),
    ],
)
def test_it_is_the_same_for_each_system_that_tells_a_time(
    tmp_path: Path, names: Sequence[str]
) -> None:
    """Blackboard names it in the file's name, Gradescope in its metadata."""
    download = lay_out(tmp_path, [])
    for name in names:
        (download / name).parent.mkdir(parents=True, exist_ok=True)
        (download / name).touch()
    if names[0].startswith("submission"):
        (download / "submission_metadata.yml").write_text(
            "submission_1:\n  :submitters:\n  - :sid: wang\n  :created_at: 2026-11-20 10:00:00 Z\n"
            "submission_2:\n  :submitters:\n  - :sid: wang\n  :created_at: 2026-11-29 10:00:00 Z\n"
        )

    work, _ = found(tmp_path)

    assert work.origin in {names[0].partition("/")[0], "M6_wang_attempt_2026-11-20-10-15-30"}
    assert len(work.newer) == 1


def test_without_a_deadline_the_newest_counts(tmp_path: Path) -> None:
    """As nothing is late."""
    lay_out(tmp_path, [brightspace(20), brightspace(29)])

    work, notes = found(tmp_path, Policy(timezone="Europe/Berlin"))

    assert work.origin == brightspace(29)
    assert notes == [f"wang: {brightspace(29)!r} counts, and not the older {brightspace(20)!r}"]


@pytest.mark.parametrize(
    "matches",
    ["", f'"{brightspace(29)}",-\n'],
    ids=["the newer is too late", "the newer is left out"],
)
def test_a_noted_time_follows_the_hand_in_that_counts(tmp_path: Path, matches: str) -> None:
    """It was that of the other one; a note says so."""
    lay_out(tmp_path, [brightspace(20), brightspace(29)])
    (tmp_path / MATCHES_FILE).write_text(f"hand_in,student\n{matches}", encoding="utf-8")
    late, in_time = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (29, 20))
    write_handins(tmp_path / "handins.csv", {"wang": Handin(handed_in_at=late)})
    book = Book(tmp_path, ASSIGNMENT, POLICY)

    roster = tmp_path / "roster.csv"
    with class_submissions(tmp_path / "download", ASSIGNMENT, roster, POLICY) as submissions:
        known = submissions.with_records_of(book)
    book.note_handins(known.handins)
    with class_submissions(tmp_path / "download", ASSIGNMENT, roster, POLICY) as submissions:
        again = submissions.with_records_of(book)

    assert book.handins()["wang"].handed_in_at == in_time
    assert "the time of a hand-in that does not count" in known.notes[-1]
    assert [*again.notes] == [*submissions.notes]


def at(day: int, hour: int = 9) -> datetime:
    """Return a moment in November."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("came", "others", "noted", "expected"),
    [
        (at(20), (at(29),), at(20), None),
        (at(20), (at(29),), at(29), at(20)),
        (at(20), (at(29),), at(28), at(20)),
        (at(20), (), at(29), None),
        (at(29), (at(20),), at(20), at(29)),
        (at(29), (at(20),), at(20, 12), None),
    ],
)
def test_only_a_time_of_another_hand_in_gives_way(
    tmp_path: Path, came: datetime, others: Sequence[datetime], noted: datetime, expected: object
) -> None:
    """A person may have noted an earlier one than when the hand-in came."""
    hand_in = StudentHandIn.of_folder("wang", tmp_path).hand_in
    work = StudentHandIn("wang", hand_in, came_at=came, others_came_at=tuple(others))

    assert time_of_counting(work, noted) == expected
