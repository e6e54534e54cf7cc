"""Mutants of the solution: what is changed, what is left alone, and which are excused."""

from pathlib import Path

import pytest

from autograder.errors import AssignmentError
from autograder.validation.mutants import EQUIVALENTS_FILE, make_mutants, read_equivalents

SOURCE = '''
def f(limit: int = 3) -> int:
    """Not this 1."""
    print("nor this", 2)
    while limit > 5:
        limit = limit - 5
    return limit


def main():
    f(7)
'''


def test_each_mutant_has_one_change_in_a_name_of_its_own() -> None:
    """Operators and numbers of functions, not what is printed, documented or shown by main."""
    mutants = make_mutants("a.py", SOURCE)

    assert [mutant.name for mutant in mutants] == [
        "a.py: f: `> 5` -> `>= 5`",
        "a.py: f: `5` -> `6`",
        "a.py: f: `limit = limit - 5` -> `limit = None`",
        "a.py: f: `limit - 5` -> `limit + 5`",
        "a.py: f: `5` -> `6` #2",
    ]
    assert mutants[4].source == SOURCE.replace("limit - 5", "limit - 6")


def test_equivalent_mutants_are_listed_by_reason(tmp_path: Path) -> None:
    """The reason stands once for all that it excuses."""
    (tmp_path / EQUIVALENTS_FILE).write_text('"only longer pauses" = ["m1", "m2"]\n')

    assert read_equivalents(tmp_path) == {"m1": "only longer pauses", "m2": "only longer pauses"}


@pytest.mark.parametrize("text", ["=", '"why" = "m1"'])
def test_a_wrong_list_of_equivalent_mutants_is_named(text: str, tmp_path: Path) -> None:
    """With the file to mend."""
    (tmp_path / EQUIVALENTS_FILE).write_text(text)

    with pytest.raises(AssignmentError, match=EQUIVALENTS_FILE):
        read_equivalents(tmp_path)
