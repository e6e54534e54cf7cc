"""Steps of the tests that read: fill a shard, recognise what came back, say what is wrong with it.

One test of each function judges the form of a pair. All others recognise a record in any form (an
offset as a number, an event without its offset), so that a fault of form costs the points of that
one test.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from autograder.testing import (
    Anomaly,
    LogPicture,
    Scene,
    Seen,
    SeenCall,
    Witnesses,
    compare_logs,
    counted,
    how_many,
    in_words,
    parsed_json,
    shown,
    wrong,
)

from .pictures import ELSEWHERE, picture_of_reading

Pair = tuple[str, dict[str, Any]]

RETURN_IT = "Does your function return what it has collected? Printing is not returning."
MOST_ITEMS = 5_000
"""More items than this are counted and not looked at; no test expects more than a hundred."""
PAIRS = "a list of (sequence number, event) pairs; the event is the decoded JSON"


@dataclass(frozen=True)
class FilledShard:
    """A shard with records in it, and the pairs that a right reader returns for it."""

    stream: str
    shard_id: str
    pairs: tuple[Pair, ...]

    @property
    def offsets(self) -> tuple[str, ...]:
        """The sequence numbers, oldest first."""
        return tuple(offset for offset, _ in self.pairs)


USER_NAMES = ("rider", "Zoë", "møller", "tenant 7", "a/b", "O'Neil")
ACTION_NAMES = ("brake", "zoom-in", "Überholen", "pay 3 €", "x", "log out")


def make_event(rng: random.Random, number: int) -> dict[str, Any]:
    """Make an event with the keys that R1 promises, and values that nobody can guess.

    Some have another key as well, as R1 says.
    """
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(10**7))
    event: dict[str, Any] = {
        "eventId": number,
        "userId": f"{rng.choice(USER_NAMES)}-{rng.randrange(10**6)}",
        "action": f"{rng.choice(ACTION_NAMES)} {rng.randrange(10**4)}",
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    if rng.random() < 0.3:
        event["reading"] = {"value": rng.randrange(10**6), "unit": "m²"}
    return event


def some_numbers(rng: random.Random, count: int) -> list[int]:
    """Choose the numbers of a shard's events: they grow, and tell nothing of each other."""
    return sorted(rng.sample(range(1_000, 10_000), count))


def another_number(rng: random.Random) -> int:
    """Choose the number of an event that is in no list of `some_numbers`."""
    return rng.randrange(10_000, 10**6)


def fill_shard(
    cloud: Scene, rng: random.Random, stream: str, records: int, shards: int = 3
) -> FilledShard:
    """Make a stream and put records into one of its shards, and a few into another."""
    cloud.kinesis.create_stream(stream, shards)
    ids = [shard["ShardId"] for shard in cloud.kinesis.shards(stream)]
    shard_id = rng.choice(ids)
    pairs: list[Pair] = []
    for index, number in enumerate(some_numbers(rng, records)):
        event = make_event(rng, number)
        pairs.append((put(cloud, stream, shard_id, event), event))
        for other in ids:
            if other != shard_id and index % 4 == 0:
                put(cloud, stream, other, make_event(rng, another_number(rng)))
    return FilledShard(stream, shard_id, tuple(pairs))


def put(cloud: Scene, stream: str, shard_id: str, event: dict[str, Any]) -> str:
    """Put one event into one shard and return its sequence number."""
    data = json.dumps(event).encode()
    return cloud.kinesis.put_in_shard(stream, shard_id, data, event["userId"]).sequence_number


def expect_asked(seen: Seen, call: str) -> None:
    """Check that a function has asked Kinesis for records at all, and was answered.

    It is the positive half of a test whose other half a function that does nothing would pass.
    Other tests judge what came back.
    """
    if all(call.error is not None for call in seen.calls("GetRecords")):
        wrong(
            f"{call} never asked Kinesis for records, though a shard holds some.",
            expected="records read with GetRecords (this test checks the rest after that)",
            hint="Get a shard iterator with GetShardIterator, then records with GetRecords.",
        )


