"""From a system's roster and download to a grade file for the same system: everybody is in it."""

import csv
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.admission import MAX_FILE_BYTES
from autograder.tests.checkout import SECOND, copy_checkout, run

FILE = "word_count.py"
NAMES = (
    "Ada Lovelace",
    "Ada Lovelace",  # another one
    "Jürgen Müller",
    "Conor O'Brien",
    "José Ángel López García",
    "María-José Ñúñez",
    "Анна Иванова",
    "Пётр Ильич",
    "王 小明",
    "김 민준",
    "محمد علي",
    "Νίκος Παππάς",
    *(f"Student {number}" for number in range(18)),
)


@dataclass(frozen=True)
class Person:
    """A student, as all systems know them."""

    number: int
    name: str

    @property
    def first(self) -> str:
        """All names but the last."""
        return self.name.rpartition(" ")[0]

    @property
    def last(self) -> str:
        """The last name."""
        return self.name.rpartition(" ")[2]

    @property
    def username(self) -> str:
        """The name in the system."""
        return f"user{self.number:02}"

    @property
    def email(self) -> str:
        """The address."""
        return f"{self.username}@example.org"


CLASS = tuple(Person(number, name) for number, name in enumerate(NAMES, start=1))
RIGHT, GROUP = CLASS[0], CLASS[-2:]
"""Whose solution is right; and who hand in a right solution together."""


@dataclass(frozen=True)
class LearningSystem:
    """What an instructor gets from a system, and what it takes back."""

    name: str
    roster: Sequence[Sequence[str]]
    path: Callable[[Person], str]
    """Of a student's file in the download."""
    key: str
    """The column by which the system finds a student in the grade file."""
    value: Callable[[Person], str]
    total: str
    """The column with all points."""
    encoding: str = "utf-8"
    delimiter: str = ","
    settled: Mapping[str, Person] | None = None
    """What a person has to settle, by the name of the hand-in."""


def _moodle_folder(who: Person) -> str:
    return f"{who.name}_{657700 + who.number}_assignsubmission_file_"


def _brightspace_folder(who: Person) -> str:
    return f"{500 + who.number}-{900 + who.number} - {who.name} - Dec 1, 2026 1015 AM"


