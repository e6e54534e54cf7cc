"""Cuts pictures of logs to what a page can show: near what is wrong, and never too many."""

from collections.abc import Sequence
from typing import TypeVar

from autograder.grading.cutting import cut
from autograder.grading.grade import (
    DrawnRecord,
    DrawnRow,
    DrawnShard,
    GradedTest,
    LogPicture,
    ReadPage,
)

Row = TypeVar("Row", bound=DrawnRow)

MOST_PICTURES = 4
"""Of one checkpoint."""
MOST_SHARDS = 8
MOST_RECORDS = 24
"""Of one shard; fewer where there are more than `MANY_SHARDS`."""
MANY_SHARDS = 4
LEAD = 6
"""Records before the first that something is wrong with."""
MOST_PAGES = 12
LONGEST_NAME = 24
LONGEST_NUMBER = 60
"""Of a sequence number, which has 56 digits."""


def with_few_pictures(tests: Sequence[GradedTest]) -> list[GradedTest]:
    """Keep the pictures of the first few tests of a checkpoint that lost for different reasons."""
    drawn: set[tuple[str, str | None]] = set()
    kept = []
    for test in tests:
        feedback = test.feedback
        if feedback is not None and feedback.log is not None:
            reason = (test.requirement, feedback.hint)
            if reason in drawn or len(drawn) == MOST_PICTURES:
                feedback = feedback.model_copy(update={"log": None})
            else:
                drawn.add(reason)
        kept.append(test.model_copy(update={"feedback": feedback}))
    return kept


def bounded_picture(picture: LogPicture) -> LogPicture:
    """Keep what is drawn of a log, and cut texts that may have come out of the jail."""
    picture = windowed_picture(picture)
    return picture.model_copy(
        update={
            "shards": tuple(_with_short_texts(one) for one in picture.shards),
            "offset": picture.offset and cut(picture.offset, LONGEST_NUMBER),
            "returned": picture.returned and _with_short_texts(picture.returned),
        }
    )


def windowed_picture(picture: LogPicture) -> LogPicture:
    """Keep a window of each shard, around the first of its records with an anomaly or the offset.

    Shards in which something is wrong come before the others where there are too many.
    """
    telling = sorted(
        range(len(picture.shards)),
        key=lambda at: (not _is_telling(picture, picture.shards[at]), at),
    )
    kept = [picture.shards[at] for at in sorted(telling[:MOST_SHARDS])]
    most = MOST_RECORDS * MANY_SHARDS // max(MANY_SHARDS, len(kept))
    pages: Sequence[ReadPage] = ()
    for shard in kept:
        if shard.shard_id == picture.read:
            start = _start(shard, picture.offset, most)
            pages = _within(picture.pages, start, min(most, len(shard.records) - start))
    return picture.model_copy(
        update={
            "shards": tuple(_window(shard, picture.offset, most) for shard in kept),
            "pages": tuple(pages),
            "returned": picture.returned and _window(picture.returned, None, MOST_RECORDS),
        }
    )


def _is_telling(picture: LogPicture, shard: DrawnShard) -> bool:
    return shard.shard_id == picture.read or any(one.anomalies for one in shard.records)


def _window(row: Row, offset: str | None, most: int) -> Row:
    """Cut a row to what is drawn of it."""
    start = _start(row, offset, most)
    shown = row.records[start : start + most]
    return row.model_copy(
        update={
            "earlier": row.earlier + _there(row.records[:start]),
            "records": shown,
            "later": row.later + _there(row.records[start + most :]),
        }
    )


def _there(records: Sequence[DrawnRecord]) -> int:
    """Count records, but those that never came into the log."""
    return sum(one.sequence_number is not None or one.returned for one in records)


def _start(row: DrawnRow, offset: str | None, most: int) -> int:
    """Find where the window of a row begins."""
    spare = len(row.records) - most
    first = next(
        (
            at
            for at, one in enumerate(row.records)
            if one.anomalies or (offset and one.sequence_number == offset)
        ),
        0,
    )
    return max(0, min(first - LEAD, spare))


def _within(pages: Sequence[ReadPage], start: int, shown: int) -> list[ReadPage]:
    """Take the pages of a window, with what they have outside of it cut off."""
    kept = []
    for page in pages:
        begins = max(0, page.begins - start)
        ends = min(shown, page.begins + page.records - start)
        if page.begins - start > shown or (page.records and ends <= begins):
            continue
        kept.append(page.model_copy(update={"begins": begins, "records": max(0, ends - begins)}))
    return kept[-MOST_PAGES:]


def _with_short_texts(row: Row) -> Row:
    """Cut the texts of a row."""
    records = tuple(
        one.model_copy(
            update={
                "name": cut(one.name, LONGEST_NAME),
                "user": cut(one.user, LONGEST_NAME),
                "partition_key": cut(one.partition_key, LONGEST_NAME),
                "sequence_number": one.sequence_number and cut(one.sequence_number, LONGEST_NUMBER),
            }
        )
        for one in row.records
    )
    return row.model_copy(update={"records": records})
