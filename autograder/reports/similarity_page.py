"""Writes similar submissions as one HTML page: groups, pairs, then the code side by side.

Text from students is escaped by `in_html`. The page runs no script and loads nothing.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from jinja2 import Template

from autograder.feedback.page import page_environment
from autograder.reports.similar_pairs import (
    LEAST_SHARE,
    LEAST_SHARE_OF_FEW,
    Compared,
    Comparison,
    ReadFile,
)
from autograder.text import counted, in_html

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
MOST_DRAWN = 10
"""Members of a group whose code is shown next to that of its middle."""
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
class ShownName:
    """How a submission is called on the page."""

    text: str
    origin: str
    """Where it is from, if it is not of the class."""
    group: int
    """The number of its group; 0 if it is in none."""


Side = tuple[ShownFile, ...]


@dataclass(frozen=True)
class ShownPair:
    """A pair on the page."""

    names: tuple[ShownName, ShownName]
    percent: int
    """The share of the smaller submission; in a group, that of the larger submission."""
    lines: tuple[int, int]
    """How many lines of each are similar."""
    sides: tuple[Side, Side]
    """Empty if the page is full."""

    @property
    def is_drawn(self) -> bool:
        """Whether its code is on the page."""
        return any(self.sides)


@dataclass(frozen=True)
class ShownGroup:
    """A group on the page."""

    middle: ShownName
    pairs: tuple[ShownPair, ...]
    """The middle with each other member."""


def as_page(comparison: Comparison, title: str, *, anonymous: bool = False) -> str:
    """Write a comparison as an HTML page.

    Args:
        comparison: The groups and pairs.
        title: Of the assignment.
        anonymous: Whether to number the students rather than to name them.
    """
    names = _names(comparison, anonymous=anonymous)
    left_out = () if anonymous else comparison.left_out
    room = _Room()
    groups = [
        ShownGroup(
            names[group.middle],
            tuple(
                room.limited(_shown(group.middle, pair.other(group.middle), pair.share_of_larger,
                                    names), drawn=number <= MOST_DRAWN)
                for number, pair in enumerate(group.pairs, start=1)
            ),
        )
        for group in comparison.groups
    ]  # fmt: skip
    pairs = [
        room.limited(_shown(pair.first, pair.second, pair.share, names))
        for pair in comparison.pairs
    ]
    return _template().render(
        title=title,
        comparison=comparison,
        groups=groups,
        pairs=pairs,
        anonymous=anonymous,
        least_percent=int(LEAST_SHARE * 100),
        least_of_few=int(LEAST_SHARE_OF_FEW * 100),
        left_out=left_out[:MOST_LEFT_OUT],
        more_left_out=len(left_out) - len(left_out[:MOST_LEFT_OUT]),
    )


class _Room:
    """Counts the text on the page, and leaves out the code for which no room is left."""

    def __init__(self) -> None:
        self.left = MOST_TEXT

    def limited(self, pair: ShownPair, *, drawn: bool = True) -> ShownPair:
        """Return a pair, without its code if that does not fit or is not to be drawn."""
        length = _length(pair)
        if not drawn or length > self.left:
            return replace(pair, sides=((), ()))
        self.left -= length
        return pair


def _names(comparison: Comparison, *, anonymous: bool) -> Mapping[Compared, ShownName]:
    """Name the students, or number them in the order of the page: the alphabet is a hint."""
    groups = {
        member: number
        for number, group in enumerate(comparison.groups, start=1)
        for member in group.members
    }
    paired = (side for pair in comparison.pairs for side in (pair.first, pair.second))
    names = {}
    for number, member in enumerate(dict.fromkeys((*groups, *paired)), start=1):
        text, origin = member.student, member.origin
        if anonymous:
            text = f"submission {number}" if origin else f"student {number}"
            origin = origin and "elsewhere"
        names[member] = ShownName(text, origin, groups.get(member, 0))
    return names


def _shown(
    first: Compared, second: Compared, share: float, names: Mapping[Compared, ShownName]
) -> ShownPair:
    shared = first.own & second.own
    sides = [_alike_lines(side, shared) for side in (first, second)]
    drawn = [tuple(_file(file, alike) for file, alike in side[:MOST_FILES]) for side in sides]
    return ShownPair(
        names=(names[first], names[second]),
        percent=int(share * 100),
        lines=(_count(sides[0]), _count(sides[1])),
        sides=(drawn[0], drawn[1]),
    )


def _alike_lines(
    submission: Compared, shared: frozenset[int]
) -> list[tuple[ReadFile, frozenset[int]]]:
    """Return the similar lines of each file that has any: half of their fingerprints are shared.

    With less, most lines would be similar: any two calls of the same function share something.
    """
    found = []
    for file in submission.files:
        marks: Counter[int] = Counter()
        alike: Counter[int] = Counter()
        for mark in file.fingerprints:
            marks.update(mark.lines)
            if mark.value in shared:
                alike.update(mark.lines)
        lines = frozenset(line for line, count in alike.items() if 2 * count >= marks[line])
        if lines:
            found.append((file, lines))
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
    environment = page_environment(
        "reports", {"longest_line": LONGEST_LINE, "in_html": in_html, "counted": counted}
    )
    return environment.get_template("similarity_page.html.jinja")
