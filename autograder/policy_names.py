"""Checks that the students and hidden tests that a course file names exist."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Protocol

from autograder.errors import PolicyError
from autograder.policy import Enrolled, Policy, names_student

LONGEST_TEST = 200
"""Characters of a test's name that are compared with others."""


class Enrolment(Protocol):
    """A class in which a name can be looked up."""

    def find(self, name: str) -> Enrolled | None:
        """Return the student of that name; None if there is none."""


def check_names(
    policy: Policy, students: Enrolment | None, tests: Collection[str] | None = None
) -> None:
    """Check that each extension and excuse belongs to a student, and each ruling to a test.

    Args:
        policy: The course's.
        students: The roster; None not to check them.
        tests: Names of the hidden tests; None not to check them.

    Raises:
        PolicyError: Some do not; a line for each.
    """
    mistakes = []
    named = (("extensions", "extend", policy.extensions), ("excused", "excuse", policy.excused))
    for key, command, names in named:
        for name in names if students is not None else ():
            found = students.find(name) if students is not None else None
            if found is None:
                mistakes.append(
                    f"{key}.{name}: is not in the roster: correct it or, if the student left,"
                    f" remove it: `autograder {command} {name} --remove`"
                )
            elif not names_student(name, found):
                mistakes.append(f"{key}.{name}: write the student's id: {found.id}")
    if tests is not None:
        mistakes += [
            f'tests."{name}": is not a hidden test: {_suggestion(name, tests)}'
            for name in policy.tests
            if name not in tests
        ]
    if mistakes:
        raise PolicyError("\n".join(mistakes))


def _suggestion(name: str, tests: Collection[str]) -> str:
    """Say which hidden test may be meant, or where their names are."""
    alike = get_close_matches(name[:LONGEST_TEST], tests, n=3)
    if alike:
        return f"did you mean {' or '.join(map(repr, alike))}?"
    return "`autograder tests` lists their names"
