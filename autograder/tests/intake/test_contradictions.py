"""A name does not make a hand-in a student's if another key says that it is somebody else's."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment import Course
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.intake.downloads import find_hand_ins
from autograder.intake.matching import Matches, match_hand_ins
from autograder.tests.intake.downloads import WRITER

ASSIGNMENT = Course.of_this_checkout().load("m06_partitioned_logs")
ANNA = "Anna Schmidt"


def match(folder: Path, roster: Roster, names: Mapping[str, str]) -> Matches:
    """Lay out a download, and match it."""
    for name, text in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return match_hand_ins(find_hand_ins(folder, ASSIGNMENT).hand_ins, roster, {})


def gradescope(*submitters: Mapping[str, str]) -> dict[str, str]:
    """Make a download with a submission of each."""
    entries = [
        f"submission_{number}:\n  :submitters:\n  - :name: {who.get('name', ANNA)}\n"
        f"    :sid: '{who.get('sid', '')}'\n    :email: '{who.get('email', '')}'\n"
        f"  :created_at: 2026-11-{19 + number} 14:00:00 Z\n"
        for number, who in enumerate(submitters)
    ]
    files = {f"submission_{number}/{WRITER}": "" for number in range(len(submitters))}
    return {"submission_metadata.yml": "".join(entries), **files}


def moodle(*names: str) -> dict[str, str]:
    """Make a download with a folder of each."""
    return {f"{name}_assignsubmission_file_/{WRITER}": "" for name in names}


WORKSHEET = Roster(
    students=(
        Student(id="101", name=ANNA, moodle_participant="101"),
        Student(id="301", name="Luc Picard", moodle_participant="301"),
    )
)
GRADESCOPE = Roster(
    students=(
        Student(id="301", name=ANNA, identifier="301", sis_user_id="301", email="a1@uni.example"),
    )
)
ILIAS = Roster(students=(Student(id="aschmidt", name=ANNA, username="aschmidt"),))


@pytest.mark.parametrize(
    ("roster", "names", "difference"),
    [
        (WORKSHEET, moodle("Anna Schmidt_199"), "Anna Schmidt has the number 101, not 199"),
        (WORKSHEET, moodle("Jean-Luc Picard_300"), "Luc Picard has the number 301, not 300"),
        (WORKSHEET, moodle("Team 7-Luc Picard_300"), "Luc Picard has the number 301, not 300"),
        (GRADESCOPE, gradescope({"sid": "399"}), "Anna Schmidt has the number 301, not 399"),
        (
            GRADESCOPE,
            gradescope({"email": "old@uni.example"}),
            "Anna Schmidt has the e-mail address a1@uni.example, not old@uni.example",
        ),
        (
            ILIAS,
            {f"Schmidt_Anna_aschmidt9_1009/{WRITER}": ""},
            "Anna Schmidt has the login aschmidt, not aschmidt9",
        ),
    ],
)
def test_a_hand_in_of_somebody_else_is_listed_with_what_differs(
    tmp_path: Path, roster: Roster, names: Mapping[str, str], difference: str
) -> None:
    """It is the only one of that name, and the line says what would settle it."""
    matches = match(tmp_path, roster, names)

    (hand_in,) = matches.unmatched
    assert matches.matched == ()
    assert hand_in.why.startswith(f"the roster's {difference}")
    student = roster.students[0] if ANNA in difference else roster.students[1]
    assert f"`{hand_in.origin},{student.id}` into matches.csv" in hand_in.why


def test_a_newer_hand_in_of_somebody_else_does_not_count(tmp_path: Path) -> None:
    """The student's own stays."""
    own = {"sid": "301", "email": "a1@uni.example"}

    matches = match(tmp_path, GRADESCOPE, gradescope(own, {"sid": "399"}))

    assert [(work.origin, work.older) for work in matches.matched] == [("submission_0", ())]
    assert [hand_in.origin for hand_in in matches.unmatched] == ["submission_1"]


