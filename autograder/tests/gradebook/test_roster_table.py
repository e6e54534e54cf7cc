"""The table that makes most sense of a text is taken, and no bytes make the reader fail."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import RosterError
from autograder.gradebook.roster import MAX_ROSTER_BYTES, RosterEncoding, read_roster
from autograder.gradebook.roster.table import MAX_COLUMNS, MAX_ROWS, parse_roster
from autograder.tests.feedback.nasty import NASTY, SAME_EACH_TIME
from autograder.tests.gradebook.rosters import CASES, RosterCase

LONGEST_MESSAGE = 50_000


def mistakes(text: str, tmp_path: Path) -> list[str]:
    """Read a roster that is refused; return the lines of the message except the first."""
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode())
    with pytest.raises(RosterError) as caught:
        read_roster(path)
    return str(caught.value).splitlines()[1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A comma in a text does not make commas the delimiter, and the other way round.
        ('"id";"name"\n"a";"L, A"\n"b";"M, B"\n', [["a", "L, A"], ["b", "M, B"]]),
        ("id;name,first\na;L,A\n", [["a", "L,A"]]),
        ("id,name;first\na,L;A\n", [["a", "L;A"]]),
        ("id\tname\na\tL, A; B\n", [["a", "L, A; B"]]),
        # Of two headers that are known, the one with rows as wide.
        ("id;x,email\na,b;c\na,b;c\n", [["a", "b;c"]] * 2),
        # Blanks around quotes, and quotes within a text.
        ('"id" , "name" \n"a" , "L, ""A"" , B" \n', [["a", 'L, "A" , B']]),
        ('id,name\na,5" disk\n', [["a", '5" disk']]),
        # Excel's own line, also quoted or padded by a spreadsheet.
        ("sep=;\nid;name\na;b\n", [["a", "b"]]),
        ('"sep=;"\nid;name\na;b\n', [["a", "b"]]),
        ("SEP=,,,\r\nid,name\r\na,b\r\n", [["a", "b"]]),
        ("sep=|\nid|name\na|b\n", [["a", "b"]]),
    ],
)
def test_the_table_that_makes_most_sense_is_taken(text: str, expected: list[list[str]]) -> None:
    """No delimiter is preferred because it is tried first."""
    assert [row for _, row in parse_roster(text).rows] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Too few fields, as in a list of participants that somebody has cut.
        (
            "First name,Surname,ID number,Email address,Groups\n"
            'Sally,Smith,1,sally@x.example,"A, B"\nMary,Stewart,2\n',
            "line 3: has 3 of 5 fields: add what is missing, or remove the line",
        ),
        (
            "id;name;email\na;b;c\nd;e;f;g\n",
            "line 3: has 4 fields, but the header has 3: put quotes around a text that holds the"
            " delimiter",
        ),
        (
            '"id";"name\na;b\nc;d\n',
            "line 1: its quotes do not match: close each, and double those inside a text; the lines"
            " below were not read",
        ),
        (
            'sep=;\n"id";"name"\na;"b\n',
            "line 3: its quotes do not match: close each, and double those inside a text; the lines"
            " below were not read",
        ),
        ("sep=;\nid;login\na;@b\n", "line 3: '@b' cannot be a login on GitHub"),
    ],
)
def test_a_message_is_about_the_table_that_is_there(
    text: str, message: str, tmp_path: Path
) -> None:
    """The delimiter that nobody used is not mentioned, and lines are those of the file."""
    (line,) = mistakes(text, tmp_path)

    assert line.startswith(message)


def test_titles_that_are_not_known_are_named(tmp_path: Path) -> None:
    """So the reader sees which one to rename, of the columns that the file has."""
    first, *_ = mistakes("Jméno;Příjmení;Osobní číslo\nA;B;1\n", tmp_path)

    assert first.startswith(
        "line 1: no column says who a student is; its columns are"
        " 'Jméno', 'Příjmení', 'Osobní číslo': rename the one"
    )


def test_a_roster_of_staff_alone_says_so(tmp_path: Path) -> None:
    """Otherwise the reader would look for rows that are there."""
    path = tmp_path / "roster.csv"
    path.write_text("email,role\np@x.example,Teacher\n")

    with pytest.raises(RosterError, match="only 1 row of staff"):
        read_roster(path)


def test_many_mistakes_are_counted(tmp_path: Path) -> None:
    """A screen of them is enough to see what is wrong."""
    lines = mistakes("id,login\n" + "".join(f"a{at},@{at}\n" for at in range(80)), tmp_path)

    assert len(lines) == 51
    assert lines[-1] == "and 30 more"


def read_within_bounds(content: bytes, path: Path, encoding: RosterEncoding) -> None:
    """Read a roster, or have it refused; nothing else may happen."""
    path.write_bytes(content)
    try:
        roster = read_roster(path, encoding=encoding)
    except RosterError as error:
        message = str(error)
    else:
        message = ""
        assert 0 < len(roster.students) <= MAX_ROWS
        for student in roster.students:
            assert roster.find(student.id) is student
            assert all(key.value for key in student.keys)
    assert len(message) < LONGEST_MESSAGE


ANY_ENCODING = st.sampled_from(RosterEncoding)
ALPHABET = st.sampled_from([*",;\t|\"\r\n \0#'=@/.-", *string.digits, "a", "é", "王", "\u0301"])
PIECES = st.one_of(
    ALPHABET,
    st.sampled_from(
        [
            *("id", "login", "email", "name", "Student", "ID", "Section", "sep=;", "username"),
            *("Identifier", "Status", "Grade can be changed", "Participant 12", "role"),
            *("OrgDefinedId", "SID", "Student, Test", "x_previewuser", "github_id"),
        ]
    ),
    st.sampled_from(NASTY),
)


@SAME_EACH_TIME
@given(content=st.binary(max_size=300), encoding=ANY_ENCODING)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, encoding: RosterEncoding
) -> None:
    """A file from anywhere never ends in another error."""
    read_within_bounds(content, tmp_path_factory.getbasetemp() / "any.csv", encoding)


@SAME_EACH_TIME
@given(
    pieces=st.lists(PIECES, max_size=60),
    form=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"]),
    encoding=ANY_ENCODING,
)
def test_anything_like_a_roster_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    pieces: list[str],
    form: str,
    encoding: RosterEncoding,
) -> None:
    """Titles, delimiters, quotes and line ends are in any order."""
    content = "".join(pieces).encode(form, "replace")

    read_within_bounds(content, tmp_path_factory.getbasetemp() / "any.csv", encoding)


@SAME_EACH_TIME
@given(
    case=st.sampled_from(CASES),
    cut=st.integers(0, 3000),
    length=st.integers(0, 20),
    put=st.binary(max_size=6),
)
def test_a_damaged_roster_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, case: RosterCase, cut: int, length: int, put: bytes
) -> None:
    """Some bytes of a system's roster are lost, and others in their place."""
    content = case.content[:cut] + put + case.content[cut + length :]

    read_within_bounds(
        content, tmp_path_factory.getbasetemp() / "any.csv", RosterEncoding.WINDOWS_1252
    )


