"""The JSON format: complete strings, in ASCII."""

import json

from hypothesis import given

from autograder.feedback.data import as_json
from autograder.grading.grade import Grade
from autograder.tests.feedback.nasty import NASTY, PLACES, SAME_EACH_TIME, grade_of, hostile


def with_joined_surrogates(text: str) -> str:
    """Join a high surrogate and the low one after it, since JSON cannot express the two apart."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@SAME_EACH_TIME
@given(hostile())
def test_it_holds_the_whole_grade(strings: list[str]) -> None:
    """Reading the JSON returns the grade that was written."""
    grade = grade_of([with_joined_surrogates(text) for text in strings])

    assert Grade.model_validate(json.loads(as_json(grade))) == grade


def test_names_of_files_are_kept_whatever_they_are() -> None:
    """A name that is not UTF-8 has lone surrogates; these are kept, also in a key."""
    grade = grade_of([f"{number} \udfff\udbff" for number in range(PLACES)])

    assert Grade.model_validate(json.loads(as_json(grade))) == grade


def test_no_nasty_string_reaches_a_terminal_or_the_runner() -> None:
    """The output is printable ASCII, and no line is a workflow command."""
    for text in NASTY:
        written = as_json(grade_of([text]))

        assert all(" " <= character <= "~" or character == "\n" for character in written)
        assert "##[" not in written
        assert not [line for line in written.splitlines() if line.strip().startswith("::")]