def expect_pairs(value: Any, expected: Sequence[Pair], call: str, hint: str, *, seen: Seen) -> None:
    """Check the form: that exactly these pairs came back, as Kinesis has them."""
    if not value:
        expect_records(value, expected, call, hint, seen=seen)
    for item in items_of(value, call):
        if not isinstance(item, list) or len(item) != 2:
            bare = isinstance(item, dict) and item in [event for _, event in expected]
            what = "the bare event {}, without its sequence number" if bare else "the item {}"
            wrong(
                f"{call} returned a list with {what.format(shown(item))}.",
                expected=PAIRS,
                hint="Make a pair of two items: the record's SequenceNumber and its decoded Data.",
            )
        offset, event = item
        if not isinstance(offset, str) or not isinstance(event, dict):
            wrong(
                f"{call} returned a list with the pair {shown(item)}.",
                expected=PAIRS,
                hint="Keep the sequence number as the string that Kinesis gives, and decode the "
                "record's Data with json.loads.",
            )
    right = [[offset, event] for offset, event in expected]
    # Other tests judge the order.
    if not isinstance(value, list) or sorted(value, key=lambda pair: pair[0]) != right:
        wrong(
            f"{call} returned {shown(value)}.",
            expected=shown(right),
            hint="A pair is the record's SequenceNumber and its Data, decoded from JSON and "
            "otherwise unchanged.",
        )


def expect_records(
    value: Any,
    expected: Sequence[Pair],
    call: str,
    hint: str,
    *,
    seen: Seen,
    known: Sequence[Pair] = (),
    in_order: bool = False,
) -> None:
    """Check that exactly these records came back, in any form; name what is wrong.

    Args:
        value: What the function returned.
        expected: The records that should be in it.
        call: The call, as a student would name it.
        hint: What helps on, unless the requests that were seen tell more.
        seen: What saw them.
        known: Other records that can be told by name. Give all of the shard's, where some of them
            are not expected: any other counts as not in this shard.
        in_order: Whether their order is judged as well.
    """
    found = records_in(value, [*known, *expected], call)
    right = [name_of(event) for _, event in expected]
    witnesses = tuple(
        deviation
        for deviation in compare_logs(right, found, absent=Anomaly.UNREAD)
        if in_order or deviation.anomaly is not Anomaly.REORDERED
    )
    if not witnesses:
        return
    replays = call.startswith("replay")
    log = picture_of_reading(seen, found, right, replay=replays, in_order=in_order)
    blame_iterator(seen, found, right, call, witnesses, log)
    if {deviation.anomaly for deviation in witnesses} == {Anomaly.REORDERED}:
        hint = "Kinesis gives the records of a shard in order: keep them in that order."
    unread = any(deviation.anomaly is Anomaly.UNREAD for deviation in witnesses)
    sentence = (
        f"{call} returned {how_many(len(found), len(right), witnesses)}: {in_words(witnesses)}."
    )
    wrong(
        " ".join([sentence, *(where_it_stopped(seen.calls("GetRecords")) if unread else ())]),
        expected=f"{counted(len(right), 'record')}{_ends(right)}",
        hint=hint,
        witnesses=witnesses,
        attachment=log,
    )


def records_in(value: Any, known: Sequence[Pair], call: str) -> list[str]:
    """Name the records in what a function returned; what is none of the known is shown as it is."""
    names = {offset: name_of(event) for offset, event in known}
    names |= {name_of(event): name_of(event) for _, event in known}
    return [
        next((names[mark] for mark in _marks(item) if mark in names), _stranger(item))
        for item in items_of(value, call)
    ]


def _stranger(item: Any) -> str:
    """Name an item that is none of the records that can be told."""
    numbers = [mark for mark in _marks(item) if mark.startswith("event ")]
    return f"{numbers[0]}{ELSEWHERE}" if numbers else shown(item)[:60]