def test_the_remaining_members_of_a_group_are_named(tmp_path: Path) -> None:
    """If one has left the class, leaving the hand-in out would take it from all."""
    names = gradescope({"sid": "301"})
    text = names["submission_metadata.yml"].replace("  :created_at: 2026-11-19 14:00:00 Z\n", "")
    names["submission_metadata.yml"] = f"{text}  - :name: Will Gone\n    :sid: '398'\n"

    matches = match(tmp_path, GRADESCOPE, names)

    (hand_in,) = matches.unmatched
    assert hand_in.why == (
        "nobody in the roster has this name, number or address: Will Gone, 398; if this member is"
        " not in the class, write one row for each remaining member into matches.csv:"
        " `submission_0,301`"
    )


def test_a_group_needs_a_row_for_each_member(tmp_path: Path) -> None:
    """A row for one of them would take it from the others."""
    names = gradescope({"sid": "301"})
    names["submission_metadata.yml"] += "  - :name: Anna Schmidt\n    :sid: '399'\n"
    text = names["submission_metadata.yml"]
    created = "  :created_at: 2026-11-19 14:00:00 Z\n"
    names["submission_metadata.yml"] = text.replace(created, "")

    matches = match(tmp_path, GRADESCOPE, names)

    (hand_in,) = matches.unmatched
    assert [work.student for work in matches.matched] == ["301"]
    assert "`submission_0,301`, and a row for each other member" in hand_in.why


@pytest.mark.parametrize(
    ("student", "names"),
    [
        (Student(id="a", name=ANNA, idnumber="701"), moodle("Anna Schmidt_199")),
        (Student(id="a", name=ANNA, idnumber="701"), moodle("Team 7-Anna Schmidt_199")),
        (Student(id="a", name=ANNA, email="a@uni.example"), gradescope({"sid": "399"})),
        (
            Student(id="a", name=ANNA, identifier="a@uni.example", email="a@uni.example"),
            gradescope({"sid": "399"}),
        ),
        (Student(id="a", name=ANNA, identifier="Schmidt, Anna"), gradescope({"sid": "399"})),
        (Student(id="a", name=ANNA, identifier="s17"), gradescope({"sid": "399"})),
        (
            Student(id="a", name=ANNA, identifier="s17"),
            {f"Schmidt_Anna_aschmidt_1009/{WRITER}": ""},
        ),
        (
            Student(id="a", name=ANNA, idnumber="701", username="aschmidt"),
            {f"1-2 - Anna Schmidt - Dec 1, 2026 1205 AM/{WRITER}": ""},
        ),
        (Student(id="a", name=ANNA, username="aschmidt"), {f"Anna Schmidt/{WRITER}": ""}),
    ],
)
def test_what_the_roster_does_not_know_contradicts_nothing(
    tmp_path: Path, student: Student, names: Mapping[str, str]
) -> None:
    """A number of one system is none of another."""
    matches = match(tmp_path, Roster(students=(student,)), names)

    assert [work.student for work in matches.matched] == ["a"]


BO = "Bo Li"
TWO = Roster(
    students=(
        Student(id="301", name=ANNA, sis_user_id="301", email="a@uni.example",
                moodle_participant="101"),
        Student(id="302", name=BO, sis_user_id="302", email="b@uni.example",
                moodle_participant="102"),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        gradescope({"name": "Carl Zorn", "sid": "301", "email": "carl@uni.example"}),
        gradescope({"name": "Zoe Quinn", "sid": "399", "email": "b@uni.example"}),
        gradescope({"name": ANNA, "email": "b@uni.example"}),
        moodle("Bo Li_101"),
    ],
    ids=["a misspelt number", "another's address", "a name and another's address", "shifted"],
)
def test_a_hand_in_with_keys_of_two_persons_is_listed(
    tmp_path: Path, names: Mapping[str, str]
) -> None:
    """One of the keys is wrong, and nobody but a person can tell which."""
    matches = match(tmp_path, TWO, names)

    (hand_in,) = matches.unmatched
    assert matches.matched == ()
    assert hand_in.why.startswith("a number, login or address is")
    assert "say whose it is in matches.csv" in hand_in.why


@pytest.mark.parametrize(
    "names",
    [
        gradescope({"name": "A. Schmidt", "sid": "301", "email": "private@mail.example"}),
        gradescope({"name": "王小明", "sid": "301"}),
        gradescope({"name": "Someone Else", "sid": "301", "email": "a@uni.example"}),
        moodle("Annie S_101"),
    ],
    ids=["another address", "another script", "all keys agree", "a short name"],
)
def test_a_name_alone_does_not_contradict_a_key(tmp_path: Path, names: Mapping[str, str]) -> None:
    """People are called differently in two systems."""
    matches = match(tmp_path, TWO, names)

    assert [work.student for work in matches.matched] == ["301"]


