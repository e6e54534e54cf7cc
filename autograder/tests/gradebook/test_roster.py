"""Rosters are recognised by their headers, and refused with all mistakes together."""

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
from autograder.gradebook.roster import MAX_ROSTER_BYTES, Roster, Student, read_roster
from autograder.gradebook.roster_forms import FORMS
from autograder.gradebook.student import LONGEST_ID, is_login, student_id
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
    """Read a roster that is refused, and return the lines of the message but the first."""
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
    """Teachers and tutors get no grade; who is only invited by e-mail goes by that address."""
    roster = read(CLASSROOM_50)

    assert [student.id for student in roster.students] == ["alice", "bob", "carol@example.edu"]
    assert roster.students[0].full_name == "Alice Andersson"
    assert roster.students[0].section == "section-1"


def test_classroom_50s_guard_against_formulas_is_taken_off(read: Read) -> None:
    """Classroom 50 writes an apostrophe before a formula; the name does not have it."""
    roster = read(CLASSROOM_50)

    assert roster.students[1].first_name == "=Bob"


def test_an_older_roster_of_classroom_50_has_no_role(read: Read) -> None:
    """All in it are students."""
    roster = read("username,first_name,last_name,email,section,github_id\nann,Ann,A,,,1\n")

    assert [student.login for student in roster.students] == ["ann"]


def test_an_export_of_canvas_is_read_without_what_is_no_student(read: Read) -> None:
    """Points possible, manual posting and the test student are rows, but no students."""
    roster = read(CANVAS)

    assert [student.canvas_id for student in roster.students] == ["4711", "4712"]


def test_what_canvas_matches_by_stays_as_it_was_exported(read: Read) -> None:
    """Names with commas and quotes, sections and identifiers, and the header."""
    roster = read(CANVAS)

    jane, li = roster.students
    assert (jane.name, jane.section) == ("Doe, Jane", "A, B and C")
    assert (jane.sis_user_id, jane.sis_login_id) == ("s100", "jdoe")
    assert li.name == '="=Ng, 李"'
    assert "Logs: Writer (812)" in li.canvas_header


def test_a_column_of_canvas_with_logins_joins_both_worlds(read: Read) -> None:
    """A custom column GitHub says the login; who has none goes by the SIS login."""
    roster = read(CANVAS)

    assert [student.id for student in roster.students] == ["jane-doe", "lng"]


def test_an_export_of_canvas_may_have_semicolons_and_parted_names(read: Read) -> None:
    """As it has in locales with a decimal comma, and by a setting of the gradebook."""
    roster = read(
        "LastName;FirstName;ID;SIS Login ID;Section;Logs (1)\n"
        "    Points Possible;;;;;30,00\n"
        "Müller;Jörg;7;jm;A;7,50\n"
        "Student;Test;8;x;A;\n"
    )

    assert [student.parted_name for student in roster.students] == [("Jörg", "Müller")]
    assert roster.students[0].full_name == "Jörg Müller"


def test_a_plain_table_is_read(read: Read) -> None:
    """With columns in any order, and others that are ignored."""
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
    """Spelled as people and Moodle spell it."""
    roster = read(f"{header}\tNotes\nan-1\tnone\n")

    assert getattr(roster.students[0], field) == "an-1"
    assert roster.students[0].id == "an-1"


@pytest.mark.parametrize("text", [GITHUB_CLASSROOM, CLASSROOM_50, CANVAS, PLAIN])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_blank_lines_and_byte_order_marks_do_not_matter(
    read: Read, text: str, line_end: str
) -> None:
    """Whatever a spreadsheet makes of them."""
    changed = text.removeprefix("\ufeff").replace("\n", line_end) + f",,{line_end}{line_end}"

    assert read(changed, "utf-8-sig") == read(text)


def test_students_are_found_in_upper_and_lower_case(read: Read) -> None:
    """By login and by id; who is unknown is not found."""
    roster = read(GITHUB_CLASSROOM)

    assert roster.find("JANE-DOE") is roster.students[0]
    assert roster.find(roster.students[1].id.upper()) is roster.students[1]
    assert roster.find("nobody") is None


