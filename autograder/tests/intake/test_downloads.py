"""Every download of a system meets the roster: each hand-in has its student, or is listed."""

import csv
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest

from autograder.admission import MAX_FILE_BYTES
from autograder.assignment import Course
from autograder.errors import RosterError, SubmissionError
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.intake.downloads import find_hand_ins
from autograder.intake.hand_ins import StudentHandIn
from autograder.intake.matches_file import MATCHES_FILE, line_on_strangers, read_matches
from autograder.intake.matching import Matches, Unmatched, match_hand_ins
from autograder.tests.intake.downloads import (
    ADA,
    CLASS,
    DOWNLOADS,
    MOODLE,
    READER,
    WRITER,
    Download,
    code,
    of_all,
    zipped,
)
from autograder.tests.processor_time import processor_seconds

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make an empty folder."""
    made = tmp_path / "class"
    made.mkdir()
    return made


def match(folder: Path, roster: Roster | None = CLASS) -> Matches:
    """Match what is in a folder with the class, or with nobody."""
    settled = {} if roster is None else read_matches(folder.with_name(MATCHES_FILE))
    return match_hand_ins(find_hand_ins(folder, ASSIGNMENT).hand_ins, roster, settled)


def settle(folder: Path, rows: Iterable[tuple[str, str]]) -> None:
    """Write `matches.csv`."""
    with folder.with_name(MATCHES_FILE).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("hand_in", "student"), *rows])


def code_of(work: StudentHandIn) -> str:
    """Return what was handed in as the writer."""
    return work.read(ASSIGNMENT).files[WRITER].decode()


@pytest.mark.parametrize("download", DOWNLOADS, ids=lambda download: download.name)
def test_each_hand_in_reaches_its_student(folder: Path, download: Download) -> None:
    """Or is listed as nobody's, or the folder is refused as a whole."""
    download.lay_out(folder)
    names = download.matches.items()
    settle(folder, [(hand_in, who) for hand_in, all_of in names for who in all_of.split()])

    if download.refused:
        with pytest.raises(SubmissionError, match=download.refused):
            match(folder, download.roster)
        return
    matches = match(folder, download.roster)

    assert {work.student for work in matches.matched} == download.owners
    assert {hand_in.origin for hand_in in matches.unmatched} == download.unmatched
    for work in matches.matched:
        assert code_of(work) in (code(work.student), code("both"))


def test_names_of_all_scripts_become_ids_without_a_roster(folder: Path) -> None:
    """They are those that a roster without any other column would give."""
    of_all(MOODLE + f"/{WRITER}", "").lay_out(folder)

    matches = match(folder, None)

    ids = {work.student for work in matches.matched}
    assert len(ids) == len(CLASS.students)
    assert "Jurgen-Muller-" in {student[:14] for student in ids}


def test_twins_without_a_roster_are_told_apart_by_their_number(folder: Path) -> None:
    """Nobody is left out for having the name of another."""
    for number in (31, 32):
        (folder / f"Ada Lovelace_{number}_assignsubmission_file_").mkdir()
        (folder / f"Ada Lovelace_{number}_assignsubmission_file_" / WRITER).touch()

    matches = match(folder, None)

    assert len({work.student for work in matches.matched}) == 2


def test_a_stranger_of_the_same_name_does_not_take_a_students_place(folder: Path) -> None:
    """The student's own number counts, however new the stranger's hand-in is."""
    for number, text in ((ADA.moodle_participant, code(ADA.id)), ("999999", "stranger")):
        name = f"Ada Lovelace_{number}_assignsubmission_file_"
        (folder / name).mkdir()
        (folder / name / WRITER).write_text(text)

    matches = match(folder)

    assert [code_of(work) for work in matches.matched] == [code(ADA.id)]
    assert [hand_in.origin for hand_in in matches.unmatched] == [
        "Ada Lovelace_999999_assignsubmission_file_"
    ]


