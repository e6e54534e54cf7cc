"""A class of 300 with forty odd hand-ins, graded in one run: one row for each, none is lost."""

import csv
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.tests.intake.downloads import NOTEBOOK, WRITER, tarred, zipped

CODE = "def delete_stream(stream_name): ...\n"
STUDENTS = [f"Student {chr(0x391 + number % 24)} {number:03}" for number in range(300)]
ABSENT = 20
"""How many students, the last ones, hand in nothing."""
RUN = 12
"""Of the others, each twelfth has code that is run: all of them would take minutes."""
NOTES = {"notes.txt": b"Next week."}
GRADED, EMPTY, BROKEN, STRANGE, MISSING = (
    "complete",
    "nothing gradable",
    "not readable",
    "not matched",
    "not handed in",
)


def address(number: int) -> str:
    """Return a student's address, which is the id, too."""
    return f"s{number}@example.org"


def folder_of(name: str, number: int) -> str:
    """Return the name that Moodle gives a student's folder."""
    return f"{name}_{657700 + number}_assignsubmission_file_"


def odd_hand_ins() -> Iterator[tuple[Mapping[str, bytes], str]]:
    """Yield the files of an odd hand-in each, and the state that it should get."""
    bomb = zipped({f"{number}.bin": "\0" * (1 << 20) for number in range(200)})
    for files, state in (
        (dict[str, bytes](), EMPTY),
        ({"m06.rar": b"Rar!"}, BROKEN),
        ({"m06.7z": b"7z\xbc\xaf\x27\x1c"}, BROKEN),
        ({"m06.zip": b"PK\x03\x04 and no more"}, BROKEN),
        ({"m06.zip": bomb}, BROKEN),
        ({"m06.zip": zipped({"../../" + WRITER: CODE})}, EMPTY),
        ({"m06.zip": zipped({f"m06/{WRITER}": CODE})}, GRADED),
        ({"m06.tar.gz": tarred({WRITER: CODE})}, GRADED),
        ({f"m06/src/{WRITER}": CODE.encode()}, EMPTY),
        ({f"m06/{WRITER}": CODE.encode()}, GRADED),
        ({f"__MACOSX/._{WRITER}": b"\0", WRITER: CODE.encode()}, GRADED),
        ({WRITER: b"\xff\xfe\0d\0e\0f"}, GRADED),
        ({WRITER: b"def ("}, GRADED),
        ({WRITER: b"#" * (2 << 20)}, GRADED),
        ({NOTEBOOK: b"{" * 100_000, WRITER: CODE.encode()}, GRADED),
        ({f"{number}.ipynb": b"{}" for number in range(200)}, EMPTY),
        ({"essay.docx": b"PK\x05\x06" + b"\0" * 18}, EMPTY),
        ({f"{WRITER}.txt": CODE.encode()}, EMPTY),
    ):
        yield files, state
        yield files, state


def lay_out(folder: Path) -> dict[str, str]:
    """Write the class's download, and return the state of each row that it should get."""
    expected = {}
    odd = list(odd_hand_ins())
    at = random.Random(300).sample(range(len(STUDENTS) - ABSENT), len(odd))
    odd_at = dict(zip(at, odd, strict=True))
    for number, name in enumerate(STUDENTS[:-ABSENT]):
        ordinary = ({WRITER: CODE.encode()}, GRADED) if number % RUN == 0 else (NOTES, EMPTY)
        files, state = odd_at.get(number, ordinary)
        expected[address(number)] = state
        for file, content in files.items():
            path = folder / folder_of(name, number) / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (folder / folder_of(name, number)).mkdir(exist_ok=True)
    for number in range(len(STUDENTS) - ABSENT, len(STUDENTS)):
        expected[address(number)] = MISSING
    for name in (folder_of("Nobody We Know", 900), folder_of("Team 7", 901)):
        (folder / name).mkdir()
        expected[name] = STRANGE
    (folder / folder_of("A Link", 902)).symlink_to(folder / folder_of(STUDENTS[0], 0))
    os.mkfifo(folder / folder_of(STUDENTS[1], 1) / "pipe")
    return expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a place for a class and its roster, as Moodle's worksheet."""
    rows = [["Identifier", "Full name", "Email address"]]
    rows += [
        [f"Participant {657700 + number}", name, address(number)]
        for number, name in enumerate(STUDENTS)
    ]
    with (tmp_path / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def test_each_student_and_each_hand_in_of_a_large_class_has_one_row(folder: Path) -> None:
    """The exit code and the counts of the summary agree with the table."""
    expected = lay_out(folder)
    output = folder.with_name("out")
    command = ["grade-class", str(folder), "--output", str(output)]

    done = CliRunner().invoke(app, [*command, "--roster", str(folder.with_name("roster.csv"))])

    with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    states = {row["student"] or row["hand_in"]: row["state"] for row in rows}
    assert len(states) == len(rows)
    assert states == expected
    counts = Counter(states.values())
    assert done.exit_code == 1
    for state in (BROKEN, STRANGE, EMPTY):
        assert f"\n{counts[state]} {state}: " in done.output
    assert f"{folder_of('A Link', 902)!r} is not a folder of a student" in done.output
