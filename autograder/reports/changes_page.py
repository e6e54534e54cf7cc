"""Writes the changes of a class's points as one HTML page: tests first, then students."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from jinja2 import Template

from autograder.course.changes import (
    ScoreChange,
    signed,
    words_of_reasons,
    words_of_test,
)
from autograder.feedback.page import page_environment
from autograder.text import decimal_text, plural

MOST_STUDENTS = 2_000
"""Rows of students on a page; `changes.csv` has all of them."""
MOST_TESTS = 200
"""Tests on a page, and in a student's row."""


@dataclass(frozen=True)
class ShownTest:
    """How a test changed the points of the class."""

    name: str
    gained: int
    """Students who gained points by it."""
    lost: int
    points: str
    """Of all students together."""


@dataclass(frozen=True)
class ShownChange:
    """A student's row."""

    name: str
    page: str | None
    before: str
    after: str
    points: str
    tests: tuple[str, ...]
    more_tests: int
    reasons: str


def as_page(
    changes: Sequence[ScoreChange],
    title: str,
    students: int,
    pages: Mapping[str, str] | None = None,
) -> str:
    """Write changes as an HTML page.

    Args:
        changes: Those of the students whose points changed.
        title: Of the assignment.
        students: How many were compared.
        pages: The paths of feedback pages, relative to this page, by student.
    """
    gained = sum(change.points > 0 for change in changes)
    lost = sum(change.points < 0 for change in changes)
    tiles = [
        (gained, f"{plural(gained, 'student')} gained points"),
        (lost, f"{plural(lost, 'student')} lost points"),
        (students - gained - lost, "with the same points"),
    ]
    return _template().render(
        title=title,
        tiles=tiles,
        tests=_tests(changes)[:MOST_TESTS],
        changes=[_shown(change, pages or {}) for change in _ordered(changes)[:MOST_STUDENTS]],
        more=max(0, len(changes) - MOST_STUDENTS),
    )


def _ordered(changes: Sequence[ScoreChange]) -> list[ScoreChange]:
    """Sort changes: those who lost most come first, since they will ask."""
    return sorted(changes, key=lambda change: (change.points, change.student))


def _tests(changes: Sequence[ScoreChange]) -> list[ShownTest]:
    """Sum up each test that changed anybody's points, the one with most students first."""
    points: dict[str, list[float]] = {}
    for change in changes:
        for test in change.tests:
            points.setdefault(test.test, []).append(test.points)
    shown = [
        ShownTest(
            name,
            gained=sum(number > 0 for number in numbers),
            lost=sum(number < 0 for number in numbers),
            points=signed(sum(numbers)),
        )
        for name, numbers in points.items()
    ]
    return sorted(shown, key=lambda test: (-(test.gained + test.lost), test.name))


def _shown(change: ScoreChange, pages: Mapping[str, str]) -> ShownChange:
    page = pages.get(change.student)
    tests = tuple(words_of_test(test) for test in change.tests[:MOST_TESTS])
    return ShownChange(
        name=change.student,
        page=None if page is None else quote(os.fsencode(page)),
        before=_of(change.before, change.max_before),
        after=_of(change.after, change.max_after),
        points=signed(change.points),
        tests=tests,
        more_tests=len(change.tests) - len(tests),
        reasons=words_of_reasons(change),
    )


def _of(points: float | None, most: float | None) -> str:
    if points is None or most is None:
        return "none"
    return f"{decimal_text(points)} / {decimal_text(most)}"


@cache
def _template() -> Template:
    return page_environment("reports", {}).get_template("changes_page.html.jinja")