def filled(head: bytes, unit: bytes) -> bytes:
    """Repeat a text up to the largest size that is read."""
    return (head + unit * (MAX_ROSTER_BYTES // len(unit)))[:MAX_ROSTER_BYTES]


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        (b"id\n", b",\n"),
        (b"id\n", b"a\n"),
        (b"id,", b"name,"),
        (b"", b'"'),
        (b'id," ', b',""x'),
        (b'id,"', b',"" '),
        (b"id", b'" ,'),
        (b"", b' "'),
        (b"id,name\n", b" "),
        (b"id,name\n1,", b"\xcc\x81"),
        (b"\xff\xfe", b'a\x00,\x00"\x00b\x00"\x00\n\x00'),
    ],
)
def test_the_largest_files_are_read_within_bounds(head: bytes, unit: bytes, tmp_path: Path) -> None:
    """Many quotes, blanks, rows or columns take time in proportion to the file's size."""
    read_within_bounds(filled(head, unit), tmp_path / "large.csv", RosterEncoding.UTF_8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id\n" + "a\n" * (MAX_ROWS + 1), "more than 20,000 rows"),
        ("id" + ",a" * MAX_COLUMNS + "\n", "more than 2,000 columns"),
    ],
)
def test_more_rows_or_columns_than_a_roster_has_are_refused(
    text: str, message: str, tmp_path: Path
) -> None:
    """It is another file, and nobody needs a line for each of its mistakes."""
    path = tmp_path / "roster.csv"
    path.write_text(text)

    with pytest.raises(RosterError, match=message):
        read_roster(path)
