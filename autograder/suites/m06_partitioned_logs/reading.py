"""Checks of the tests that read: recognise what came back, and say what is wrong with it.

One test of each function judges the form of a pair. All others recognise a record in any form (an
offset as a number, an event without its offset), so that a fault of form costs the points of that
one test.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from autograder.testing import (
    Anomaly,
    LogPicture,
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

from .events import RecordId
from .filling import Pair
from .pictures import picture_of_reading

RETURN_IT = "Does your function return what it has collected? Printing is not returning."
IN_A_LIST = "The value for each shard is a list of its pairs."
MOST_ITEMS = 5_000
"""More items than this are counted and not looked at; no test expects more than a hundred."""
PAIRS = "a list of (sequence number, event) pairs; the event is the decoded JSON"


class Function(StrEnum):
    """A function that reads, by its name in the handout."""

    READ = "read_from_shard"
    READ_ALL = "read_all_shards"
    REPLAY = "replay_from_offset"


@dataclass(frozen=True)
class FunctionCall:
    """A call of a function; as text, as a student would name it: `read_from_shard(..., 7)`."""

    function: Function
    max_records: int | None = None
    """The argument, if the test is about it."""
    shard_id: str | None = None
    """Of which shard the result is, if the function returns a dict of shards."""

    def __str__(self) -> str:
        """Name the call for a student."""
        arguments = "" if self.max_records is None else f"..., {self.max_records}"
        key = "" if self.shard_id is None else f"[{self.shard_id!r}]"
        return f"{self.function}({arguments}){key}"

    @property
    def without_arguments(self) -> str:
        """Name the function only, so that one cause reads the same in every test."""
        return f"{self.function}()"

    @property
    def is_replay(self) -> bool:
        """Whether it begins at an offset."""
        return self.function is Function.REPLAY


def expect_asked(seen: Seen, stream: str, call: FunctionCall) -> None:
    """Check that a function has asked Kinesis for records at all, and was answered.

    It is the positive half of a test whose other half a function that does nothing would pass.
    Other tests judge what came back.
    """
    if all(call.error is not None for call in seen.calls("GetRecords", on=stream)):
        wrong(
            f"{call} never asked Kinesis for records, though a shard holds some.",
            expected="records read with GetRecords (this test checks the rest after that)",
            hint="Get a shard iterator with GetShardIterator, then records with GetRecords.",
        )


def expect_pairs(
    value: Any, expected: Sequence[Pair], call: FunctionCall, hint: str, *, seen: Seen
) -> None:
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
    call: FunctionCall,
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
        known: Other records that can be named. Give all records of the shard if some of them are
            not expected: any other counts as not in this shard.
        in_order: Whether their order is judged as well.
    """
    found = records_in(value, [*known, *expected], call)
    right = [id_of(event) for _, event in expected]
    witnesses = tuple(
        deviation
        for deviation in compare_logs(right, found, absent=Anomaly.UNREAD)
        if in_order or deviation.anomaly is not Anomaly.REORDERED
    )
    if not witnesses:
        return
    log = picture_of_reading(seen, found, right, replay=call.is_replay, in_order=in_order)
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


def records_in(value: Any, known: Sequence[Pair], call: FunctionCall) -> list[RecordId]:
    """Return which records are in what a function returned.

    Other items count as a record elsewhere if they have a number; else they are shown as they are.
    """
    ids: dict[str | RecordId, RecordId] = {offset: id_of(event) for offset, event in known}
    ids |= {id_of(event): id_of(event) for _, event in known}
    return [
        next((ids[mark] for mark in _marks(item) if mark in ids), _stranger(item))
        for item in items_of(value, call)
    ]


def _stranger(item: Any) -> RecordId:
    """Return the identity of an item that is not a known record."""
    for mark in _marks(item):
        if isinstance(mark, RecordId):
            return replace(mark, is_elsewhere=True)
    return RecordId(None, text=shown(item)[:60])


def items_of(value: Any, call: FunctionCall) -> list[Any]:
    """List what is in a list, or in a dict."""
    if isinstance(value, dict):
        value = [[key, event] for key, event in value.items()]
    if not isinstance(value, list):
        where = "" if call.shard_id is None else " for a shard"
        advice = "Collect the pairs of all pages in one list."
        wrong(
            f"{call.without_arguments} returned {shown(value)}{where}, which is not a list.",
            expected=PAIRS,
            hint=RETURN_IT if value is None else IN_A_LIST if where else advice,
        )
    if len(value) > MOST_ITEMS:
        wrong(
            f"{call.without_arguments} returned a list of {counted(len(value), 'item')}.",
            expected=PAIRS,
            hint="Return one pair for each record, and nothing else.",
        )
    return value


def id_of(event: Mapping[str, Any]) -> RecordId:
    """Return the identity of a record, by its event."""
    return RecordId(event["eventId"])


def _marks(item: Any, depth: int = 3) -> Iterator[str | RecordId]:
    """Find what may tell which record an item is: sequence numbers as text, and event numbers."""
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
            yield id_of(item)
        parts = list(item.values())
    if depth:
        for part in parts[:8]:
            yield from _marks(part, depth - 1)


def _ends(right: Sequence[RecordId]) -> str:
    if not right:
        return ""
    return f", {right[0]}" if len(right) == 1 else f", from {right[0]} to {right[-1]}"


def blame_iterator(
    seen: Seen,
    found: Sequence[RecordId],
    right: Sequence[RecordId],
    call: FunctionCall,
    witnesses: Sequence[Witnesses],
    log: LogPicture | None,
) -> None:
    """End the test where the iterator's type explains what is unread: one cause, one sentence."""
    function = call.without_arguments
    from_offset = "all records from the offset on, including the one at the offset"
    at_offset = "Which type of iterator starts at the offset itself?"
    types = types_of_iterators(seen.calls("GetShardIterator"))
    if types == {"LATEST"} and not found:
        wrong(
            f"{function} used a shard iterator of type LATEST, which starts after the newest "
            "record: none of the records in the shard came back.",
            expected=from_offset if call.is_replay else "the records that are in the shard",
            hint=at_offset
            if call.is_replay
            else "Which type of iterator starts at the oldest record?",
            witnesses=witnesses,
            attachment=log,
        )
    if types == {"TRIM_HORIZON"} and call.is_replay and found[:1] != list(right[:1]):
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