def test_all_mistakes_are_told_at_once_each_with_its_line(read: Read) -> None:
    """And in the order of the file; a text of two lines does not shift the numbers."""
    told = mistakes(
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

    assert [line.split(":")[0] for line in told] == [
        *("line 4", "line 5", "line 5", "line 6", "line 7", "line 8", "line 9")
    ]
    assert told[0] == "line 4: the login 'OCTO' is in line 2 too: remove one"
    assert "'@jane' cannot be a login" in told[1]
    assert "the e-mail address 'A@Example.edu' is in line 2 too" in told[2]
    assert "fill in 'login' or 'id' or 'email'" in told[3]
    assert "has 2 fields, but the header has 4" in told[4]
    assert "'../s6' must not hold a slash" in told[5]
    assert "the identifier 'S1' is in line 2 too" in told[6]


def test_logins_that_nobody_has_are_told(read: Read) -> None:
    """Where it is known who there is; in upper or lower case."""
    text = "login\nJane\noctocat\nghost\n"

    assert len(read(text).students) == 3
    assert mistakes(read, text, known=["jane", "OctoCat"]) == [
        "line 4: nobody with the login 'ghost' is known: correct it,"
        " or leave it empty until the student has a repository"
    ]


def test_an_id_that_is_anothers_login_is_told(read: Read) -> None:
    """Their results would lie in one folder."""
    told = mistakes(read, "id,login\njane,\ns2,Jane\n")

    assert told == ["line 3: has the same id 'jane' as line 2: remove one"]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("github_username,github_id,name", "identifier"),
        ("username,github_id,first_name,last_name,email", "section"),
        ("Student,ID,SIS Login ID,Logs (1)", "section"),
    ],
)
def test_a_missing_column_is_named_with_the_form_that_has_it(
    read: Read, header: str, missing: str
) -> None:
    """The file looks like a form, but has lost a column."""
    told = mistakes(read, header + "\n" + ",".join("a" for _ in header.split(",")) + "\n")

    assert len(told) == 1
    assert told[0].startswith(f"line 1: the column {missing!r} is missing; a roster of the form ")


def test_a_header_that_says_nothing_is_answered_with_all_forms(read: Read) -> None:
    """So that one can be chosen."""
    told = mistakes(read, "\nfavourite colour,shoe size\nred,42\n")

    assert told[0] == "line 2: no column says who a student is; known are"
    assert [line.strip() for line in told[1:]] == [f"{form.name}: {form.header}" for form in FORMS]


def test_a_column_that_is_there_twice_is_told(read: Read) -> None:
    """It is not known which of them counts."""
    told = mistakes(read, "login,E-Mail,e_mail\na,b,c\n")

    assert told == ["line 1: the column 'e_mail' is there 2 times: remove one"]


def test_an_unknown_role_is_told(read: Read) -> None:
    """A misspelled role must neither hide a student nor grade a teacher."""
    told = mistakes(read, CLASSROOM_50.replace("student\n", "studnet\n"))

    assert told == ["line 2: the role 'studnet' is not known: student, ta or teacher"]


def test_quotes_that_do_not_match_are_told_with_what_was_found_before(read: Read) -> None:
    """The rest cannot be read, and no student is swallowed in silence."""
    told = mistakes(read, 'id,name\n-s1,A\ns2,"B\ns3,C\n')

    assert [line.split(":")[0] for line in told] == ["line 2", "line 3"]
    assert "its quotes do not match" in told[1]


def test_a_row_of_canvas_without_a_name_is_told(read: Read) -> None:
    """It is no row of Canvas's own."""
    told = mistakes(read, CANVAS + ",,,,A,,7,\n")

    assert "nothing says who this is" in told[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n  \n", "is empty"),
        (b"id,name\n", "names no student"),
        ("id,name\ns1,Jörg\n".encode("cp1252"), "is not in UTF-8, as line 2 shows"),
        ("id,name\ns1,Ann\n".encode("utf-16"), "is not in UTF-8"),
        ("id,name\ns1,Ann\n".encode("utf-16-le"), "is not in UTF-8"),
        (b"id\n" + b"a" * MAX_ROSTER_BYTES, "is larger than 5 MB"),
        (b"id,name\ns1," + b"a" * 200_000, "its quotes do not match"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_roster_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """With its name and what to do."""
    path = tmp_path / "roster.csv"
    path.write_bytes(content)

    with pytest.raises(RosterError) as caught:
        read_roster(path)

    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    """One that is not there, a folder, a pipe (which would never end), and one with a zero."""
    os.mkfifo(tmp_path / "pipe")
    said = {}
    for name in ("nowhere.csv", ".", "pipe", "zero\0"):
        with pytest.raises(RosterError) as caught:
            read_roster(tmp_path / name)
        said[name] = str(caught.value)

    assert "does not exist" in said["nowhere.csv"]
    assert "is a folder" in said["."]
    assert "is not an ordinary file" in said["pipe"]


@SAME_EACH_TIME
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_any_name_is_read_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """But for control characters, which become blanks, and blanks at the ends."""
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
    """No name of a file or folder leads elsewhere."""
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
    """It is no name that a person has, so nobody is to guess what was meant."""
    with pytest.raises(ValueError, match=r"slash|longer"):
        student_id(text)

    with pytest.raises(ValidationError):
        Student(id=text)


def test_identifiers_that_look_alike_stay_apart() -> None:
    """What is lost in plain letters is kept in the digits, the same each time."""
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
def test_what_can_be_a_login_is_known(text: str, right: bool) -> None:
    """Letters, digits and hyphens; a managed user's has an underscore."""
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
def test_a_name_is_parted_where_it_must_be(name: str, parted: tuple[str, str]) -> None:
    """At its comma, else at its last blank."""
    assert Student(id="a", name=name).parted_name == parted
