"""A picture of a log as data: a hidden test attaches it to its verdict, and pages draw it."""

from collections.abc import Sequence
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.grading.grade import Anomaly, Attachment, Feedback
from autograder.text import shortened

KIND = "log"
"""Of an attachment that is a `LogPicture`."""

MOST_SHARDS = 8
MOST_RECORDS = 24
"""Of one shard; fewer if there are more than `MANY_SHARDS`."""
MANY_SHARDS = 4
LEAD = 6
"""Records before the first that something is wrong with."""
MOST_PAGES = 12
LONGEST_NAME = 24
LONGEST_NUMBER = 60
"""Of a sequence number, which has 56 digits."""


HashKey = Annotated[str, Field(pattern=r"^[0-9]{1,39}$")]
"""Decimal, as Kinesis writes it; hash keys are 0 to 2^128 - 1."""
Count = Annotated[int, Field(ge=0, le=10**9)]


class _PictureModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DrawnRecord(_PictureModel):
    """A record of a log, as far as it is drawn."""

    name: str
    """Short: an event's number."""
    user: str
    """Whose event it is; empty if that is not known."""
    partition_key: str
    sequence_number: str | None = None
    """None if it never came into the log."""
    returned: bool = False
    """Whether the function that read the log returned it."""
    anomalies: tuple[Anomaly, ...] = ()


class DrawnRow(_PictureModel):
    """Records in a row, with the oldest first."""

    earlier: Count = 0
    """Records before those drawn."""
    records: tuple[DrawnRecord, ...] = ()
    later: Count = 0
    """Records after those drawn."""


class DrawnShard(DrawnRow):
    """A shard with its records."""

    shard_id: str
    first_hash_key: HashKey
    last_hash_key: HashKey
    closed: bool = False


class ReadPage(_PictureModel):
    """An answer of GetRecords."""

    begins: Count
    """Before which of the records drawn, counted from 0."""
    records: Count
    more_follow: bool
    """Whether Kinesis said so: MillisBehindLatest above 0, and a next iterator."""


class LogPicture(_PictureModel):
    """A log as it stood when a test judged it, and what was read of it."""

    shards: tuple[DrawnShard, ...]
    read: str | None = None
    """The shard that was to be read."""
    offset: str | None = None
    """The sequence number at which a replay was to begin."""
    pages: tuple[ReadPage, ...] = ()
    """What Kinesis answered, oldest first."""
    returned: DrawnRow | None = None
    """What the function returned, in its order."""

    def attachment(self) -> Attachment:
        """Return it as an attachment, cut to what a page can show."""
        return Attachment(kind=KIND, content=bounded_picture(self).model_dump(mode="json"))

    @classmethod
    def of(cls, feedback: Feedback) -> Self | None:
        """Read the picture that is attached to feedback; None if there is none."""
        for attached in feedback.attachments:
            if attached.kind == KIND:
                try:
                    return cls.model_validate(attached.content)
                except ValidationError:
                    return None
        return None


Row = TypeVar("Row", bound=DrawnRow)


def bounded_picture(picture: LogPicture) -> LogPicture:
    """Keep what is drawn of a log, and cut texts that may have come out of the sandbox."""
    picture = windowed_picture(picture)
    return picture.model_copy(
        update={
            "shards": tuple(_with_short_texts(shard) for shard in picture.shards),
            "offset": picture.offset and shortened(picture.offset, LONGEST_NUMBER),
            "returned": picture.returned and _with_short_texts(picture.returned),
        }
    )


def windowed_picture(picture: LogPicture) -> LogPicture:
    """Keep a window of each shard, around the first of its records with an anomaly or the offset.

    If there are too many shards, those in which something is wrong come first.
    """
    telling = sorted(
        range(len(picture.shards)),
        key=lambda at: (not _is_telling(picture, picture.shards[at]), at),
    )
    shards = [picture.shards[at] for at in sorted(telling[:MOST_SHARDS])]
    most = MOST_RECORDS * MANY_SHARDS // max(MANY_SHARDS, len(shards))
    pages: Sequence[ReadPage] = ()
    for shard in shards:
        if shard.shard_id == picture.read:
            start = _start(shard, picture.offset, most)
            pages = _within(picture.pages, start, min(most, len(shard.records) - start))
    return picture.model_copy(
        update={
            "shards": tuple(_window(shard, picture.offset, most) for shard in shards),
            "pages": tuple(pages),
            "returned": picture.returned and _window(picture.returned, None, MOST_RECORDS),
        }
    )


def _is_telling(picture: LogPicture, shard: DrawnShard) -> bool:
    return shard.shard_id == picture.read or any(record.anomalies for record in shard.records)


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
    return sum(record.sequence_number is not None or record.returned for record in records)


def _start(row: DrawnRow, offset: str | None, most: int) -> int:
    """Find where the window of a row begins."""
    spare = len(row.records) - most
    first = next(
        (
            at
            for at, record in enumerate(row.records)
            if record.anomalies or (offset and record.sequence_number == offset)
        ),
        0,
    )
    return max(0, min(first - LEAD, spare))


def _within(pages: Sequence[ReadPage], start: int, shown: int) -> list[ReadPage]:
    """Take the pages of a window, with what they have outside of it cut off."""
    inside = []
    for page in pages:
        begins = max(0, page.begins - start)
        ends = min(shown, page.begins + page.records - start)
        if page.begins - start > shown or (page.records and ends <= begins):
            continue
        inside.append(page.model_copy(update={"begins": begins, "records": max(0, ends - begins)}))
    return inside[-MOST_PAGES:]


def _with_short_texts(row: Row) -> Row:
    """Return a row whose texts are bounded."""
    return row.model_copy(update={"records": tuple(map(_with_short_text, row.records))})


def _with_short_text(record: DrawnRecord) -> DrawnRecord:
    number = record.sequence_number
    return record.model_copy(
        update={
            "name": shortened(record.name, LONGEST_NAME),
            "user": shortened(record.user, LONGEST_NAME),
            "partition_key": shortened(record.partition_key, LONGEST_NAME),
            "sequence_number": number and shortened(number, LONGEST_NUMBER),
        }
    )
