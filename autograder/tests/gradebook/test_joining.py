"""A roster of GitHub's and one of an LMS become one, and nobody is taken for another."""

import pytest

from autograder.errors import RosterError
from autograder.gradebook.joining import joined
from autograder.gradebook.roster import Roster, Student


def roster(*students: Student) -> Roster:
    """A roster of these students."""
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


def test_a_student_has_a_login_and_an_id_of_canvas_then() -> None:
    """What Canvas matches by is as Canvas exported it."""
    (jane,) = joined(roster(JANE_ON_GITHUB), roster(LI, JANE_IN_CANVAS)).students

    assert (jane.id, jane.login, jane.identifier) == ("octo", "Octo", "JDoe")
    assert (jane.name, jane.section, jane.canvas_id) == ("Doe, Jane", "A", "1")
    assert jane.canvas_header == JANE_IN_CANVAS.canvas_header


def test_the_first_roster_says_who_is_in_the_class() -> None:
    """And it does not matter which of the two has the login: results are filed by it."""
    jane, li = joined(roster(JANE_IN_CANVAS, LI), roster(JANE_ON_GITHUB)).students

    assert (jane.id, jane.name, jane.canvas_id) == ("octo", "Doe, Jane", "1")
    assert li == LI


def test_a_name_alone_makes_nobody_the_same() -> None:
    """Two people may be called the same."""
    one, other = Student(id="a", name="Jane Doe"), Student(id="b", name="Jane Doe", canvas_id="1")

    assert joined(roster(one), roster(other)) == roster(one)


def test_an_id_of_canvas_is_nobodys_number_elsewhere() -> None:
    """Canvas counts its users itself, and may hit upon a student's number."""
    one, other = Student(id="a", idnumber="7"), Student(id="b", canvas_id="7")

    assert joined(roster(one), roster(other)) == roster(one)


def test_who_may_be_several_is_told_with_all_others() -> None:
    """Nothing is guessed, whichever side has the two."""
    one = Student(id="a", email="a@example.edu", username="b")
    two = Student(id="b", email="a@example.edu"), Student(id="c", name="C\n", idnumber="B")

    with pytest.raises(RosterError) as several:
        joined(roster(one, LI), roster(*two))
    with pytest.raises(RosterError) as the_same:
        joined(roster(*two), roster(one))

    assert str(several.value).splitlines()[1:] == ["a may be b, c (C\\n): correct what they share"]
    assert [line.split(":")[0] for line in str(the_same.value).splitlines()[1:]] == [
        "b may be a",
        "c (C\\n) may be a",
    ]


def test_two_that_would_go_by_one_login_are_told() -> None:
    """Their results would lie in one folder."""
    rest = Student(id="octo", email="rest@example.edu")

    with pytest.raises(RosterError, match="has the same id as another student"):
        joined(roster(JANE_IN_CANVAS, rest), roster(JANE_ON_GITHUB))