TITLE = "Module 7: Counting words"
SYSTEMS = (
    LearningSystem(
        "moodle",
        [
            ["Identifier", "Full name", "Email address", "Status", "Grade"],
            *(
                [f"Participant {657700 + who.number}", who.name, who.email, "Submitted", ""]
                for who in CLASS
            ),
        ],
        lambda who: f"{_moodle_folder(who)}/{FILE}",
        "email",
        lambda who: who.email,
        f"{TITLE}: total",
    ),
    LearningSystem(
        "canvas",
        [
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"],
            ["    Points Possible", "", "", "", ""],
            *(
                [f"{who.last}, {who.first}", f"{98700 + who.number}", "", who.username, "A"]
                for who in CLASS
            ),
        ],
        lambda who: f"{who.username}_{98700 + who.number}_4711_{FILE}",
        "ID",
        lambda who: f"{98700 + who.number}",
        "",
    ),
    LearningSystem(
        "gradescope",
        [
            ["First Name", "Last Name", "Email", "SID", "Role"],
            *([who.first, who.last, who.email, f"2044{who.number}", "Student"] for who in CLASS),
            ["The", "Teacher", "teacher@example.org", "", "Instructor"],
        ],
        lambda who: f"submission_{who.number}/{FILE}",
        "Email",
        lambda who: who.email,
        "Total Score",
    ),
    LearningSystem(
        "brightspace",
        [
            [
                "OrgDefinedId",
                "Username",
                "Last Name",
                "First Name",
                "Email",
                "End-of-Line Indicator",
            ],
            *(
                [f"#S{who.number}", f"#{who.username}", who.last, who.first, who.email, "#"]
                for who in CLASS
            ),
        ],
        lambda who: f"{_brightspace_folder(who)}/{FILE}",
        "Username",
        lambda who: f"#{who.username}",
        f"{TITLE}: total Points Grade",
        settled={_brightspace_folder(who): who for who in CLASS[:2]},
    ),
    LearningSystem(
        "blackboard",
        [
            ["Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"],
            *([who.last, who.first, who.username, f"S{who.number}", "", "Yes"] for who in CLASS),
            ["User", "Preview", "teacher_previewuser", "", "", "Yes"],
        ],
        lambda who: f"M7_{who.username}_attempt_2026-12-01-10-15-30_{FILE}",
        "Username",
        lambda who: who.username,
        f"{TITLE}: total",
        encoding="utf-16",
        delimiter="\t",
    ),
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a course with the second assignment, which is graded quickly."""
    return copy_checkout(tmp_path_factory.mktemp("course") / "checkout", second_assignment=True)


def lay_out(system: LearningSystem, folder: Path, solution: Path) -> None:
    """Write what the system lets an instructor download: one hand-in each, one of a group.

    All but two are too large, since that is judged without running them.
    """
    (folder / "gradebook").mkdir()
    with (folder / "gradebook" / "roster.csv").open(
        "w", encoding=system.encoding, newline=""
    ) as file:
        csv.writer(file, delimiter=system.delimiter).writerows(system.roster)
    settled = [(origin, who.username) for origin, who in (system.settled or {}).items()]
    for who in CLASS:
        path = folder / "class" / system.path(who)
        if who is GROUP[1] and system.name != "gradescope":
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if who in (RIGHT, *GROUP):
            shutil.copy(solution, path)
        else:
            path.write_bytes(bytes(MAX_FILE_BYTES + 1))
        if who is GROUP[0]:
            origin = _origin(system, who)
            ids = [member.email if system.name == "moodle" else member.username for member in GROUP]
            settled += [(origin, student) for student in ids]
    if system.name == "gradescope":
        shutil.rmtree((folder / "class" / system.path(GROUP[1])).parent)
        settled = []
        (folder / "class" / "submission_metadata.yml").write_text(_metadata(), encoding="utf-8")
    with (folder / "gradebook" / "matches.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("hand_in", "student"), *settled])


def _origin(system: LearningSystem, who: Person) -> str:
    """Return what the source calls a student's hand-in."""
    return {
        "canvas": f"{who.username}_{98700 + who.number}",
        "blackboard": f"M7_{who.username}_attempt_2026-12-01-10-15-30",
    }.get(system.name, system.path(who).split("/")[0])


def _metadata() -> str:
    lines = []
    for who in CLASS[:-1]:
        members = GROUP if who is GROUP[0] else (who,)
        lines += [f"submission_{who.number}:", "  :submitters:"]
        for member in members:
            lines += [
                f'  - :name: "{member.name}"',
                f"    :sid: '2044{member.number}'",
                f"    :email: {member.email}",
            ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_everybody_is_in_the_grade_file(
    system: LearningSystem, checkout: Path, tmp_path: Path
) -> None:
    """With the points of each student's hand-in; the group's members have the same."""
    lay_out(system, tmp_path, checkout / "solutions" / SECOND / FILE)
    book, table = tmp_path / "gradebook", tmp_path / "grades.csv"
    given = ("--assignment", SECOND, "--gradebook", book)

    graded = run(checkout, "grade-class", tmp_path / "class", "--output", tmp_path / "out", *given)
    exported = run(
        checkout, "gradebook", "export", "--format", system.name, "--output", table, *given
    )

    assert (graded.status, exported.status) == (0, 0), (graded, exported)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    totals = {row[system.key]: row[system.total or list(row)[-1]] for row in rows}
    right = {system.value(who) for who in (RIGHT, *GROUP)}
    assert {system.value(who) for who in CLASS} <= totals.keys()
    assert {key for key, total in totals.items() if total and float(total) > 0 and key} == right
