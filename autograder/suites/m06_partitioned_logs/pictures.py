"""Pictures of a log for the student: its records, what was read of them, and what is wrong."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from autograder.testing import (
    Anomaly,
    DrawnRecord,
    DrawnRow,
    DrawnShard,
    LogPicture,
    ReadPage,
    Record,
    Seen,
    SeenCall,
    deviating,
)

from .events import USERS, RecordId, SentEvent

Deviations = Mapping[Anomaly, Collection[RecordId]]
"""What is wrong, and with which records."""


def picture_of_reading(
    seen: Seen,
    found: Sequence[RecordId],
    right: Sequence[RecordId],
    *,
    replay: bool,
    in_order: bool = True,
) -> LogPicture | None:
    """Draw a shard with what was read of it; None if there is not exactly one stream.

    Args:
        seen: Where the stream is.
        found: What came back, as `records_in` gives it.
        right: What should have come back.
        replay: Whether it should have begun at the first of these.
        in_order: Whether their order counts.
    """
    streams = seen.streams()
    if len(streams) != 1:
        return None
    logs = seen.log(streams[0]).by_shard
    read = _shard_to_read(seen, logs, right)
    if read is None:
        return None
    deviations = {
        anomaly: frozenset(records)
        for anomaly, records in deviating(right, found, absent=Anomaly.UNREAD).items()
        if in_order or anomaly is not Anomaly.REORDERED
    }
    # A shard keeps the order of Kinesis: only records that were returned can be out of order.
    in_shards: dict[Anomaly, frozenset[RecordId]] = {
        anomaly: records
        for anomaly, records in deviations.items()
        if anomaly is not Anomaly.REORDERED
    }
    own = {_id_of(record) for record in logs[read]}
    returned = set(found)
    lanes: dict[str, list[DrawnRecord]] = {}
    for shard_id, records in logs.items():
        lanes[shard_id] = []
        for record in records:
            record_id = _id_of(record)
            if shard_id != read and (record_id in own or record_id not in returned):
                record_id = replace(record_id, is_elsewhere=True)
            lanes[shard_id].append(_drawn(record, record_id, returned, in_shards))
    offset = None
    if replay and right:
        offset = next(
            (
                record.sequence_number
                for records in logs.values()
                for record in records
                if _id_of(record) == right[0]
            ),
            None,
        )
    return LogPicture(
        shards=tuple(
            _without_idle_records(shard, read) for shard in _shards(seen, streams[0], lanes)
        ),
        read=read,
        offset=offset,
        pages=_pages(seen, [record.sequence_number for record in logs[read]], read),
        returned=DrawnRow(records=tuple(_returned(record_id, deviations) for record_id in found)),
    )


def _shard_to_read(
    seen: Seen, logs: Mapping[str, Sequence[Record]], right: Sequence[RecordId]
) -> str | None:
    """Find the shard that holds what should have come back, or else the one that was asked for."""
    for shard_id, records in logs.items():
        if right and right[0] in [_id_of(record) for record in records]:
            return shard_id
    asked = [call.parameter("ShardId") for call in seen.calls("GetShardIterator")]
    return next((shard_id for shard_id in reversed(asked) if shard_id in logs), None)


def _drawn(
    record: Record, record_id: RecordId, returned: Collection[RecordId], deviations: Deviations
) -> DrawnRecord:
    """Draw a record in its shard.

    Args:
        record: What is drawn.
        record_id: Its identity among what was returned.
        returned: What was returned.
        deviations: What is wrong with records in shards.
    """
    return DrawnRecord(
        name=record_id.short,
        user=str(_field(record, "userId") or ""),
        partition_key=record.partition_key,
        sequence_number=record.sequence_number,
        returned=record_id in returned,
        anomalies=_anomalies_of(record_id, deviations),
    )


def _returned(record_id: RecordId, deviations: Deviations) -> DrawnRecord:
    """Draw a record among what a function returned."""
    return DrawnRecord(
        name=record_id.short,
        user="",
        partition_key="",
        returned=True,
        anomalies=_anomalies_of(record_id, deviations),
    )


def _anomalies_of(record_id: RecordId, deviations: Deviations) -> tuple[Anomaly, ...]:
    return tuple(anomaly for anomaly, records in deviations.items() if record_id in records)


def _without_idle_records(shard: DrawnShard, read: str) -> DrawnShard:
    """Only count the records of a shard that was not to be read and of which nothing was."""
    if shard.shard_id == read or any(record.returned for record in shard.records):
        return shard
    return shard.model_copy(update={"records": (), "later": len(shard.records)})


def picture_of_sending(
    seen: Seen, stream: str, sent: Sequence[SentEvent], right: Sequence[RecordId] = ()
) -> LogPicture:
    """Draw the shards of a stream with the events in them, and where lost ones should be.

    Args:
        seen: Where the stream is.
        stream: Its name.
        sent: The events in it.
        right: The events that should be there, in order; empty if the test does not ask.
    """
    times = Counter(event.id for event in sent)
    late = _out_of_order(sent)
    lanes: dict[str, list[DrawnRecord]] = {}
    for event in sent:
        record = event.record
        anomalies = {
            Anomaly.DUPLICATED: event.number is not None and times[event.id] > 1,
            Anomaly.REORDERED: record.sequence_number in late,
            Anomaly.MISROUTED: record.shard_id != seen.shard_for(stream, record.partition_key),
        }
        lanes.setdefault(record.shard_id, []).append(
            DrawnRecord(
                name="?" if event.number is None else str(event.number),
                user=event.user,
                partition_key=record.partition_key,
                sequence_number=record.sequence_number,
                anomalies=tuple(anomaly for anomaly, holds in anomalies.items() if holds),
            )
        )
    for record_id in right:
        if record_id.number is not None and not times[record_id]:
            _add_lost(lanes, seen, stream, record_id.number)
    return LogPicture(shards=_shards(seen, stream, lanes))


def _add_lost(lanes: dict[str, list[DrawnRecord]], seen: Seen, stream: str, number: int) -> None:
    """Put a lost event where it would be if it had been sent."""
    user = USERS[number % len(USERS)]
    shard_id = seen.shard_for(stream, user)
    if shard_id is None:
        return
    lane = lanes.setdefault(shard_id, [])
    position = next(
        (
            position
            for position, record in enumerate(lane)
            if record.name.isdecimal() and int(record.name) > number
        ),
        len(lane),
    )
    lane.insert(
        position,
        DrawnRecord(name=str(number), user=user, partition_key=user, anomalies=(Anomaly.LOST,)),
    )


def _out_of_order(sent: Sequence[SentEvent]) -> set[str]:
    """List the sequence numbers of events that come after a later event of the same user."""
    late = set()
    newest: dict[tuple[str, str], int] = {}
    for event in sent:
        where = (event.record.shard_id, event.user)
        if event.number is None:
            continue
        if event.number < newest.get(where, -1):
            late.add(event.record.sequence_number)
        newest[where] = max(event.number, newest.get(where, -1))
    return late


def _shards(
    seen: Seen, stream: str, lanes: Mapping[str, Sequence[DrawnRecord]]
) -> tuple[DrawnShard, ...]:
    return tuple(
        DrawnShard(
            shard_id=shard.shard_id,
            first_hash_key=shard.hash_key_range["StartingHashKey"],
            last_hash_key=shard.hash_key_range["EndingHashKey"],
            closed=shard.is_closed,
            records=tuple(lanes.get(shard.shard_id, ())),
        )
        for shard in seen.shards(stream)
    )


def _pages(seen: Seen, numbers: Sequence[str], shard_id: str) -> tuple[ReadPage, ...]:
    """Follow a shard's iterators through what Kinesis answered."""
    position = {number: index for index, number in enumerate(numbers)}
    begins: dict[str | None, int] = {}
    pages: list[ReadPage] = []
    for call in seen.calls("GetShardIterator", "GetRecords"):
        if call.error is not None:
            continue
        if call.operation == "GetShardIterator":
            if call.parameter("ShardId") == shard_id:
                start = _beginning(call, position)
                begins[call.iterator] = start
                if pages and start <= pages[0].begins:  # read again: draw the last reading
                    pages = []
            continue
        iterator = call.parameter("ShardIterator")
        if iterator not in begins:
            continue
        came = call.sequence_numbers
        start = position.get(came[0], begins[iterator]) if came else begins[iterator]
        pages.append(ReadPage(begins=start, records=len(came), more_follow=call.more_follow))
        begins[call.iterator] = start + len(came)
    return tuple(pages)


def _beginning(call: SeenCall, position: Mapping[str, int]) -> int:
    """Return the position of the record at which an iterator begins."""
    offset = position.get(call.parameter("StartingSequenceNumber"), 0)
    return {
        "LATEST": len(position),
        "AT_SEQUENCE_NUMBER": offset,
        "AFTER_SEQUENCE_NUMBER": offset + 1,
    }.get(call.parameter("ShardIteratorType"), 0)


def _field(record: Record, key: str) -> object:
    """Return a field of an event that a test itself has put there; None if there is none."""
    event = record.json
    return event.get(key) if isinstance(event, dict) else None


def _id_of(record: Record) -> RecordId:
    number = _field(record, "eventId")
    return RecordId(number) if isinstance(number, int) else RecordId(None, text="?")
