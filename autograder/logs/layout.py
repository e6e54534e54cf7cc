"""What a drawing of a log consists of: sizes, lanes, cells, and labels that fit on a phone.

`drawing.py` fills it; `log.svg.jinja` and `sketch.py` write it.
"""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

COLUMNS = ("shard", "record", "user", "partition key", "sequence number", "outcome")
LONGEST_LINE = 40
"""Characters of a line, which fit into a page on a phone; longer texts are wrapped."""
LONGEST_SPAN_LINE = 16
"""Characters of a line below a cell."""
USERS_IN_A_ROW = 3

HOW = "Point at a record, or reach it with Tab, to see its sequence number here."

# In pixels of the drawing; the stylesheet's text is 11 to 13 pixels high.
CELL, HEIGHT, GAP = 40, 28, 4
RANGE_WIDTH = 80
LINE, RANGE_LINE, USERS_LINE = 15, 18, 22
ABOVE, KEY_LINE, PAGES_LINE, LANE_GAP = 16, 14, 46, 25
MARGIN = 8
EARLIER_WIDTH = 46
"""Room for words such as `99 more` before the first cell."""
LATER_WIDTH = 110
"""Room for words after the last cell."""
NARROWEST = 299
"""What a phone of 360 pixels shows of it, inside of the page's margins."""


def wrapped(text: str, most: int = LONGEST_LINE) -> list[str]:
    """Break a text into lines that fit on a phone."""
    return textwrap.wrap(text, most) or ([text] if text else [])


@dataclass(frozen=True)
class DrawnCell:
    """A record."""

    x: int
    y: int
    text: str
    colour: str
    """Of its user, or what was done with it: a class of the stylesheet."""
    anomaly: str
    """The first anomaly's word; empty if nothing is wrong."""
    key: str
    """The partition key, where it is not the user; else empty."""
    description: str
    """All about it, in words."""


@dataclass(frozen=True)
class Span:
    """What several cells have in common: a word above them, or a page below."""

    x: int
    y: int
    width: int
    text: str
    kind: str


@dataclass(frozen=True)
class Lane:
    """A shard, or what was returned."""

    y: int
    height: int
    title: str
    share: str
    """Its hash key range; empty for what was returned."""
    words: str
    """The partition keys that landed here, or how many records are not shown."""
    hash_key_range: tuple[float, float] | None
    """Where its range begins, and how large it is, as shares of all hash keys."""
    ticks: tuple[float, ...]
    """Where the hashes of these keys are."""
    cells: tuple[DrawnCell, ...]
    spans: tuple[Span, ...]
    earlier: int
    later: int
    later_x: int

    @property
    def range_y(self) -> int:
        """Where the bar of its hash key range is: below the title."""
        return self.y + 8 + LINE * len(wrapped(self.title))

    @property
    def words_y(self) -> int:
        """Where the words are: below the bar."""
        return self.range_y + 23


@dataclass(frozen=True)
class Drawing:
    """A log as it is drawn."""

    width: int
    height: int
    below: int
    """Where the lanes end, and the words about a record begin."""
    caption: str
    users: tuple[tuple[str, str], ...]
    """Each with its colour; none where colours say something else."""
    lanes: tuple[Lane, ...]
    rows: tuple[tuple[str, ...], ...]
    """The same as a table; see `COLUMNS`."""

    def description_x(self, cell: DrawnCell) -> int:
        """Return where a description begins, so that its middle is below the cell if it can be."""
        middle = cell.x + CELL // 2
        return max(MARGIN, min(middle - NARROWEST // 2, self.width - NARROWEST + MARGIN))


TEMPLATE_NAMES: Mapping[str, object] = {
    "cell_height": HEIGHT,
    "cell_width": CELL,
    "how": HOW,
    "line_height": LINE,
    "longest_line": LONGEST_LINE,
    "longest_span_line": LONGEST_SPAN_LINE,
    "margin": MARGIN,
    "range_width": RANGE_WIDTH,
    "users_in_a_row": USERS_IN_A_ROW,
    "users_line": USERS_LINE,
    "wrapped": wrapped,
}
"""What `log.svg.jinja` can name."""
