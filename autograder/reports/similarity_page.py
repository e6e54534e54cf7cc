"""Writes similar submissions as one HTML page: a table, then the code side by side.

Text from students is escaped by `in_html`. The page runs no script and loads nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from jinja2 import Template

from autograder.feedback.page import page_environment
from autograder.reports.similar_pairs import Compared, Comparison, Pair, ReadFile
from autograder.text import in_html

CONTEXT = 3
"""Lines shown around those that are alike."""
MOST_LINES = 400
"""Lines shown of one file."""
MOST_FILES = 8
"""Files shown of one submission."""
LONGEST_LINE = 160
"""Characters of a line that are shown."""
MOST_TEXT = 3_000_000
"""Characters of code and its markup on a page; later pairs are in the table alone.

A character of code becomes five at most (`&amp;`), so that no page has more than 15 MB.
"""
MARKUP = 70
"""Characters of markup of one line."""
MOST_LEFT_OUT = 300
"""Lines on what was not compared."""


@dataclass(frozen=True)
class Line:
    """A line of code on the page; a gap has the number 0."""

    number: int
    text: str
    alike: bool


@dataclass(frozen=True)
class ShownFile:
    """A file with its similar lines, and the lines around them."""

    name: str
    lines: tuple[Line, ...]
    cut: bool
    """Whether it has more similar lines than are shown."""


@dataclass(frozen=True)
class ShownPair:
    """A pair on the page."""

    number: int
    names: tuple[str, str]
    percent: int
    lines: tuple[int, int]
    """How many lines of each are similar."""
    sides: tuple[tuple[ShownFile, ...], tuple[ShownFile, ...]]
    """Empty if the page is full."""


def as_page(comparison: Comparison, title: str, *, anonymous: bool = False) -> str:
    """Write a comparison as an HTML page.

    Args:
        comparison: The pairs.
        title: Of the assignment.
        anonymous: Whether to number the students rather than to name them.
    """
    names = _names(comparison, anonymous=anonymous)
    left_out = () if anonymous else comparison.left_out
    room = MOST_TEXT
    shown = []
    for number, pair in enumerate(comparison.pairs, start=1):
        drawn = _shown(number, pair, names)
        room -= _length(drawn)
        if room < 0:
            drawn = replace(drawn, sides=((), ()))
        shown.append(drawn)
    return _template().render(
        title=title,
        comparison=comparison,
        pairs=shown,
        anonymous=anonymous,
        left_out=left_out[:MOST_LEFT_OUT],
        more_left_out=len(left_out) - len(left_out[:MOST_LEFT_OUT]),
    )


def _names(comparison: Comparison, *, anonymous: bool) -> Mapping[str, str]:
    """Name the students, or number them in the order of the pairs: the alphabet is a hint."""
    students = dict.fromkeys(
        side.student for pair in comparison.pairs for side in (pair.first, pair.second)
    )
    if not anonymous:
        return {student: student for student in students}
    return {name: f"student {number}" for number, name in enumerate(students, start=1)}


def _shown(number: int, pair: Pair, names: Mapping[str, str]) -> ShownPair:
    sides = [_alike_lines(side, pair.shared) for side in (pair.first, pair.second)]
    first, second = (
        tuple(_file(file, alike) for file, alike in side[:MOST_FILES]) for side in sides
    )
    return ShownPair(
        number=number,
        names=(names[pair.first.student], names[pair.second.student]),
        percent=int(pair.share * 100),
        lines=(_count(sides[0]), _count(sides[1])),
        sides=(first, second),
    )


def _alike_lines(
    submission: Compared, shared: frozenset[int]
) -> list[tuple[ReadFile, frozenset[int]]]:
    """Return the similar lines of each file that has any."""
    found = []
    for file in submission.files:
        alike = frozenset(
            line
            for mark in file.fingerprints
            if mark.value in shared
            for line in range(mark.first_line, mark.last_line + 1)
        )
        if alike:
            found.append((file, alike))
    return found


def _count(side: list[tuple[ReadFile, frozenset[int]]]) -> int:
    return sum(len(alike) for _, alike in side)


def _file(file: ReadFile, alike: frozenset[int]) -> ShownFile:
    near = sorted(
        {
            line
            for shared in alike
            for line in range(shared - CONTEXT, shared + CONTEXT + 1)
            if 0 < line <= len(file.lines)
        }
    )
    lines: list[Line] = []
    before = 0
    for number in near[:MOST_LINES]:
        if number > before + 1:
            lines.append(Line(0, "", alike=False))
        lines.append(Line(number, _tabs(file.lines[number - 1]), number in alike))
        before = number
    return ShownFile(file.name, tuple(lines), len(near) > MOST_LINES)


def _tabs(line: str) -> str:
    """Replace tabs, which would be shown as escapes."""
    return line[: LONGEST_LINE + 1].expandtabs(4).rstrip()


def _length(pair: ShownPair) -> int:
    return sum(
        len(line.text) + MARKUP for side in pair.sides for file in side for line in file.lines
    )


@cache
def _template() -> Template:
    environment = page_environment("reports", {"longest_line": LONGEST_LINE, "in_html": in_html})
    return environment.get_template("similarity_page.html.jinja")
