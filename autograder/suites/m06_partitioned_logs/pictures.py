"""What is drawn of a log for the student: as it stands, what was read of it, and what is amiss."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.cloud import Cloud, StoredRecord
from autograder.grading.anomalies import deviating
from autograder.grading.grade import (
    Anomaly,
    DrawnRecord,
    DrawnRow,
    DrawnShard,
    LogPicture,
    ReadPage,
)
from autograder.suites.m06_partitioned_logs.events import USERS, SentEvent, events_in

ELSEWHERE = " of another shard"
"""What the name of an event ends in that no test expected."""


def picture_of_reading(
    cloud: Cloud, found: Sequence[str], right: Sequence[str], *, replay: bool, in_order: bool = True
) -> LogPicture | None:
    """Draw a shard with what was read of it; None where there is not just one stream.

    Args:
        cloud: Where it stands.
        found: The names of what came back, as `records_in` gives them.
        right: The names of what should have.
        replay: Whether it was to begin at the first of these.
        in_order: Whether their order counts.
    """
    streams = cloud.kinesis.stream_names()
    if len(streams) != 1:
        return None
    logs = cloud.kinesis.records(streams[0])
    read = _shard_to_read(cloud, logs, right)
    if read is None:
        return None
    names = {
        record.sequence_number: _name(record) for records in logs.values() for record in records
    }
    own = {names[record.sequence_number] for record in logs[read]}
    # One of this shard that no test gave a name counts as of another for `records_in`.
    found = [
        name if (name := one.removesuffix(ELSEWHERE)) in own and name not in right else one
        for one in found
    ]
    amiss = deviating(right, found, absent=Anomaly.UNREAD)
    if not in_order:
        amiss[Anomaly.REORDERED] = []
    come = set(found)

    def drawn(record: StoredRecord) -> DrawnRecord:
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
            cloud, streams[0], {one: [drawn(each) for each in logs[one]] for one in logs}
        )
    )
    offset = next(
        (number for number, name in names.items() if replay and right and name == right[0]), None
    )
    pages = _pages(cloud, [one.sequence_number for one in logs[read]], read)
    row = DrawnRow(records=tuple(_returned(name, amiss) for name in found))
    return LogPicture(shards=shards, read=read, offset=offset, pages=pages, returned=row)


def _shard_to_read(
    cloud: Cloud, logs: Mapping[str, Sequence[StoredRecord]], right: Sequence[str]
) -> str | None:
    """Find the shard that holds what should have come back, or else the one that was asked for."""
    for shard_id, records in logs.items():
        if right and right[0] in [_name(one) for one in records]:
            return shard_id
    asked = [call.parameters.get("ShardId") for call in cloud.calls.of("GetShardIterator")]
    return next((str(one) for one in reversed(asked) if str(one) in logs), None)


def _returned(name: str, amiss: Mapping[Anomaly, Sequence[str]]) -> DrawnRecord:
    """Draw a record where it stands in what a function returned."""
    return DrawnRecord(
        name=name.removeprefix("event ").removesuffix(ELSEWHERE),
        user="",
        partition_key="",
        returned=True,
        anomalies=tuple(one for one, records in amiss.items() if name in records),
    )


def picture_of_sending(cloud: Cloud, stream: str, right: Sequence[str] = ()) -> LogPicture:
    """Draw the shards of a stream with the events in them, and where lost ones should be.

    Args:
        cloud: Where it stands.
        stream: Its name.
        right: The names of the events that should be there, in order; empty where no test asked.
    """
    sent = events_in(cloud, stream)
    times = Counter(one.name for one in sent)
    late = _out_of_order(sent)
    lanes: dict[str, list[DrawnRecord]] = {}
    for one in sent:
        anomalies = {
            Anomaly.DUPLICATED: one.number is not None and times[one.name] > 1,
            Anomaly.REORDERED: one.record.sequence_number in late,
            Anomaly.MISROUTED: one.record.shard_id
            != cloud.kinesis.shard_for(stream, one.record.partition_key),
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
            _add_lost(lanes, cloud, stream, int(name.removeprefix("event ")))
    return LogPicture(shards=_shards(cloud, stream, lanes))


def _add_lost(lanes: dict[str, list[DrawnRecord]], cloud: Cloud, stream: str, number: int) -> None:
    """Put a lost event where it would have stood."""
    user = USERS[number % len(USERS)]
    lane = lanes.setdefault(cloud.kinesis.shard_for(stream, user), [])
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


def _shards(
    cloud: Cloud, stream: str, lanes: dict[str, list[DrawnRecord]]
) -> tuple[DrawnShard, ...]:
    return tuple(
        DrawnShard(
            shard_id=one["ShardId"],
            first_hash_key=one["HashKeyRange"]["StartingHashKey"],
            last_hash_key=one["HashKeyRange"]["EndingHashKey"],
            closed="EndingSequenceNumber" in one["SequenceNumberRange"],
            records=tuple(lanes.get(one["ShardId"], ())),
        )
        for one in cloud.kinesis.shards(stream)
    )


def _pages(cloud: Cloud, numbers: Sequence[str], shard_id: str) -> tuple[ReadPage, ...]:
    """Follow a shard's iterators through what Kinesis answered."""
    position = {number: at for at, number in enumerate(numbers)}
    begins: dict[str, int] = {}
    pages: list[ReadPage] = []
    for call in cloud.calls.of("GetShardIterator", "GetRecords"):
        if call.error is not None:
            continue
        if call.operation == "GetShardIterator":
            if call.parameters.get("ShardId") == shard_id:
                at = _beginning(call.parameters, numbers)
                begins[str(call.response.get("ShardIterator"))] = at
                if pages and at <= pages[0].begins:  # read once more: the last reading is drawn
                    pages = []
            continue
        iterator = str(call.parameters.get("ShardIterator"))
        if iterator not in begins:
            continue
        at = begins[iterator]
        records = call.response.get("Records", [])
        at = position.get(records[0]["SequenceNumber"], at) if records else at
        follow = call.response.get("NextShardIterator")
        pages.append(
            ReadPage(
                begins=at,
                records=len(records),
                more_follow=bool(follow and call.response.get("MillisBehindLatest")),
            )
        )
        begins[str(follow)] = at + len(records)
    return tuple(pages)


def _beginning(parameters: dict[str, Any], numbers: Sequence[str]) -> int:
    """Tell before which record an iterator stands."""
    given = parameters.get("StartingSequenceNumber")
    at = numbers.index(given) if given in numbers else 0
    return {"LATEST": len(numbers), "AT_SEQUENCE_NUMBER": at, "AFTER_SEQUENCE_NUMBER": at + 1}.get(
        str(parameters.get("ShardIteratorType")), 0
    )


def _event(record: StoredRecord) -> dict[str, Any]:
    """Read an event that a test itself has put there."""
    try:
        event = json.loads(record.data)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _name(record: StoredRecord) -> str:
    return f"event {_event(record).get('eventId')}"


def _user(record: StoredRecord) -> str:
    return str(_event(record).get("userId", ""))
