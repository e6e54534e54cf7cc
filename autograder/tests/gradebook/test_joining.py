"""A roster of GitHub and a roster of an LMS are joined, and students are never confused."""

import pytest

from autograder.errors import RosterError
from autograder.gradebook.joining import joined
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student


def roster(*students: Student) -> Roster:
    """Return a roster of these students."""
    return Roster(students=students)


JANE_ON_GITHUB = Student(id="octo", login="Octo", identifier="JDoe", name="Jane")
JANE_IN_CANVAS = Student(
    id="jdoe",
    name="Doe, Jane",
    section="A",
    canvas_id="1",
    sis_login_id="jdoe",
    canvas_header=("Student", "ID", "SIS Login ID", "Section"),
)
LI = Student(id="li", email="li@example.edu")


def test_a_joined_student_has_a_login_and_a_canvas_id() -> None:
    """The values that Canvas matches by are as Canvas exported them."""
    (jane,) = joined(roster(JANE_ON_GITHUB), roster(LI, JANE_IN_CANVAS)).students

    assert (jane.id, jane.login, jane.identifier) == ("octo", "Octo", "JDoe")
    assert (jane.name, jane.section, jane.canvas_id) == ("Doe, Jane", "A", "1")
    assert jane.canvas_header == JANE_IN_CANVAS.canvas_header


def test_the_first_roster_says_who_is_in_the_class() -> None:
    """Either roster may have the login, by which results are filed."""
    jane, li = joined(roster(JANE_IN_CANVAS, LI), roster(JANE_ON_GITHUB)).students

    assert (jane.id, jane.name, jane.canvas_id) == ("octo", "Doe, Jane", "1")
    assert li == LI


def test_an_equal_name_is_not_enough() -> None:
    """Two people may have the same name."""
    jane = Student(id="a", name="Jane Doe")
    another = Student(id="b", name="Jane Doe", canvas_id="1")

    assert joined(roster(jane), roster(another)) == roster(jane)


def test_a_canvas_id_is_not_compared_with_other_numbers() -> None:
    """Canvas counts its users, and may reach the number that another student has elsewhere."""
    jane, another = Student(id="a", idnumber="7"), Student(id="b", canvas_id="7")

    assert joined(roster(jane), roster(another)) == roster(jane)


@pytest.mark.parametrize(
    ("on_github", "in_lms"),
    [
        ({"github_id": "42"}, {"github_id": "42"}),
        ({"identifier": "0042"}, {"idnumber": "0042"}),
        ({"identifier": "Jane@example.edu"}, {"email": "jane@example.edu"}),
        ({"identifier": "s1"}, {"sis_user_id": "S1"}),
        ({"email": "jane@example.edu"}, {"username": "jane@example.edu"}),
        ({"moodle_participant": "657717"}, {"moodle_participant": "657717"}),
    ],
)
def test_two_students_who_share_a_key_are_the_same(
    on_github: dict[str, str], in_lms: dict[str, str]
) -> None:
    """What one system calls the ID number may be another's identifier."""
    here = Student.model_validate({"id": "a", **on_github})
    there = Student.model_validate({"id": "b", "name": "Jane Doe", **in_lms})

    (jane,) = joined(roster(here), roster(there)).students

    assert (jane.id, jane.name) == ("a", "Jane Doe")


def test_all_ambiguous_students_are_reported_together() -> None:
    """Nothing is guessed, whichever roster has the two candidates."""
    single = Student(id="a", email="a@example.edu", username="b")
    pair = Student(id="b", email="a@example.edu"), Student(id="c", name="C\n", idnumber="B")

    with pytest.raises(RosterError) as several:
        joined(roster(single, LI), roster(*pair))
    with pytest.raises(RosterError) as the_same:
        joined(roster(*pair), roster(single))

    assert str(several.value).splitlines()[1:] == ["a may be b, c (C\\n): correct what they share"]
    assert [line.split(":")[0] for line in str(the_same.value).splitlines()[1:]] == [
        "b may be a",
        "c (C\\n) may be a",
    ]


def test_two_students_with_the_same_login_are_reported() -> None:
    """Their results would share a folder."""
    rest = Student(id="octo", email="rest@example.edu")

    with pytest.raises(RosterError, match="has the same id as another student"):
        joined(roster(JANE_IN_CANVAS, rest), roster(JANE_ON_GITHUB))
