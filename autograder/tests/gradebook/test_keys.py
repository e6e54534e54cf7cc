"""Keys of the same student compare equal, however a system or a person spells them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.gradebook.keys import Key, KeyKind, comparable
from autograder.gradebook.student import Student
from autograder.tests.feedback.nasty import SAME_EACH_TIME


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (KeyKind.LOGIN, ["Ada-L", "ada-l", " ADA-L "]),
        (KeyKind.EMAIL, ["Ada@Example.org", "ada@example.org"]),
        (KeyKind.NAME, ["Ada Lovelace", "Lovelace, Ada", "ada  lovelace ", "ADA\u00a0LOVELACE"]),
        (KeyKind.NAME, ["Jörg Müller", "Mu\u0308ller, Jo\u0308rg", "MÜLLER,Jörg"]),
        (KeyKind.NAME, ["Ángel López García", "lópez garcía, ángel"]),
        (KeyKind.NAME, ["Jürgen Groß", "GROSS, Jürgen"]),
        (KeyKind.NAME, ["Анна Иванова", "ИВАНОВА, Анна"]),
        (KeyKind.NAME, ["王小明", "王 小明"]),
        (KeyKind.NAME, ["小明王", "王, 小明"]),
        (KeyKind.NAME, ["홍길동", "홍 길동"]),
        (KeyKind.NAME, ["Cher", "cher"]),
    ],
    ids=str,
)
def test_spellings_of_one_key_are_equal(kind: KeyKind, spellings: list[str]) -> None:
    """Case, Unicode form, blanks and the order of a name with a comma do not matter."""
    assert len({Key.of(kind, spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("text", "other"),
    [("jurgen", "jürgen"), ("Ada Lovelace", "Lovelace Ada"), ("o'brien", "obrien"), ("1", "01")],
)
def test_other_texts_are_other_keys(text: str, other: str) -> None:
    """Nothing is guessed: an umlaut, an order without a comma, or a zero may tell two apart."""
    assert Key.of(KeyKind.NAME, text) != Key.of(KeyKind.NAME, other)


@SAME_EACH_TIME
@given(st.text(), st.sampled_from(KeyKind))
def test_a_key_of_any_text_is_stable(text: str, kind: KeyKind) -> None:
    """Its Unicode form does not matter, and a comparable text stays as it is."""
    key = Key.of(kind, text)

    assert key == Key.of(kind, unicodedata.normalize("NFD", text))
    assert key == Key.of(kind, unicodedata.normalize("NFC", text))
    assert comparable(comparable(text)) == comparable(text)


def test_a_student_has_a_key_for_each_system() -> None:
    """A hand-in may be named by any of them."""
    student = Student(
        id="ada-l",
        login="Ada-L",
        github_id="42",
        name="Lovelace, Ada",
        email="Ada@example.org",
        username="s1",
        idnumber="007",
        moodle_participant="657717",
        canvas_id="98765",
        sis_user_id="U1",
        sis_login_id="ada@uni.example",
    )

    assert {
        Key.of(KeyKind.LOGIN, "ada-l"),
        Key.of(KeyKind.GITHUB_ID, "42"),
        Key.of(KeyKind.EMAIL, "ada@example.org"),
        Key.of(KeyKind.EMAIL, "ada@uni.example"),
        Key.of(KeyKind.USERNAME, "S1"),
        Key.of(KeyKind.ID_NUMBER, "007"),
        Key.of(KeyKind.MOODLE_PARTICIPANT, "657717"),
        Key.of(KeyKind.CANVAS_ID, "98765"),
        Key.of(KeyKind.SIS_ID, "u1"),
        Key.of(KeyKind.NAME, "Ada Lovelace"),
        Key.of(KeyKind.NAME, "Lovelace Ada"),
    } <= student.keys
    assert Key.of(KeyKind.CANVAS_ID, "657717") not in student.keys


def test_a_name_with_a_comma_of_its_own_has_both_orders() -> None:
    """A hand-in may show it either way."""
    keys = Student(id="x", first_name="Conor", last_name="O'Brien, Jr.").keys

    assert Key.of(KeyKind.NAME, "Conor O'Brien, Jr.") in keys
    assert Key.of(KeyKind.NAME, "O'Brien, Jr., Conor") in keys


def test_numbers_of_the_institution_have_many_names() -> None:
    """An instructor's identifier or Moodle's ID number may be the SID of Gradescope."""
    sid = Key.of(KeyKind.SIS_ID, "s1")

    for field in ("identifier", "username", "idnumber", "sis_user_id", "sis_login_id"):
        assert sid in Student.model_validate({"id": "x", field: "S1"}).keys
    assert Key.of(KeyKind.EMAIL, "a@b.c") in Student(id="x", identifier="a@b.c").keys


def test_a_student_of_whom_nothing_is_known_has_no_keys() -> None:
    """An empty field names nobody."""
    assert Student(id="x").keys == frozenset()
    assert Student(id="x", name=" ", email=" ").keys == frozenset()