def test_blackboards_report_says_where_a_username_begins(tmp_path: Path) -> None:
    """The title of the assignment may end with what looks like the beginning of a username."""
    attempt = "Part 1_b_smith_attempt_2026-11-30-10-15-30"
    names = {f"{attempt}.txt": "Name: Betty Smith (b_smith)\n", f"{attempt}_{WRITER}": ""}
    roster = Roster(students=(Student(id="smith", name="John Smith", username="smith"),))

    matches = match(tmp_path, roster, names)

    assert matches.matched == ()
    assert "Betty Smith (b_smith)" in matches.unmatched[0].why


def test_a_name_behind_a_hyphen_is_not_guessed(tmp_path: Path) -> None:
    """Luc may be in the group `Jean`, or a stranger is called Jean-Luc."""
    roster = Roster(students=(Student(id="300", name="Luc Picard"),))
    name = "Jean-Luc Picard_300"

    (unmatched,) = match(tmp_path, roster, moodle(name)).unmatched

    assert unmatched.may_be == ("300",)
    assert unmatched.why.startswith("it may be from 300: write ")


@pytest.mark.parametrize("groups", [("Team 7", "Team 8"), ("Blue", "Blue")])
def test_names_of_groups_are_known_by_their_words_or_their_members(
    tmp_path: Path, groups: tuple[str, str]
) -> None:
    """A first name is one word, and two people seldom share it in this place."""
    roster = Roster(students=(Student(id="1", name="Luc Li"), Student(id="2", name="Bo Na")))
    names = (f"{groups[0]}-Luc Li_300", f"{groups[1]}-Bo Na_301")

    matches = match(tmp_path, roster, moodle(*names))

    assert [work.student for work in matches.of_groups] == ["1", "2"]


def test_the_rosters_own_ids_count_if_the_source_knows_them(tmp_path: Path) -> None:
    """The column `id` may hold anything; here it holds what Gradescope calls SID."""
    students = (
        Student(id="301", name=ANNA, identifier="301"),
        Student(id="302", name="Luc Picard", identifier="302"),
    )
    names = gradescope({"name": "Luc Picard", "sid": "302"}, {"sid": "399"})

    matches = match(tmp_path, Roster(students=students), names)

    assert [work.student for work in matches.matched] == ["302"]
    assert [hand_in.origin for hand_in in matches.unmatched] == ["submission_1"]


@pytest.mark.parametrize(
    "names",
    [
        gradescope({"sid": "301"}, {"sid": "399"}),
        {f"Schmidt_Anna_{login}_1009/{WRITER}": "" for login in ("aschmidt", "aschmidt9")},
    ],
)
def test_two_persons_of_one_name_are_not_taken_for_one(
    tmp_path: Path, names: Mapping[str, str]
) -> None:
    """If the roster knows only the name, a person says whose the hand-ins are."""
    matches = match(tmp_path, Roster(students=(Student(id="a", name=ANNA),)), names)

    assert matches.matched == ()
    assert len(matches.unmatched) == 2


def test_a_roster_whose_numbers_all_differ_is_counted(tmp_path: Path) -> None:
    """It may be the worksheet of another assignment, in which Moodle gives other numbers."""
    matches = match(tmp_path, WORKSHEET, moodle("Anna Schmidt_501", "Luc Picard_502"))

    assert (matches.contradicted, matches.agreeing) == (2, 0)


_NAMES = st.sampled_from(["Anna Schmidt", "Luc Picard", "Jean-Luc Picard", "Bo-Li Na", "王小明"])
_NUMBERS = st.integers(1, 30).map(str)


@st.composite
def _classes(draw: st.DrawFn) -> tuple[Roster, str, str, str]:
    """Draw a roster, and a stranger with the name of a student, and a key that nobody has."""
    kind = draw(st.sampled_from(["moodle_participant", "sis_user_id", "email", "username"]))
    values = draw(st.lists(_NUMBERS, min_size=1, max_size=6, unique=True))
    make = "{}@uni.example" if kind == "email" else "u{}" if kind == "username" else "{}"
    students = tuple(
        Student.model_validate({"id": f"s{at}", "name": draw(_NAMES), kind: make.format(value)})
        for at, value in enumerate(values)
    )
    name = draw(st.sampled_from([student.name for student in students]))
    if kind == "moodle_participant":
        name = draw(st.sampled_from(["", "Team 7-", "Eva-"])) + name
    other = draw(_NUMBERS.filter(lambda number: number not in values))
    return Roster(students=students), kind, name, make.format(other)