def test_the_newer_of_two_folders_counts(folder: Path) -> None:
    """And the older is named."""
    for name, moment in (("Ada", 2_000_000_000), ("ada", 1_000_000_000)):
        (folder / name).mkdir()
        (folder / name / WRITER).write_text(name)
        os.utime(folder / name / WRITER, (moment, moment))
        os.utime(folder / name, (moment, moment))

    (work,) = match(folder, None).matched

    assert code_of(work) == "Ada"
    assert work.older == ("ada",)


def test_a_key_that_two_students_share_is_settled_by_a_person(folder: Path) -> None:
    """Until then the hand-in is listed with both."""
    other = Student(id="juergen", idnumber=ADA.canvas_id)
    roster = Roster(students=(ADA, other))
    (folder / ADA.canvas_id).mkdir()
    (folder / ADA.canvas_id / WRITER).write_text(code(ADA.id))

    before = match(folder, roster)
    settle(folder, [(ADA.canvas_id, ADA.email)])
    after = match(folder, roster)

    assert [hand_in.why for hand_in in before.unmatched] == [
        f"it may be from ada or juergen: write `{ADA.canvas_id},ada` or"
        f" `{ADA.canvas_id},juergen` into matches.csv"
    ]
    assert [work.student for work in after.matched] == [ADA.id]


def test_a_hand_in_can_be_nobodys(folder: Path) -> None:
    """Such as the instructor's own try."""
    for name in ("ada", "try-out"):
        (folder / name).mkdir()
        (folder / name / WRITER).touch()
    settle(folder, [("try-out", "-")])

    matches = match(folder)

    assert [work.student for work in matches.matched] == [ADA.id]
    assert matches.unmatched == ()
    assert matches.left_out == ("try-out",)


