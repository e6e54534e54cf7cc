"""Where everything goes in a drawing of a log: shards as lanes, records as cells in their order.

`log.svg.jinja` writes it as SVG; `sketch.py` draws the same in characters, for Markdown.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from autograder.logs.captions import caption, history_of, shows_key
from autograder.logs.picture import (
    DrawnRecord,
    DrawnRow,
    DrawnShard,
    LogPicture,
    ReadPage,
    windowed_picture,
)
from autograder.text import counted, inert, plural

COLUMNS = ("shard", "record", "user", "partition key", "sequence number", "outcome")
RING = 1 << 128
"""Hash keys are smaller (docs.aws.amazon.com, Kinesis, "HashKeyRange")."""
MOST_COLOURS = 5
"""Users with a colour; the module has five, and more colours are hard to tell apart."""
MOST_KEYS = 5
"""Partition keys named above a shard."""
LONGEST_KEY = 16
LONGEST_USER = 11
"""Characters, which have room between two colours."""
LONGEST_ON_A_CELL = 5
"""Characters, which have room on a cell: an event's number, with the first letter of its user."""
LONGEST_DESCRIPTION = 200
LONGEST_IN_A_ROW = 64

# In pixels of the drawing; the stylesheet's text is 11 to 13 pixels high.
CELL, HEIGHT, GAP = 40, 28, 4
RING_WIDTH = 150
LANE_HEAD, ABOVE, KEY_LINE, PAGES_LINE, LANE_GAP = 40, 16, 14, 34, 18
MARGIN = 8
EARLIER_WIDTH = 46
"""Room for words such as `99 more` before the first cell."""
NARROWEST = 460
"""Room for the longest title of a shard."""


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
    """A shard."""

    y: int
    title: str
    keys: str
    """The partition keys that landed here."""
    ring: tuple[float, float] | None
    """Where its range begins, and how much it is, as shares of the ring."""
    ticks: tuple[float, ...]
    """Where the hashes of these keys are."""
    cells: tuple[DrawnCell, ...]
    spans: tuple[Span, ...]
    earlier: int
    later: int
    later_x: int


@dataclass(frozen=True)
class Drawing:
    """A log as it is drawn."""

    width: int
    height: int
    caption: str
    users: tuple[tuple[str, str], ...]
    """Each with its colour; none where colours say something else."""
    lanes: tuple[Lane, ...]
    rows: tuple[tuple[str, ...], ...]
    """The same as a table; see `COLUMNS`."""


def drawing_of(picture: LogPicture) -> Drawing:
    """Lay out a picture, or what there is room for of it."""
    picture = windowed_picture(picture)
    colours = _colours(picture)
    y = MARGIN + (24 if colours else 0)
    lanes = []
    for shard in picture.shards:
        lane = _lane(picture, shard, colours, y)
        lanes.append(lane)
        y += _lane_height(picture, shard)
    if picture.returned is not None:
        lanes.append(_returned(picture, picture.returned, y))
        y += LANE_HEAD + (ABOVE + HEIGHT if picture.returned.records else 0) + LANE_GAP
    cells = max((len(lane.cells) for lane in lanes), default=0)
    width = max(NARROWEST, 2 * MARGIN + cells * (CELL + GAP) + 90)
    return Drawing(
        width=width,
        height=y + 16,
        caption=caption(picture),
        users=tuple((inert(user, LONGEST_USER), colour) for user, colour in colours.items()),
        lanes=tuple(lanes),
        rows=tuple(_rows(picture)),
    )


def _rows(picture: LogPicture) -> Iterator[tuple[str, ...]]:
    """Write the records of the shards, and then what was returned."""
    for shard in picture.shards:
        for record in shard.records:
            yield _row(shard.shard_id, record, history_of(picture, shard, record))
    for record in picture.returned.records if picture.returned else ():
        yield _row("returned", record, history_of(picture, None, record))


def _row(where: str, record: DrawnRecord, became: str) -> tuple[str, ...]:
    texts = (where, record.name, record.user, record.partition_key, record.sequence_number or "")
    return (*(inert(text, LONGEST_IN_A_ROW) for text in texts), became)


def _colours(picture: LogPicture) -> dict[str, str]:
    """Return a colour for each user, if there are few and colours mean nothing else."""
    if picture.read is not None:
        return {}
    users = sorted({record.user for shard in picture.shards for record in shard.records} - {""})
    if len(users) > MOST_COLOURS:
        return {}
    return {user: f"user{number}" for number, user in enumerate(users)}


def _lane_height(picture: LogPicture, shard: DrawnShard) -> int:
    below = PAGES_LINE if shard.shard_id == picture.read and picture.pages else 0
    keys = KEY_LINE if any(shows_key(picture, record) for record in shard.records) else 0
    cells = ABOVE + HEIGHT + keys + below if shard.records else 0
    return LANE_HEAD + cells + LANE_GAP


