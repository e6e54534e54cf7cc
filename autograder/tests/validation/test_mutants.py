"""Mutants of the solution: what they change, and which are listed as equivalent."""

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


def test_each_mutant_has_one_change_and_a_unique_name() -> None:
    """Operators, numbers and assignments change; printed text, docstrings and main do not."""
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
    """A reason is written once for all its mutants."""
    (tmp_path / EQUIVALENTS_FILE).write_text('"only longer pauses" = ["m1", "m2"]\n')

    assert read_equivalents(tmp_path) == {"m1": "only longer pauses", "m2": "only longer pauses"}


@pytest.mark.parametrize("text", ["=", '"why" = "m1"'])
def test_a_wrong_list_of_equivalent_mutants_is_named(text: str, tmp_path: Path) -> None:
    """The error names the file to fix."""
    (tmp_path / EQUIVALENTS_FILE).write_text(text)

    with pytest.raises(AssignmentError, match=EQUIVALENTS_FILE):
        read_equivalents(tmp_path)
