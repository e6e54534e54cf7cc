"""Each system's roster is read with all students, their ids and their keys, and without staff."""

from pathlib import Path

import pytest

from autograder.errors import RosterError
from autograder.gradebook.roster import RosterEncoding, read_roster
from autograder.gradebook.student import Student, student_id
from autograder.tests.gradebook.rosters import CASES, CLASS, RosterCase


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_systems_roster_is_read(case: RosterCase, tmp_path: Path) -> None:
    """Everybody in it has an id and the keys that a hand-in may name them by; staff is left out."""
    path = tmp_path / "roster.csv"
    path.write_bytes(case.content)

    students = read_roster(path).students

    assert [student.id for student in students] == [
        student_id(identifier) for identifier, _ in case.students
    ]
    for student, (_, keys) in zip(students, case.students, strict=True):
        assert keys <= student.keys


def test_there_are_enough_rosters() -> None:
    """All systems and six scripts are among them."""
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
    assert len(CLASS) >= 6


def parts(header: str, row: str, tmp_path: Path) -> Student:
    """Read a roster of one student."""
    path = tmp_path / "roster.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    (student,) = read_roster(path).students
    return student


@pytest.mark.parametrize(
    ("header", "row", "first", "last", "full"),
    [
        ("email;Nome;Cognome", "a@b;Ada;Lovelace", "Ada", "Lovelace", "Ada Lovelace"),
        ("email;Nombre;Apellidos", "a@b;Ada;Lovelace", "Ada", "Lovelace", "Ada Lovelace"),
        ("email;Prénom;Nom", "a@b;Ada;Lovelace", "Ada", "Lovelace", "Ada Lovelace"),
        ("email;Vorname;Name", "a@b;Ada;Lovelace", "Ada", "Lovelace", "Ada Lovelace"),
        ("email;Name", "a@b;Ada Lovelace", "", "", "Ada Lovelace"),
        ("email;Name;Vorname;Nachname", "a@b;A. L.;Ada;Lovelace", "Ada", "Lovelace", "A. L."),
    ],
)
def test_a_title_may_be_a_part_of_the_name_or_the_whole(
    header: str, row: str, first: str, last: str, full: str, tmp_path: Path
) -> None:
    """The other columns say which."""
    student = parts(header, row, tmp_path)

    assert (student.first_name, student.last_name, student.full_name) == (first, last, full)


def test_a_file_without_a_mark_is_read_in_the_encoding_that_is_given(tmp_path: Path) -> None:
    """A byte order mark says more than the argument."""
    path = tmp_path / "roster.csv"
    text = "id;name\nju;Jürgen Müller\n"
    for content in (text.encode("cp1252"), text.encode("utf-8-sig"), text.encode("utf-16")):
        path.write_bytes(content)

        (student,) = read_roster(path, encoding=RosterEncoding.WINDOWS_1252).students

        assert student.name == "Jürgen Müller"


@pytest.mark.parametrize("number", ["1.23E+08", "-1", "x", "1" * 20])
def test_a_github_id_that_is_no_number_is_a_mistake(number: str, tmp_path: Path) -> None:
    """A spreadsheet may have rounded it, and it would be another account's."""
    with pytest.raises(RosterError, match="is not a number"):
        parts("identifier,github_username,github_id", f"a,ada,{number}", tmp_path)


def test_a_github_id_of_zero_is_none(tmp_path: Path) -> None:
    """Classroom 50 writes it for an account that it does not know."""
    assert parts("identifier,github_username,github_id", "a,ada,0", tmp_path).github_id == ""


def test_a_role_that_is_not_known_is_a_student_where_roles_are_free(tmp_path: Path) -> None:
    """Moodle's roles can be renamed."""
    assert parts("email,Roles", "a@b.example,Auditeur libre", tmp_path).email == "a@b.example"


def test_fields_beyond_the_header_may_be_empty(tmp_path: Path) -> None:
    """Some programs end each line with a delimiter, the header excepted."""
    assert parts("id,name", "ada,Ada,,", tmp_path).name == "Ada"


@pytest.mark.parametrize(
    "role",
    [
        *("Dozent/in", "Lehrende/r", "Professeur", "Преподаватель", "無編輯權教師", "Grader"),
        *("Course Builder", "Docente non editor", "Ассистент (без права редактирования)"),
        *("Övningsassistent, Lärare", "Nauczyciel", "助教", "教員", "Leerkracht", "Ajudant"),
    ],
)
def test_people_who_teach_are_left_out_in_any_language(tmp_path: Path, role: str) -> None:
    """Systems let a school rename its roles, so their own words are not enough."""
    path = tmp_path / "roster.csv"
    path.write_text(f'email,Roles\na@b.example,Student\nt@b.example,"{role}"\n', "utf-8")

    roster = read_roster(path)

    assert [student.email for student in roster.students] == ["a@b.example"]
    assert roster.notes == ()


def test_staff_who_are_students_as_well_are_students_and_named(tmp_path: Path) -> None:
    """A grade that is missing is worse than a row too many."""
    path = tmp_path / "roster.csv"
    path.write_text(
        'email,name,Roles\na@b.example,Ada,Student\nb@b.example,Bo,"Student, Tutor"\n'
        'c@b.example,Cy,"Teacher, Manager"\nd@b.example,Di,Student assistant\n',
        "utf-8",
    )

    roster = read_roster(path)

    assert [student.name for student in roster.students] == ["Ada", "Bo"]
    assert [person.name for person in roster.staff] == ["Cy", "Di"]
    assert roster.notes == (
        "staff who are students as well count as students: Bo:"
        " remove from the roster who is not a student",
    )


def test_staff_with_a_second_row_as_a_student_are_students_and_named(tmp_path: Path) -> None:
    """Some systems give a row to each role that a person has."""
    path = tmp_path / "roster.csv"
    path.write_text(
        "email,name,Roles\na@b.example,Ada,Student\nb@b.example,Bo,Tutor\nB@b.example,Bo,Student\n",
        "utf-8",
    )

    roster = read_roster(path)

    assert [student.name for student in roster.students] == ["Ada", "Bo"]
    assert roster.notes == (
        "staff who are students as well count as students: Bo:"
        " remove from the roster who is not a student",
    )


def test_a_role_that_nobody_knows_is_named_with_three_people(tmp_path: Path) -> None:
    """It counts as a student's; words for students in any language are known."""
    path = tmp_path / "roster.csv"
    guests = "".join(f"g{at}@b.example,G{at},Gast\n" for at in range(5))
    known = "s@b.example,S,Étudiant\nt@b.example,T,Студент\nu@b.example,U,\n"
    path.write_text(f"email,name,Roles\n{guests}{known}v@b.example,V,Auditor\n", "utf-8")

    roster = read_roster(path)

    assert len(roster.students) == 9
    assert roster.notes == (
        "the role 'Gast' is not known, and counts as a student's: G0, G1, G2 and 2 more: remove"
        " from the roster who is not a student",
        "the role 'Auditor' is not known, and counts as a student's: V: remove from the roster who"
        " is not a student",
    )