def test_a_row_on_somebody_who_left_stops_nothing(folder: Path) -> None:
    """The hand-in is not given to another by its name; a group's counts for the others."""
    for name in ("ada", "team"):
        (folder / name).mkdir()
        (folder / name / WRITER).touch()
    settle(folder, [("ada", "zoe"), ("team", "zoe"), ("team", "juergen")])
    file = folder.with_name(MATCHES_FILE)

    matches = match(folder)

    assert [(work.student, work.origin) for work in matches.matched] == [("juergen", "team")]
    assert [(left.origin, left.why) for left in matches.unmatched] == [
        ("ada", "matches.csv gives it to 'zoe', who is not in the roster")
    ]
    assert line_on_strangers(file, CLASS) == (
        f"{file}: 2 rows of students who are not in the roster: line 2 'zoe', line 3 'zoe': if they"
        " left, write - for hand-ins that are still there, and delete the other rows; otherwise,"
        " correct the ids"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("folder,id\nx,ada\n", "its columns must be hand_in and student"),
        ('hand_in,student\n"x,ada\n', "cannot be read"),
        ("hand_in,student,\na,ada,,b\n", "line 2: has 4 cells: put a name with a comma"),
        ("hand_in,student\nx,ada\nx,-\n", "line 3: 'x' is left out with '-' and has a student"),
        ("hand_in,student\nx,-\nx,ada\n", r"and has a student \(see line 2\): remove one"),
    ],
)
def test_mistakes_in_matches_are_named(folder: Path, text: str, message: str) -> None:
    """With the line."""
    folder.with_name(MATCHES_FILE).write_text(text, encoding="utf-8")

    with pytest.raises(RosterError, match=message):
        read_matches(folder.with_name(MATCHES_FILE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_matches_may_come_from_a_spreadsheet(
    folder: Path, encoding: str, delimiter: str, end: str
) -> None:
    """It may write another delimiter, a byte order mark, and empty columns."""
    name = "7-9 - 王小明 - Nov 20, 2026 1015 AM"
    lines = [("Hand_in", "student", ""), (f'"{name}"', "ada", ""), ("x", "wang", "")]
    text = end.join(delimiter.join(cells) for cells in lines)
    folder.with_name(MATCHES_FILE).write_bytes(f"{text}{end}".encode(encoding))

    matches = read_matches(folder.with_name(MATCHES_FILE))

    assert matches["x"] == ("wang",)
    assert matches[name] == ("ada",)


def test_what_is_no_submission_is_listed(folder: Path) -> None:
    """Such as a loose file or a link."""
    (folder / "ada").mkdir()
    (folder / "ada" / WRITER).touch()
    (folder / "notes.txt").touch()
    (folder / "linked").symlink_to(folder / "ada")

    found = find_hand_ins(folder, ASSIGNMENT)

    assert [hand_in.origin for hand_in in found.hand_ins] == ["ada"]
    assert len(found.oddities) == 2


def test_text_that_was_typed_in_is_named(folder: Path) -> None:
    """It is not graded; a student who handed in nothing else has a row."""
    (folder / f"ada_98701_4711_{WRITER}").touch()
    (folder / "conor_98703_text.html").touch()

    found = find_hand_ins(folder, ASSIGNMENT)

    assert found.oddities == ()
    assert found.notes == {
        "conor_98703_text.html": "'conor_98703_text.html' was typed in, and is not graded"
    }
    assert [hand_in.origin for hand_in in found.hand_ins] == ["ada_98701", "conor_98703"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """In one line."""
    with pytest.raises(SubmissionError, match="cannot be read"):
        find_hand_ins(tmp_path / "nowhere", ASSIGNMENT)


def test_a_loose_file_that_is_too_large_is_refused(folder: Path) -> None:
    """It is not read as a whole."""
    with (folder / "lovelaceada_98701_4711_compare_with_sqs.py").open("wb") as file:
        file.truncate(8 * MAX_FILE_BYTES)

    (work,) = match(folder).matched

    assert "larger than 1 MiB" in work.read(ASSIGNMENT).refused[0].reason


def test_four_times_as_many_loose_files_take_four_times_as_long(tmp_path: Path) -> None:
    """Students choose the number of files, so the time must not grow quadratically."""

    def seconds(files: int) -> float:
        folder = tmp_path / f"class{files}"
        folder.mkdir()
        for number in range(files):
            (folder / f"lovelaceada_98701_{number}_notes.txt").touch()
        (folder / f"lovelaceada_98701_1_{WRITER}").touch()
        return processor_seconds(lambda: find_hand_ins(folder, ASSIGNMENT))

    assert seconds(800) < 8 * seconds(200)


@pytest.mark.skipif(not Path("/dev/shm").exists(), reason="no file system of memory")
def test_a_time_outside_of_the_calendar_is_ignored() -> None:
    """An archive can contain such a time; all its submissions are still read."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        os.utime(name, (2**45, 2**45))

        assert StudentHandIn.of_folder("ada", Path(name)).handed_in_at is None


def test_an_archive_instead_of_a_folder_is_to_be_unpacked(tmp_path: Path) -> None:
    """As systems give it."""
    (tmp_path / "submissions.zip").touch()
    (tmp_path / "notes.txt").touch()

    with pytest.raises(SubmissionError, match=r"submissions\.zip is a file: unpack it"):
        find_hand_ins(tmp_path / "submissions.zip", ASSIGNMENT)
    with pytest.raises(SubmissionError, match=r"notes\.txt is a file: give the folder"):
        find_hand_ins(tmp_path / "notes.txt", ASSIGNMENT)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (
            "77-99 - Ada Lovelace - Nov 30, 2026 1015 AM",
            "77-99 - Ada Lovelace - Dec 1, 2026 1015 AM",
        ),
        ("ADA", "ada"),
    ],
)
def test_an_older_folder_of_a_student_is_named(folder: Path, older: str, newer: str) -> None:
    """Whatever the source: nothing is dropped without a word."""
    for moment, name in enumerate((older, newer), 1_000_000_000):
        (folder / name).mkdir()
        (folder / name / WRITER).touch()
        os.utime(folder / name / WRITER, (moment, moment))
        os.utime(folder / name, (moment, moment))

    (work,) = match(folder).matched

    assert (work.origin, work.older) == (newer, (older,))


@pytest.mark.parametrize(
    ("kept", "left_out"),
    [
        (f"ada_98701_4712_{WRITER}", "ada_98701_4711_kinesis_multi_shard-1.py"),
        (
            f"Ada Lovelace_1_assignsubmission_file_/{WRITER}",
            f"Ada Lovelace_1_assignsubmission_feedback_/{READER}",
        ),
    ],
)
def test_an_older_file_or_folder_in_a_hand_in_is_named(
    folder: Path, kept: str, left_out: str
) -> None:
    """Its name is that of another one, or its system puts several folders side by side."""
    for name in (kept, left_out):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    entries = sorted({name.partition("/")[0] for name in (kept, left_out)})

    found = find_hand_ins(folder, ASSIGNMENT)

    (hand_in,) = found.hand_ins
    assert len(hand_in.older) == 1
    assert hand_in.older[0] in entries
    assert found.notes[hand_in.older[0]].startswith(f"{hand_in.older[0]!r} is left out")


def test_rows_of_matches_that_name_no_hand_in_are_told(folder: Path) -> None:
    """They may be misspelled."""
    (folder / f"ada_98701_4711_{WRITER}").touch()
    settle(folder, [(name, "-") for name in ("ada_98701", "Ada_98701", "ada")])

    assert match(folder).unused == ("Ada_98701", "ada")


def test_a_name_without_the_characters_that_moodle_removes_must_be_unambiguous(
    folder: Path,
) -> None:
    """A person settles which of two students is meant if their names are equal then."""
    roster = Roster(students=(Student(id="a", name="Sean O'Brien"), Student(id="b", name="S OB")))
    same = Roster(students=(*roster.students, Student(id="c", name="Sean OBrien")))
    (folder / "Sean OBrien_1_assignsubmission_file_").mkdir()
    (folder / "Sean OBrien_1_assignsubmission_file_" / WRITER).touch()

    assert [work.student for work in match(folder, roster).matched] == ["a"]
    (unmatched,) = match(folder, same).unmatched
    assert unmatched.why.startswith("it may be from a or c: write ")


def test_a_hand_in_of_staff_is_listed_with_the_row_that_leaves_it_out(folder: Path) -> None:
    """A name alone may be a student's who is missing in the roster, so a person decides."""
    teacher = Student(id="staff-2", name="Tina Teacher", email="tina@example.edu")
    roster = Roster(students=(ADA,), staff=(teacher,))
    name = "Tina Teacher_1_assignsubmission_file_"
    (folder / name).mkdir()
    (folder / name / WRITER).touch()

    (before,) = match(folder, roster).unmatched
    settle(folder, [(name, "-")])
    after = match(folder, roster)

    assert before.why == f"it is of staff, as the roster says: write `{name},-` into matches.csv"
    assert after.left_out == (name,)
    assert after.unmatched == ()


@pytest.mark.parametrize(
    ("label", "is_group"),
    [
        ("team7", True),
        ("lovelaceada", False),
        ("adalovelace", False),
        ("byronada", False),
        ("lovelace", False),
    ],
)
def test_a_name_of_canvas_that_is_not_the_students_may_be_a_groups(
    folder: Path, label: str, is_group: bool
) -> None:
    """It is still that student's, whose number it has."""
    (folder / f"{label}_98701_4711_{WRITER}").touch()

    matches = match(folder)

    assert [work.student for work in matches.matched] == ["ada"]
    assert [work.origin for work in matches.of_groups] == ([f"{label}_98701"] if is_group else [])


@pytest.mark.parametrize(
    "text",
    [
        "hand_in,student\n7 - Ada - Nov 20, 2026,ada\n",
        "hand_in,student\n'7 - Ada - Nov 20, 2026',ada,,\n",
        "student,hand_in\nada,7 - Ada - Nov 20, 2026\n",
    ],
)
def test_a_name_with_a_comma_needs_no_quotes(folder: Path, text: str) -> None:
    """A row copied from the table of grades has single ones, as it may hold no double ones."""
    folder.with_name(MATCHES_FILE).write_text(text)

    assert read_matches(folder.with_name(MATCHES_FILE)) == {"7 - Ada - Nov 20, 2026": ("ada",)}


def test_what_a_person_has_settled_wins_over_a_namesake(folder: Path) -> None:
    """However new the other hand-in is, whose number is another."""
    roster = Roster(students=(Student(id="anna", name="Anna Schmidt"),))
    names = [
        "Anna Schmidt_657705_assignsubmission_file_",
        "Anna Schmidt_657706_assignsubmission_file_",
    ]
    for name in names:
        (folder / name).mkdir()
        (folder / name / WRITER).touch()
    settle(folder, [(names[0], "anna")])

    matches = match(folder, roster)

    assert [(work.student, work.origin) for work in matches.matched] == [("anna", names[0])]
    assert matches.unmatched == (
        Unmatched(
            names[1],
            "2 hand-ins have this name, and the roster has it once: write"
            f" `{names[1]},-` or `{names[1]},anna` into matches.csv",
            ("anna",),
        ),
    )


def test_a_hand_in_that_is_given_to_others_alone_is_explained(folder: Path) -> None:
    """Its number is that of a student without another one, and may be in the same group."""
    (folder / f"team7_98701_4711_{WRITER}").touch()
    settle(folder, [("team7_98701", "juergen")])

    matches = match(folder)

    assert [work.student for work in matches.matched] == ["juergen"]
    assert matches.taken_away == {
        "ada": "'team7_98701' has a number, login or address of ada, and matches.csv gives it to"
        " juergen: if ada is one of several, add the row `team7_98701,ada`"
    }


def test_a_groups_hand_in_that_a_person_has_settled_is_not_named(folder: Path) -> None:
    """It has a row for each member."""
    (folder / f"team7_98701_4711_{WRITER}").touch()
    settle(folder, [("team7_98701", "ada"), ("team7_98701", "juergen")])

    matches = match(folder)

    assert [work.student for work in matches.matched] == ["ada", "juergen"]
    assert matches.of_groups == ()


def test_whose_an_unknown_hand_in_is_by_its_system_is_told(folder: Path) -> None:
    """Blackboard's report on an attempt names the student."""
    start = "M6_zoe_attempt_2026-12-01-10-15-30"
    (folder / f"{start}_{WRITER}").touch()
    (folder / f"{start}.txt").write_text("Name: Zoe Nobody (zoe)\nAssignment: M6\n")

    (hand_in,) = match(folder).unmatched

    assert hand_in.why == (
        "nobody in the roster has this name, number or address: Zoe Nobody (zoe): write"
        f" `{start},-` into matches.csv to leave it out, or an id of the roster in the place of -"
    )


def test_files_of_one_name_that_differ_within_a_team_are_refused(folder: Path) -> None:
    """Equal ones are not; and nobody guesses which of two counts."""
    for member in ("Lovelace_Ada_ada_1", "Mueller_Juergen_juergen_2"):
        (folder / "Team 12" / member).mkdir(parents=True)
        (folder / "Team 12" / member / READER).write_text("same = 1\n")
        (folder / "Team 12" / member / WRITER).write_text(code(member))
    (work, _) = match(folder).matched

    with pytest.raises(SubmissionError, match=r"differs in .* of 'Team 12': ask the team"):
        work.read(ASSIGNMENT)
    (folder / "Team 12" / "Lovelace_Ada_ada_1" / WRITER).unlink()

    assert code_of(work) == code("Mueller_Juergen_juergen_2")
    assert work.read(ASSIGNMENT).files[READER] == b"same = 1\n"


def test_a_team_of_unknown_members_says_what_to_write(folder: Path) -> None:
    """Its folder does not name them."""
    (folder / "Lovelace_Ada_ada_1").mkdir()
    (folder / "Lovelace_Ada_ada_1" / WRITER).touch()
    (folder / "Team 14").mkdir()
    (folder / "Team 14" / WRITER).touch()

    (hand_in,) = match(folder).unmatched

    assert hand_in.origin == "Team 14"
    assert "write a row for each member into matches.csv" in hand_in.why


def test_when_hand_ins_came_is_read_where_the_source_says_it(folder: Path) -> None:
    """Without a zone, it is the time of the system's clock."""
    (folder / f"M6_ada_attempt_2026-12-01-10-15-30_{WRITER}").touch()
    (folder / f"M6_conor_attempt_2026-12-02-22-15-30_{WRITER}").touch()

    found = find_hand_ins(folder, ASSIGNMENT)

    assert [hand_in.sent_at for hand_in in found.hand_ins] == [
        datetime(2026, 12, 1, 10, 15, 30),
        datetime(2026, 12, 2, 22, 15, 30),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dec 1, 2026 1015 AM", datetime(2026, 12, 1, 10, 15)),
        ("December 1, 2026 10:15 PM", datetime(2026, 12, 1, 22, 15)),
        ("Nov. 20, 2026 1215 AM", datetime(2026, 11, 20, 0, 15)),
        ("20 November, 2026 1200 PM", datetime(2026, 11, 20, 12, 0)),
        ("20 November 2026 105 PM", datetime(2026, 11, 20, 13, 5)),
        ("20 Nov, 2026 2215", datetime(2026, 11, 20, 22, 15)),
        ("1. März 2026 905", datetime(2026, 3, 1, 9, 5)),
        ("1 août 2026 2215", datetime(2026, 8, 1, 22, 15)),
        ("20 de noviembre de 2026 1015 AM", datetime(2026, 11, 20, 10, 15)),
        ("31 November, 2026 1200 PM", None),
        ("20 November, 2026 2515", None),
        ("20 listopada 2026 1015", None),
    ],
)
def test_times_of_brightspace_are_read_in_many_forms(
    folder: Path, text: str, expected: datetime | None
) -> None:
    """The day may come first; the hand-in has its student also if the time cannot be read."""
    (folder / f"7-9 - Ada Lovelace - {text}").mkdir()
    (folder / f"7-9 - Ada Lovelace - {text}" / WRITER).touch()

    (work,) = match(folder).matched

    assert work.student == "ada"
    assert work.hand_in.sent_at == expected


def test_a_day_in_front_does_not_end_the_name_of_a_loose_file_early(folder: Path) -> None:
    """The file's own name follows the time, also one without AM or PM."""
    (folder / f"7-9 - Ada Lovelace - 20 November, 2026 2215 - {WRITER}").touch()

    (hand_in,) = find_hand_ins(folder, ASSIGNMENT).hand_ins

    assert hand_in.origin == "7-9 - Ada Lovelace - 20 November, 2026 2215"
    assert hand_in.sent_at == datetime(2026, 11, 20, 22, 15)


def test_a_download_is_no_hand_in_though_a_student_packed_the_files(folder: Path) -> None:
    """Given the folder above it, everybody's result would be withdrawn."""
    attempt = "M6_{}_attempt_2026-12-01-10-15-30_{}"
    for name in ("ada", "juergen"):
        (folder / "downloads" / attempt.format(name, WRITER)).parent.mkdir(exist_ok=True)
        (folder / "downloads" / attempt.format(name, WRITER)).touch()
    packed = folder / "downloads" / attempt.format("grace", "team.zip")
    packed.write_bytes(zipped({WRITER: ""}))
    (folder / "out").mkdir()

    with pytest.raises(SubmissionError, match="folder above those of a class"):
        find_hand_ins(folder, ASSIGNMENT)


def test_a_hand_in_that_looks_like_a_download_does_not_stop_the_class(folder: Path) -> None:
    """A student chooses the names of the files."""
    attempt = "M6_{}_attempt_2026-12-01-10-15-30_{}"
    files = [f"ada/{WRITER}", *(f"eve/{attempt.format(name, WRITER)}" for name in ("a", "b"))]
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    (folder / "eve" / attempt.format("c", "x.zip")).write_bytes(zipped({WRITER: ""}))

    found = find_hand_ins(folder, ASSIGNMENT)

    assert [hand_in.origin for hand_in in found.hand_ins] == ["ada", "eve"]