def _lane(picture: LogPicture, shard: DrawnShard, colours: dict[str, str], y: int) -> Lane:
    first, last = int(shard.first_hash_key), int(shard.last_hash_key)
    own = list(dict.fromkeys(record.partition_key for record in shard.records))
    left = MARGIN + (EARLIER_WIDTH if shard.earlier else 0)
    top = y + LANE_HEAD + ABOVE
    cells = [
        _cell(picture, shard, record, colours, left + at * (CELL + GAP), top)
        for at, record in enumerate(shard.records)
    ]
    keyed = KEY_LINE if any(cell.key for cell in cells) else 0
    spans = [*_words(shard.records, cells)]
    if shard.shard_id == picture.read:
        spans += [
            *_offset(picture, shard, cells),
            *_pages(picture.pages, left, top + HEIGHT + keyed, len(cells)),
        ]
    share = f"{_percent(first)} to {_percent(last + 1)} of all hash keys"
    return Lane(
        y=y,
        title=f"{inert(shard.shard_id, 40)}{', closed' if shard.closed else ''}: {share}",
        keys="" if picture.read else _keys_listed(own),
        ring=(first / RING, (last - first + 1) / RING),
        ticks=() if picture.read else tuple(_hash_of(key) / RING for key in own),
        cells=tuple(cells),
        spans=tuple(spans),
        earlier=shard.earlier,
        later=shard.later,
        later_x=left + len(cells) * (CELL + GAP) + 2,
    )


def _keys_listed(keys: Sequence[str]) -> str:
    """List the partition keys of a shard."""
    if not keys:
        return "no record"
    listed = ", ".join(inert(key, LONGEST_KEY) for key in keys[:MOST_KEYS])
    more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    return f"{plural(len(keys), 'key')} {listed}{more}"


def _percent(hash_key: int) -> str:
    return f"{round(100 * hash_key / RING)} %"


def _hash_of(key: str) -> int:
    """MD5 places a key on the ring (docs.aws.amazon.com, Kinesis, "PutRecord")."""
    return int(hashlib.md5(key.encode("utf-8", "replace"), usedforsecurity=False).hexdigest(), 16)


def _cell(
    picture: LogPicture,
    shard: DrawnShard | None,
    record: DrawnRecord,
    colours: dict[str, str],
    x: int,
    y: int,
) -> DrawnCell:
    colour = "plain"
    if picture.read is not None:
        colour = "returned" if record.returned else "plain"
    elif record.user in colours:
        colour = colours[record.user]
    facts = [
        f"event {record.name}{f' of {record.user}' if record.user else ''}",
        f"partition key {record.partition_key}" if record.partition_key else "",
        f"sequence number {record.sequence_number}" if record.sequence_number else "",
        history_of(picture, shard, record),
    ]
    return DrawnCell(
        x=x,
        y=y,
        text=inert(
            f"{record.user[:1]}{record.name}" if record.user in colours else record.name,
            LONGEST_ON_A_CELL,
        ),
        colour=colour,
        anomaly=record.anomalies[0].value if record.anomalies else "",
        key=inert(record.partition_key, LONGEST_ON_A_CELL + 2)
        if shows_key(picture, record)
        else "",
        description=inert(", ".join(fact for fact in facts if fact), LONGEST_DESCRIPTION),
    )


def _returned(picture: LogPicture, row: DrawnRow, y: int) -> Lane:
    """Draw what a function returned as a separate lane, below the shards."""
    left = MARGIN + (EARLIER_WIDTH if row.earlier else 0)
    top = y + LANE_HEAD + ABOVE
    cells = [
        _cell(picture, None, record, {}, left + at * (CELL + GAP), top)
        for at, record in enumerate(row.records)
    ]
    total = len(row.records) + row.earlier + row.later
    return Lane(
        y=y,
        title=f"What your function returned, in this order: {counted(total, 'record')}",
        keys="",
        ring=None,
        ticks=(),
        cells=tuple(cells),
        spans=tuple(_words(row.records, cells)),
        earlier=row.earlier,
        later=row.later,
        later_x=left + len(cells) * (CELL + GAP) + 2,
    )


def _words(records: Sequence[DrawnRecord], cells: Sequence[DrawnCell]) -> Iterator[Span]:
    """Write what is wrong with records once above those that are next to each other."""
    at = 0
    for word, group in groupby(
        records, key=lambda record: " + ".join(anomaly.value for anomaly in record.anomalies)
    ):
        size = len(list(group))
        if word:
            first = cells[at]
            yield Span(first.x, first.y - 5, size * (CELL + GAP) - GAP, word, "word")
        at += size


def _offset(picture: LogPicture, shard: DrawnShard, cells: Sequence[DrawnCell]) -> Iterator[Span]:
    """Point at the record at which a replay was to begin."""
    for record, cell in zip(shard.records, cells, strict=True):
        if picture.offset and record.sequence_number == picture.offset:
            yield Span(cell.x, cell.y - ABOVE - 1, CELL, "offset", "offset")


def _pages(pages: Sequence[ReadPage], left: int, y: int, cells: int) -> Iterator[Span]:
    """Draw below the cells what Kinesis answered, and where the reader stopped too early."""
    for (begins, records), group in groupby(
        enumerate(pages, 1), key=lambda numbered: (numbered[1].begins, numbered[1].records)
    ):
        numbers = [number for number, _ in group]
        which = (
            f"page {numbers[0]}" if len(numbers) == 1 else f"pages {numbers[0]} to {numbers[-1]}"
        )
        x = left + begins * (CELL + GAP)
        if records:
            yield Span(x, y + 6, records * (CELL + GAP) - GAP, which, "page")
        else:
            text = f"{which}: empty" if pages[numbers[-1] - 1].more_follow else "caught up"
            yield Span(x - GAP // 2, y + 6, 0, text, "empty")
    if pages and pages[-1].more_follow:
        ends = min(pages[-1].begins + pages[-1].records, cells)
        yield Span(
            left + ends * (CELL + GAP) - GAP // 2,
            y + 6,
            0,
            "stopped here, but more follow",
            "stop",
        )
