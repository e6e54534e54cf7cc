"""Rosters are recognised by their headers; if one is refused, all mistakes are listed."""

import csv
import io
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from autograder.errors import RosterError
from autograder.gradebook.roster import MAX_ROSTER_BYTES, Roster, read_roster
from autograder.gradebook.roster.forms import FORMS
from autograder.gradebook.student import LONGEST_ID, Student, is_login, student_id
from autograder.tests.feedback.nasty import NASTY, SAME_EACH_TIME

Read = Callable[..., Roster]

GITHUB_CLASSROOM = (
    '"identifier","github_username","github_id","name"\n'
    '"jane@example.edu","Jane-Doe","583231","Jane Doe"\n'
    '"Müller, Jörg","","",""\n'
)
CLASSROOM_50 = (
    "username,first_name,last_name,email,section,github_id,role\n"
    "alice,Alice,Andersson,alice@example.edu,section-1,12345,student\n"
    "prof,Paul,Prof,paul@example.edu,,1,teacher\n"
    "Bob,'=Bob,Baker,,,67890,\n"
    "helper,Tia,Tutor,,,2,ta\n"
    ",Carol,,carol@example.edu,section-2,,\n"
)
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,GitHub,Logs: Writer (812),Final Score\n"
    ",,,,,,Manual Posting,\n"
    "    Points Possible,,,,,,30.00,(read only)\n"
    '"Doe, Jane",4711,s100,jdoe,"A, B and C",Jane-Doe,7.00,12.1\n'
    '"=""=Ng, 李""",4712,s101,lng,A,,,\n'
    '"Student, Test",4713,,a1b2,A,,,\n'
)
PLAIN = "id,login,name,email\ns1,jane-doe,Jane,jane@example.edu\ns2,,李,li@example.edu\n"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a roster into a file and read it."""

    def _read(text: str, encoding: str = "utf-8", known: list[str] | None = None) -> Roster:
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode(encoding))
        return read_roster(path, known)

    return _read


def mistakes(read: Read, text: str, known: list[str] | None = None) -> list[str]:
    """Read a roster that is refused; return the lines of the message except the first."""
    with pytest.raises(RosterError) as caught:
        read(text, known=known)
    return str(caught.value).splitlines()[1:]


def test_github_classrooms_roster_is_read(read: Read) -> None:
    """Results are filed by login, and by the identifier of those who have not accepted yet."""
    roster = read(GITHUB_CLASSROOM)

    jane, joerg = roster.students
    assert (jane.id, jane.login, jane.name) == ("jane-doe", "Jane-Doe", "Jane Doe")
    assert jane.identifier == "jane@example.edu"
    assert (joerg.login, joerg.identifier) == (None, "Müller, Jörg")
    assert joerg.id.startswith("Muller-Jorg-")


def test_classroom_50s_roster_is_read_without_staff(read: Read) -> None:
    """Teachers and tutors get no grade; a student without a login has the e-mail address as id."""
    roster = read(CLASSROOM_50)

    assert [student.id for student in roster.students] == ["alice", "bob", "carol@example.edu"]
    assert roster.students[0].full_name == "Alice Andersson"
    assert roster.students[0].section == "section-1"


def test_classroom_50s_guard_against_formulas_is_removed(read: Read) -> None:
    """Classroom 50 writes an apostrophe before a formula; the name does not have it."""
    roster = read(CLASSROOM_50)

    assert roster.students[1].first_name == "=Bob"


def test_an_older_roster_of_classroom_50_has_no_role(read: Read) -> None:
    """Everybody in it is a student."""
    roster = read("username,first_name,last_name,email,section,github_id\nann,Ann,A,,,1\n")

    assert [student.login for student in roster.students] == ["ann"]


def test_rows_of_canvas_that_are_not_students_are_skipped(read: Read) -> None:
    """These are possible points, manual posting and the test student."""
    roster = read(CANVAS)

    assert [student.canvas_id for student in roster.students] == ["4711", "4712"]


def test_columns_that_canvas_matches_by_are_kept_as_exported(read: Read) -> None:
    """These are names with commas and quotes, sections, identifiers and the header."""
    roster = read(CANVAS)

    jane, li = roster.students
    assert (jane.name, jane.section) == ("Doe, Jane", "A, B and C")
    assert (jane.sis_user_id, jane.sis_login_id) == ("s100", "jdoe")
    assert li.name == '="=Ng, 李"'
    assert "Logs: Writer (812)" in li.canvas_header


def test_a_github_column_in_canvas_gives_the_login(read: Read) -> None:
    """A student without an entry in the custom column is named by the SIS login."""
    roster = read(CANVAS)

    assert [student.id for student in roster.students] == ["jane-doe", "lng"]


def test_an_export_of_canvas_may_have_semicolons_and_split_names(read: Read) -> None:
    """Locales with a decimal comma use semicolons; a setting of the gradebook splits names."""
    roster = read(
        "LastName;FirstName;ID;SIS Login ID;Section;Logs (1)\n"
        "    Points Possible;;;;;30,00\n"
        "Müller;Jörg;7;jm;A;7,50\n"
        "Student;Test;8;x;A;\n"
    )

    assert [student.parted_name for student in roster.students] == [("Jörg", "Müller")]
    assert roster.students[0].full_name == "Jörg Müller"


def test_a_plain_table_is_read(read: Read) -> None:
    """Columns may be in any order, and other columns are ignored."""
    roster = read(PLAIN)

    assert [student.id for student in roster.students] == ["jane-doe", "s2"]
    assert roster.students[0].identifier == "s1"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("id", "identifier"),
        ("Student ID", "identifier"),
        ("GitHub Username", "login"),
        ("Username", "username"),
        ("E-Mail", "email"),
        ("Email address", "email"),
        ("ID number", "idnumber"),
        ("canvas_id", "canvas_id"),
    ],
)
def test_one_column_that_identifies_is_enough(read: Read, header: str, field: str) -> None:
    """The spellings of people and of Moodle are accepted."""
    roster = read(f"{header}\tNotes\nan-1\tnone\n")

    assert getattr(roster.students[0], field) == "an-1"
    assert roster.students[0].id == "an-1"


@pytest.mark.parametrize("text", [GITHUB_CLASSROOM, CLASSROOM_50, CANVAS, PLAIN])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_blank_lines_and_byte_order_marks_do_not_matter(
    read: Read, text: str, line_end: str
) -> None:
    """A spreadsheet may change any of them."""
    changed = text.removeprefix("\ufeff").replace("\n", line_end) + f",,{line_end}{line_end}"

    assert read(changed, "utf-8-sig") == read(text)


def test_students_are_found_regardless_of_case(read: Read) -> None:
    """They are found by login and id; an unknown name is not found."""
    roster = read(GITHUB_CLASSROOM)

    assert roster.find("JANE-DOE") is roster.students[0]
    assert roster.find(roster.students[1].id.upper()) is roster.students[1]
    assert roster.find("nobody") is None


def test_students_are_found_by_any_key_that_is_theirs_alone() -> None:
    """A name is never enough, and neither is what two students have."""
    ada = Student(id="ada", name="Ada Lovelace", email="ada@uni.example", canvas_id="7")
    bob = Student(id="bob", login="Bob-B", github_id="42", idnumber="7", sis_login_id="AB12")
    roster = Roster(students=(ada, bob))

    assert roster.find("ADA@uni.example") is ada
    assert roster.find("bob-b") is bob
    assert roster.find("42") is bob
    assert roster.find("ab12") is bob
    assert roster.find("7") is None
    assert roster.find("Ada Lovelace") is None
    assert roster.find("") is None


def test_an_id_is_found_before_another_students_key() -> None:
    """Results are filed by ids, so an id always means its student."""
    ada, bob = Student(id="ada", username="bob"), Student(id="bob", email="b@uni.example")

    assert Roster(students=(ada, bob)).find("bob") is bob


def test_all_mistakes_are_listed_with_their_lines(read: Read) -> None:
    """They are in the order of the file; a text of two lines does not shift the numbers."""
    messages = mistakes(
        read,
        "id,login,name,email\n"
        's1,octo,"two\nlines",a@example.edu\n'
        "s2,OCTO,B,b@example.edu\n"
        "s3,@jane,C,A@Example.edu\n"
        ",,D,\n"
        "s5,five\n"
        "../s6,,E,\n"
        "S1,six,F,\n",
        known=["octo", "six"],
    )

    assert [line.split(":")[0] for line in messages] == [
        *("line 4", "line 5", "line 5", "line 6", "line 7", "line 8", "line 9")
    ]
    assert messages[0] == "line 4: the login 'OCTO' is in line 2 too: remove one"
    assert "'@jane' cannot be a login" in messages[1]
    assert "the e-mail address 'A@Example.edu' is in line 2 too" in messages[2]
    assert "fill in 'login' or 'id' or 'email'" in messages[3]
    assert "has 2 of 4 fields: add what is missing" in messages[4]
    assert "'../s6' must not hold a slash" in messages[5]
    assert "the identifier 'S1' is in line 2 too" in messages[6]


def test_unknown_logins_are_reported(read: Read) -> None:
    """This needs the list of all logins, whose case does not matter."""
    text = "login\nJane\noctocat\nghost\n"

    assert len(read(text).students) == 3
    assert mistakes(read, text, known=["jane", "OctoCat"]) == [
        "line 4: nobody with the login 'ghost' is known: correct it,"
        " or leave it empty until the student has a repository"
    ]


def test_an_id_that_is_another_students_login_is_reported(read: Read) -> None:
    """Their results would lie in one folder."""
    messages = mistakes(read, "id,login\njane,\ns2,Jane\n")

    assert messages == ["line 3: has the same id 'jane' as line 2: remove one"]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("github_username,github_id,name", "identifier"),
        ("Student,ID,SIS Login ID,Logs (1)", "section"),
    ],
)
def test_a_missing_column_is_named_with_the_form_that_has_it(
    read: Read, header: str, missing: str
) -> None:
    """The file looks like a known form, but a column is missing."""
    messages = mistakes(read, header + "\n" + ",".join("a" for _ in header.split(",")) + "\n")

    assert len(messages) == 1
    assert messages[0].startswith(
        f"line 1: the column {missing!r} is missing; a roster of the form "
    )


def test_an_unknown_header_is_answered_with_all_known_forms(read: Read) -> None:
    """So the reader can choose one of them."""
    messages = mistakes(read, "\nfavourite colour,shoe size\nred,42\n")

    assert messages[0] == (
        "line 2: no column says who a student is; its columns are 'favourite colour', 'shoe size':"
        " rename the one that does to id, login, username or email; known are"
    )
    assert [line.strip() for line in messages[1:]] == [
        f"{form.name}: {form.header}" for form in FORMS
    ]


def test_a_duplicate_column_is_reported(read: Read) -> None:
    """Nobody knows which of the two counts."""
    messages = mistakes(read, "login,E-Mail,e_mail\na,b,c\n")

    assert messages == ["line 1: the column 'e_mail' is there 2 times: remove one"]


def test_an_unknown_role_is_reported(read: Read) -> None:
    """A misspelled role must neither hide a student nor grade a teacher."""
    messages = mistakes(read, CLASSROOM_50.replace("student\n", "studnet\n"))

    assert messages == ["line 2: the role 'studnet' is not known: student, ta or teacher"]


def test_unbalanced_quotes_are_reported_with_earlier_mistakes(read: Read) -> None:
    """The rest cannot be read, but no student is skipped silently."""
    messages = mistakes(read, 'id,name\n-s1,A\ns2,"B\ns3,C\n')

    assert [line.split(":")[0] for line in messages] == ["line 2", "line 3"]
    assert "its quotes do not match" in messages[1]


def test_a_row_of_canvas_without_a_name_is_reported(read: Read) -> None:
    """Canvas does not export such a row."""
    messages = mistakes(read, CANVAS + ",,,,A,,7,\n")

    assert "nothing says who this is" in messages[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n  \n", "is empty"),
        (b"id,name\n", "names no student"),
        ("id,name\ns1,Jörg\n".encode("cp1252"), "is not in UTF-8, as line 2 shows"),
        ("id,name\ns1,Ann\n".encode("utf-16")[:-1], "is not in UTF-16, as line 2 shows"),
        ("id,name\ns1,Ann\n".encode("utf-16-le"), "is not in UTF-8"),
        (b"id\n" + b"a" * MAX_ROSTER_BYTES, "is larger than 5 MB"),
        (b"id,name\ns1," + b"a" * 200_000, "its quotes do not match"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_a_roster_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """The error names the file and says what to do."""
    path = tmp_path / "roster.csv"
    path.write_bytes(content)

    with pytest.raises(RosterError) as caught:
        read_roster(path)

    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_path_that_is_not_a_file_is_refused(tmp_path: Path) -> None:
    """It is missing, a folder, a pipe (which would never end), or contains a NUL."""
    os.mkfifo(tmp_path / "pipe")
    messages = {}
    for name in ("nowhere.csv", ".", "pipe", "zero\0"):
        with pytest.raises(RosterError) as caught:
            read_roster(tmp_path / name)
        messages[name] = str(caught.value)

    assert "does not exist" in messages["nowhere.csv"]
    assert "is a folder" in messages["."]
    assert "is not an ordinary file" in messages["pipe"]


@SAME_EACH_TIME
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_any_name_is_read_unchanged(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """Only control characters become blanks, and blanks at the ends are removed."""
    file = io.StringIO()
    csv.writer(file).writerows(
        [["id", "name"], *([f"s{at}", name] for at, name in enumerate(names))]
    )
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    path.write_bytes(file.getvalue().replace("\0", "").encode())

    roster = read_roster(path)

    visible = [
        "".join(" " if unicodedata.category(c) == "Cc" else c for c in name.replace("\0", ""))
        for name in names
    ]
    assert [student.name for student in roster.students] == [name.strip(" ") for name in visible]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_a_hostile_identifier_is_refused_or_made_safe(text: str) -> None:
    """File and folder names never lead elsewhere."""
    try:
        safe = student_id(text)
    except ValueError:
        return

    assert Student(id=safe).id == safe
    assert Path(safe).name == safe
    assert len(safe) <= LONGEST_ID


@pytest.mark.parametrize(
    "text", ["..", "a..b", "a/b", "a\\b", ".hidden", "-rf", "a" * (LONGEST_ID + 1)]
)
def test_an_identifier_that_looks_like_a_path_is_refused(text: str) -> None:
    """Nobody has such a name, so the grader does not guess what it means."""
    with pytest.raises(ValueError, match=r"slash|longer"):
        student_id(text)

    with pytest.raises(ValidationError):
        Student(id=text)


def test_identifiers_that_look_alike_stay_apart() -> None:
    """Characters that are replaced count in the digits, which are the same each time."""
    names = ["Jörg", "Jürg", "J rg", "J-rg", "李", "王"]

    ids = [student_id(name) for name in names]

    assert len(set(ids)) == len(names)
    assert ids == [student_id(unicodedata.normalize("NFD", name)) for name in names]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("octocat", True),
        ("a-b-9", True),
        ("octo_corp", True),
        ("a" * 39, True),
        ("a" * 40, False),
        ("-a", False),
        ("a b", False),
        ("@octocat", False),
        ("octo.cat", False),
        ("octocat\n", False),
        ("", False),
        ("ö", False),
    ],
)
def test_valid_logins_are_recognised(text: str, right: bool) -> None:
    """They have letters, digits and hyphens; those of managed users have an underscore."""
    assert is_login(text) is right


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Ada Maria Lovelace", ("Ada Maria", "Lovelace")),
        ("García Márquez, Gabriel", ("Gabriel", "García Márquez")),
        ("李", ("", "李")),
        ("", ("", "")),
    ],
)
def test_a_name_is_split_into_first_and_last(name: str, parted: tuple[str, str]) -> None:
    """It is split at its comma, otherwise at its last blank."""
    assert Student(id="a", name=name).parted_name == parted


@pytest.mark.parametrize("begin", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_spreadsheet_is_named_as_such(tmp_path: Path, begin: bytes) -> None:
    """Another encoding would not help."""
    path = tmp_path / "roster.xlsx"
    path.write_bytes(begin + bytes(100))

    with pytest.raises(
        RosterError, match=r"is a spreadsheet, and not text: save it as 'CSV UTF-8'"
    ):
        read_roster(path)


@pytest.mark.parametrize("name", ["Participant 103", "participant 103", "Teilnehmer/in103", "103"])
def test_a_participant_is_found_as_the_worksheet_writes_it(tmp_path: Path, name: str) -> None:
    """Such as in `handins.csv`; the words with another's number are not enough."""
    path = tmp_path / "roster.csv"
    path.write_text(
        "Identifier,Full name,Email address,Status,Grade can be changed\n"
        "Participant 103,Ada,ada@x.org,,Yes\nParticipant 104,Bob,bob@x.org,,Yes\n"
    )
    roster = read_roster(path)

    found = roster.find(name)

    assert found is not None
    assert found.id == "ada@x.org"
    assert roster.find("Participant 10") is None


def test_names_that_lost_their_letters_are_named(tmp_path: Path) -> None:
    """A spreadsheet writes `?` for what its encoding does not have."""
    path = tmp_path / "roster.csv"
    path.write_text("id,name\nada,Ada\nivan,?????? ????????\nwhy,Why?\n")

    roster = read_roster(path)

    assert roster.notes == (
        "1 name in the roster lost letters, so nobody is found by it: ?????? ????????: export the"
        " roster again, and save it as 'CSV UTF-8'",
    )


def test_a_key_is_found_as_brightspace_writes_it(tmp_path: Path) -> None:
    """Such as in `handins.csv`, copied from its export."""
    path = tmp_path / "roster.csv"
    path.write_text("OrgDefinedId,Username,Last Name,First Name\n#3021,#ada,Lovelace,Ada\n")
    roster = read_roster(path)

    found = [roster.find(name) for name in ("#3021", "#ada", "3021", "#302")]

    assert [student and student.full_name for student in found] == [*["Ada Lovelace"] * 3, None]