def _download(kind: str, people: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Make a download with a hand-in of each, by name and key."""
    if kind == "moodle_participant":
        return moodle(*(f"{name}_{key}" for name, key in people))
    if kind == "username":
        parts = [(*name.rpartition(" ")[::2], key) for name, key in people]
        return {f"{last}_{first}_{key}_77/{WRITER}": "" for first, last, key in parts}
    field = "sid" if kind == "sis_user_id" else "email"
    return gradescope(*({"name": name, field: key} for name, key in people))


@given(_classes(), st.booleans())
def test_a_stranger_with_the_name_of_a_student_is_never_matched(
    drawn: tuple[Roster, str, str, str], others_too: bool
) -> None:
    """Whatever the system, and whether or not the students handed in themselves."""
    roster, kind, name, key = drawn
    own = [(student.name, getattr(student, kind)) for student in roster.students]
    names = _download(kind, [*(own if others_too else ()), (name, key)])

    with TemporaryDirectory() as folder:
        matches = match(Path(folder), roster, names)

    (unmatched,) = matches.unmatched
    row = unmatched.why.partition("`")[2].partition("`")[0]
    assert unmatched.origin == list(names)[-1].partition("/")[0]
    assert next(csv.reader(io.StringIO(row)))[0] == unmatched.origin
    assert {work.student for work in matches.matched} == (
        {student.id for student in roster.students} if others_too else set()
    )
    assert not any(work.older for work in matches.matched)


def blackboard(username: str, name: str) -> dict[str, str]:
    """Make a download with one attempt and its report."""
    attempt = f"Module 6_{username}_attempt_2026-12-01-10-15-30"
    return {f"{attempt}_{WRITER}": "", f"{attempt}.txt": f"Name: {name} ({username})\n"}


def test_a_student_whose_username_changed_may_have_handed_in(tmp_path: Path) -> None:
    """Blackboard's report has the name, so the student does not count as missing."""
    jose = Student(id="jose.n", name="José Núñez", username="jose.n")

    matches = match(tmp_path, Roster(students=(jose,)), blackboard("jnunez1", "José Núñez"))

    (unmatched,) = matches.unmatched
    assert unmatched.may_be == ("jose.n",)
    assert "José Núñez has the login jose.n, not jnunez1" in unmatched.why
    assert "_attempt_2026-12-01-10-15-30,jose.n`" in unmatched.why


def test_an_earlier_id_is_a_key_of_every_system(tmp_path: Path) -> None:
    """The download still has the username that the student had when handing in."""
    sean = Student(id="sbyrne", name="Sean Byrne", username="sbyrne", earlier_id="sobrien")
    other = Student(id="tim", name="Tim Byrne", username="tim")

    matches = match(tmp_path, Roster(students=(sean, other)), blackboard("sobrien", "Sean O'Brien"))

    assert [work.student for work in matches.matched] == ["sbyrne"]


def test_an_id_wins_over_an_earlier_id_of_somebody_else(tmp_path: Path) -> None:
    """A school may give an id again."""
    sean = Student(id="sbyrne", name="Sean Byrne", username="sbyrne", earlier_id="sob")
    sally = Student(id="sob", name="Sally Obama", username="sob")

    matches = match(tmp_path, Roster(students=(sean, sally)), blackboard("sob", "Sally Obama"))

    assert [work.student for work in matches.matched] == ["sob"]


def test_a_stranger_may_be_each_of_two_namesakes(tmp_path: Path) -> None:
    """A row for each is offered."""
    twins = [Student(id=f"a{number}", name=ANNA, moodle_participant=number) for number in "12"]

    matches = match(tmp_path, Roster(students=tuple(twins)), moodle(f"{ANNA}_9"))

    (unmatched,) = matches.unmatched
    row = f"`{ANNA}_9_assignsubmission_file_"
    assert f"write {row},a1` or {row},a2` into matches.csv" in unmatched.why