def items_of(value: Any, call: str) -> list[Any]:
    """List what is in a list, or in a dict."""
    if isinstance(value, dict):
        value = [[key, item] for key, item in value.items()]
    if not isinstance(value, list):
        wrong(
            f"{_function(call)} returned {shown(value)}.",
            expected=PAIRS,
            hint=RETURN_IT if value is None else "Collect the pairs of all pages in one list.",
        )
    if len(value) > MOST_ITEMS:
        wrong(
            f"{_function(call)} returned a list of {counted(len(value), 'item')}.",
            expected=PAIRS,
            hint="Return one pair for each record, and nothing else.",
        )
    return value


def _function(call: str) -> str:
    """Leave out a call's arguments, so that one cause reads the same in every test."""
    return f"{call.split('(')[0]}()"


def name_of(event: Mapping[str, Any]) -> str:
    """Name a record by its event."""
    return f"event {event['eventId']}"


def _marks(item: Any, depth: int = 3) -> Iterator[str]:
    """Find what may tell a record: sequence numbers and event numbers."""
    if isinstance(item, str):
        yield item
        decoded = parsed_json(item) if item.lstrip()[:1] == "{" else None
        item = decoded if isinstance(decoded, dict) else None
    if isinstance(item, int):
        yield str(item)
    parts: list[Any] = []
    if isinstance(item, list):
        parts = item
    elif isinstance(item, dict):
        if isinstance(item.get("eventId"), int):
            yield name_of(item)
        parts = list(item.values())
    if depth:
        for part in parts[:8]:
            yield from _marks(part, depth - 1)


def _ends(right: Sequence[str]) -> str:
    if not right:
        return ""
    return f", {right[0]}" if len(right) == 1 else f", from {right[0]} to {right[-1]}"


def blame_iterator(
    seen: Seen,
    found: Sequence[str],
    right: Sequence[str],
    call: str,
    witnesses: Sequence[Witnesses],
    log: LogPicture | None,
) -> None:
    """End the test where the iterator's type explains what is unread: one cause, one sentence."""
    function = _function(call)
    replays = call.startswith("replay")
    from_offset = "all records from the offset on, including the one at the offset"
    at_offset = "Which type of iterator starts at the offset itself?"
    types = types_of_iterators(seen.calls("GetShardIterator"))
    if types == {"LATEST"} and not found:
        wrong(
            f"{function} used a shard iterator of type LATEST, which starts after the newest "
            "record: none of the records in the shard came back.",
            expected=from_offset if replays else "the records that are in the shard",
            hint=at_offset if replays else "Which type of iterator starts at the oldest record?",
            witnesses=witnesses,
            attachment=log,
        )
    if types == {"TRIM_HORIZON"} and replays and found[:1] != list(right[:1]):
        wrong(
            f"{function} used a shard iterator of type TRIM_HORIZON, which starts at the oldest "
            "record, whatever the offset.",
            expected=from_offset,
            hint=at_offset,
            witnesses=witnesses,
            attachment=log,
        )
    if types == {"AFTER_SEQUENCE_NUMBER"} and right[:1] and right[0] not in found:
        wrong(
            f"{function} used a shard iterator of type AFTER_SEQUENCE_NUMBER, which starts after "
            "the record at the offset: that record is unread.",
            expected=from_offset,
            hint=at_offset,
            witnesses=witnesses,
            attachment=log,
        )


def types_of_iterators(calls: Sequence[SeenCall]) -> set[str]:
    """List the types of the shard iterators that were asked for."""
    return {call.parameter("ShardIteratorType") for call in calls}


def where_it_stopped(reads: Sequence[SeenCall]) -> tuple[str, ...]:
    """Say what Kinesis last answered to a reading that stopped although more was to follow.

    Args:
        reads: The GetRecords calls, up to the one after which the function stopped.
    """
    if not reads:
        return ("Your function never asked for records (GetRecords).",)
    last = reads[-1]
    nth = f"Kinesis {{}} your {_ordinal(len(reads))} GetRecords"
    if last.error is not None:
        return (f"{nth.format('refused')} ({last.error}). Your function stopped there.",)
    if not last.more_follow:
        return ()
    return (
        f"{nth.format('answered')} with {_records(len(last.sequence_numbers))} and a "
        "MillisBehindLatest above 0: more follow. "
        "Your function stopped there.",
    )


def _records(count: int) -> str:
    return counted(count, "record") if count else "no records"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
