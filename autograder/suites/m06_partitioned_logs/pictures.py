"""What is drawn of a log for the student: as it stands, what was read of it, and what is amiss."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

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

from .events import USERS, SentEvent

ELSEWHERE = " (not in this shard)"
"""What the name of an event ends in that no test expected."""


def picture_of_reading(
    seen: Seen, found: Sequence[str], right: Sequence[str], *, replay: bool, in_order: bool = True
) -> LogPicture | None:
    """Draw a shard with what was read of it; None where there is not just one stream.

    Args:
        seen: Where it stands.
        found: The names of what came back, as `records_in` gives them.
        right: The names of what should have.
        replay: Whether it was to begin at the first of these.
        in_order: Whether their order counts.
    """
    streams = seen.streams()
    if len(streams) != 1:
        return None
    logs = seen.log(streams[0]).by_shard
    read = _shard_to_read(seen, logs, right)
    if read is None:
        return None
    names = {
        record.sequence_number: _name(record) for records in logs.values() for record in records
    }
    own = {names[record.sequence_number] for record in logs[read]}
    amiss = {
        anomaly: frozenset(records)
        for anomaly, records in deviating(right, found, absent=Anomaly.UNREAD).items()
        if in_order or anomaly is not Anomaly.REORDERED
    }
    come = set(found)

    def drawn(record: Record) -> DrawnRecord:
        name = names[record.sequence_number]
        known = name
        if record.shard_id != read and (name in own or name not in come):
            known = f"{name}{ELSEWHERE}"
        return DrawnRecord(
            name=name.removeprefix("event "),
            user=_user(record),
            partition_key=record.partition_key,
            sequence_number=record.sequence_number,
            returned=known in come,
            anomalies=tuple(
                one
                for one, records in amiss.items()
                if known in records and one is not Anomaly.REORDERED
            ),
        )

    shards = tuple(
        # Of a shard that nothing was to be read of and nothing was, the number of records will do.
        shard
        if shard.shard_id == read or any(one.returned for one in shard.records)
        else shard.model_copy(update={"records": (), "later": len(shard.records)})
        for shard in _shards(
            seen, streams[0], {one: [drawn(each) for each in logs[one]] for one in logs}
        )
    )
    offset = next(
        (number for number, name in names.items() if replay and right and name == right[0]), None
    )
    pages = _pages(seen, [one.sequence_number for one in logs[read]], read)
    row = DrawnRow(records=tuple(_returned(name, amiss) for name in found))
    return LogPicture(shards=shards, read=read, offset=offset, pages=pages, returned=row)


def _shard_to_read(
    seen: Seen, logs: Mapping[str, Sequence[Record]], right: Sequence[str]
) -> str | None:
    """Find the shard that holds what should have come back, or else the one that was asked for."""
    for shard_id, records in logs.items():
        if right and right[0] in [_name(one) for one in records]:
            return shard_id
    asked = [call.parameter("ShardId") for call in seen.calls("GetShardIterator")]
    return next((shard_id for shard_id in reversed(asked) if shard_id in logs), None)


def _returned(name: str, amiss: Mapping[Anomaly, Collection[str]]) -> DrawnRecord:
    """Draw a record where it stands in what a function returned."""
    return DrawnRecord(
        name=name.removeprefix("event ").removesuffix(ELSEWHERE),
        user="",
        partition_key="",
        returned=True,
        anomalies=tuple(one for one, records in amiss.items() if name in records),
    )


def picture_of_sending(
    seen: Seen, stream: str, sent: Sequence[SentEvent], right: Sequence[str] = ()
) -> LogPicture:
    """Draw the shards of a stream with the events in them, and where lost ones should be.

    Args:
        seen: Where it stands.
        stream: Its name.
        sent: The events in it.
        right: The names of the events that should be there, in order; empty where no test asked.
    """
    times = Counter(one.name for one in sent)
    late = _out_of_order(sent)
    lanes: dict[str, list[DrawnRecord]] = {}
    for one in sent:
        anomalies = {
            Anomaly.DUPLICATED: one.number is not None and times[one.name] > 1,
            Anomaly.REORDERED: one.record.sequence_number in late,
            Anomaly.MISROUTED: one.record.shard_id
            != seen.shard_for(stream, one.record.partition_key),
        }
        lanes.setdefault(one.record.shard_id, []).append(
            DrawnRecord(
                name="?" if one.number is None else str(one.number),
                user=one.user,
                partition_key=one.record.partition_key,
                sequence_number=one.record.sequence_number,
                anomalies=tuple(anomaly for anomaly, holds in anomalies.items() if holds),
            )
        )
    for name in right:
        if not times[name]:
            _add_lost(lanes, seen, stream, int(name.removeprefix("event ")))
    return LogPicture(shards=_shards(seen, stream, lanes))


def _add_lost(lanes: dict[str, list[DrawnRecord]], seen: Seen, stream: str, number: int) -> None:
    """Put a lost event where it would have stood."""
    user = USERS[number % len(USERS)]
    shard_id = seen.shard_for(stream, user)
    if shard_id is None:
        return
    lane = lanes.setdefault(shard_id, [])
    at = next(
        (at for at, one in enumerate(lane) if one.name.isdecimal() and int(one.name) > number),
        len(lane),
    )
    lane.insert(
        at,
        DrawnRecord(name=str(number), user=user, partition_key=user, anomalies=(Anomaly.LOST,)),
    )


def _out_of_order(sent: Sequence[SentEvent]) -> set[str]:
    """List the sequence numbers of those that stand behind a later event of the same user."""
    late = set()
    newest: dict[tuple[str, str], int] = {}
    for one in sent:
        where = (one.record.shard_id, one.user)
        if one.number is None:
            continue
        if one.number < newest.get(where, -1):
            late.add(one.record.sequence_number)
        newest[where] = max(one.number, newest.get(where, -1))
    return late


def _shards(seen: Seen, stream: str, lanes: dict[str, list[DrawnRecord]]) -> tuple[DrawnShard, ...]:
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
    position = {number: at for at, number in enumerate(numbers)}
    begins: dict[str | None, int] = {}
    pages: list[ReadPage] = []
    for call in seen.calls("GetShardIterator", "GetRecords"):
        if call.error is not None:
            continue
        if call.operation == "GetShardIterator":
            if call.parameter("ShardId") == shard_id:
                at = _beginning(call, position)
                begins[call.iterator] = at
                if pages and at <= pages[0].begins:  # read once more: the last reading is drawn
                    pages = []
            continue
        iterator = call.parameter("ShardIterator")
        if iterator not in begins:
            continue
        came = call.sequence_numbers
        at = position.get(came[0], begins[iterator]) if came else begins[iterator]
        pages.append(ReadPage(begins=at, records=len(came), more_follow=call.more_follow))
        begins[call.iterator] = at + len(came)
    return tuple(pages)


def _beginning(call: SeenCall, position: Mapping[str, int]) -> int:
    """Tell before which record an iterator stands."""
    at = position.get(call.parameter("StartingSequenceNumber"), 0)
    return {
        "LATEST": len(position),
        "AT_SEQUENCE_NUMBER": at,
        "AFTER_SEQUENCE_NUMBER": at + 1,
    }.get(call.parameter("ShardIteratorType"), 0)


def _field(record: Record, key: str) -> object:
    """Give a field of an event that a test itself has put there; None where there is none."""
    event = record.json
    return event.get(key) if isinstance(event, dict) else None


def _name(record: Record) -> str:
    return f"event {_field(record, 'eventId')}"


def _user(record: Record) -> str:
    return str(_field(record, "userId") or "")
