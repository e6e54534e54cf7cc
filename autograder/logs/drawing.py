"""Where everything goes in a drawing of a log: shards as lanes, records as cells in their order.

`log.svg.jinja` writes it as SVG; `sketch.py` draws the same in characters, for Markdown.
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby

from autograder.logs.captions import caption, history_of, shows_key
from autograder.logs.layout import (
    ABOVE,
    CELL,
    EARLIER_WIDTH,
    GAP,
    HEIGHT,
    HOW,
    KEY_LINE,
    LANE_GAP,
    LATER_WIDTH,
    LINE,
    LONGEST_LINE,
    MARGIN,
    NARROWEST,
    PAGES_LINE,
    RANGE_LINE,
    USERS_IN_A_ROW,
    USERS_LINE,
    Drawing,
    DrawnCell,
    Lane,
    Span,
    wrapped,
)
from autograder.logs.picture import (
    DrawnRecord,
    DrawnRow,
    DrawnShard,
    LogPicture,
    ReadPage,
    windowed_picture,
)
from autograder.text import counted, inert, plural

HASH_KEYS = 1 << 128
"""How many there are: 0 to 2^128 - 1 (docs.aws.amazon.com, Kinesis, "HashKeyRange")."""
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


def drawing_of(picture: LogPicture) -> Drawing:
    """Lay out a picture, or what there is room for of it."""
    picture = windowed_picture(picture)
    colours = _colours(picture)
    y = MARGIN + USERS_LINE * -(-len(colours) // USERS_IN_A_ROW)
    lanes = []
    for shard in picture.shards:
        lanes.append(_lane(picture, shard, colours, y))
        y += lanes[-1].height
    if picture.returned is not None:
        lanes.append(_returned(picture, picture.returned, y))
        y += lanes[-1].height
    cells = max((len(lane.cells) for lane in lanes), default=0)
    width = max(NARROWEST, 2 * MARGIN + cells * (CELL + GAP) + LATER_WIDTH)
    descriptions = [cell.description for lane in lanes for cell in lane.cells]
    lines = max(len(wrapped(text)) for text in (HOW, *descriptions))
    return Drawing(
        width=width,
        height=y + LINE * lines,
        below=y,
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


def _head(title: str, words: str, *, is_shard: bool) -> int:
    """Return the height of what is written above the records of a lane."""
    return LINE * len(wrapped(title) + wrapped(words)) + (RANGE_LINE if is_shard else 0) + 7


def _lane(picture: LogPicture, shard: DrawnShard, colours: dict[str, str], y: int) -> Lane:
    first, last = int(shard.first_hash_key), int(shard.last_hash_key)
    own = list(dict.fromkeys(record.partition_key for record in shard.records))
    left = MARGIN + (EARLIER_WIDTH if shard.earlier else 0)
    title = f"{inert(shard.shard_id, LONGEST_LINE)}{', closed' if shard.closed else ''}"
    if picture.read is None:
        words = _keys_listed(own)
    elif shard.records:
        words = ""
    else:
        words = (
            f"{counted(shard.later, 'record')}, none of them returned"
            if shard.later
            else "no record"
        )
    head = _head(title, words, is_shard=True)
    top = y + head + ABOVE
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
    below = keyed + (PAGES_LINE if shard.shard_id == picture.read and picture.pages else 0)
    return Lane(
        y=y,
        height=head + (ABOVE + HEIGHT + below if cells else 0) + LANE_GAP,
        title=title,
        share=f"hash key range {_percent(first)} to {_percent(last + 1)}",
        words=words,
        hash_key_range=(first / HASH_KEYS, (last - first + 1) / HASH_KEYS),
        ticks=() if picture.read else tuple(_hash_of(key) / HASH_KEYS for key in own),
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
    return f"{round(100 * hash_key / HASH_KEYS)} %"


def _hash_of(key: str) -> int:
    """Return the MD5 of a partition key, its hash key (docs.aws.amazon.com, "PutRecord")."""
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
    total = len(row.records) + row.earlier + row.later
    title = f"What your function returned, in this order: {counted(total, 'record')}"
    head = _head(title, "", is_shard=False)
    top = y + head + ABOVE
    cells = [
        _cell(picture, None, record, {}, left + at * (CELL + GAP), top)
        for at, record in enumerate(row.records)
    ]
    return Lane(
        y=y,
        height=head + (ABOVE + HEIGHT if cells else 0) + LANE_GAP,
        title=title,
        share="",
        words="",
        hash_key_range=None,
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
