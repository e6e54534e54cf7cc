"""Hidden tests of the replay: replay_from_offset in kinesis_read_shards.py."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from autograder.testing import (
    EmptyPages,
    LateRecord,
    Module,
    PageSize,
    Raised,
    Scene,
    Seen,
    SeenCall,
    Throttle,
    counted,
    crashed,
    shown,
    wrong,
)

from .filling import FilledShard, another_number, fill_shard, make_event, put
from .reading import (
    Function,
    FunctionCall,
    expect_asked,
    expect_pairs,
    expect_records,
    id_of,
    records_in,
    types_of_iterators,
)

CALL = FunctionCall(Function.REPLAY)
INCLUSIVE = (
    "AT_SEQUENCE_NUMBER starts with the record at the offset, AFTER_SEQUENCE_NUMBER with the one "
    "after it."
)
GO_ON = (
    "Keep reading with NextShardIterator until you are caught up or the response has no "
    "NextShardIterator."
)
READ_ANEW = "Does your code keep what an earlier call read? Ask Kinesis again in each call."
MANY = 1000


def expect_replay(
    value: Any,
    shard: FilledShard,
    start: int,
    hint: str,
    *,
    seen: Seen,
    in_order: bool = False,
) -> None:
    """Check that a replay continues to the end of its shard, wherever it begins.

    The tests of the middle, the first and the last offset judge where it begins.
    """
    ids = [id_of(event) for _, event in shard.pairs]
    found = records_in(value, shard.pairs, CALL)
    if not in_order:
        found = sorted(found, key=ids.index) if set(found) <= set(ids) else found
    if any(found == ids[at:] for at in range(start + 2)):
        return
    expect_records(
        value,
        shard.pairs[start:],
        CALL,
        hint,
        seen=seen,
        known=shard.pairs,
        in_order=in_order,
    )


@pytest.mark.graded("P1", points=2)
def test_replay_starts_with_the_record_at_the_offset(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A replay from the middle starts with the record at the offset."""
    shard = fill_shard(cloud, rng, name, rng.randint(10, 18))
    start = rng.randint(3, 7)

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], MANY)

    expect_records(
        value,
        shard.pairs[start:],
        CALL,
        INCLUSIVE,
        seen=seen,
        known=shard.pairs,
        in_order=True,
    )


@pytest.mark.graded("P1", points=1)
def test_replay_from_the_first_record(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A replay from the first offset returns the whole shard."""
    shard = fill_shard(cloud, rng, name, rng.randint(5, 9))

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[0], MANY)

    expect_records(value, shard.pairs, CALL, INCLUSIVE, seen=seen, known=shard.pairs)


@pytest.mark.graded("P1", points=1)
def test_replay_from_the_last_record(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A replay from the last offset returns that one record."""
    shard = fill_shard(cloud, rng, name, rng.randint(5, 9))

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[-1], MANY)

    expect_records(value, shard.pairs[-1:], CALL, INCLUSIVE, seen=seen, known=shard.pairs)


@pytest.mark.graded("P1", points=1)
def test_replay_returns_pairs_as_reading_does(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Each pair is the sequence number as text, and the decoded event."""
    shard = fill_shard(cloud, rng, name, 3)

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[1])

    # Where it begins, other tests judge: at any record of the three.
    length = len(value) if isinstance(value, list) and 0 < len(value) <= 3 else 2
    expect_pairs(value, shard.pairs[-length:], CALL, INCLUSIVE, seen=seen)


@pytest.mark.graded("P1", points=1)
def test_a_throttled_replay_goes_on(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """When GetRecords is throttled several times in a row, the replay waits and goes on."""
    shard = fill_shard(cloud, rng, name, rng.randint(11, 16))
    start = rng.randint(1, 3)
    cloud.faults.add(PageSize(rng.randint(3, 5)))
    # Both times more often than boto3 tries by itself.
    cloud.faults.add(Throttle("GetRecords", times=6, shard=shard.shard_id))
    cloud.faults.add(Throttle("GetRecords", times=7, after=2, shard=shard.shard_id))

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], MANY)

    expect_replay(
        value,
        shard,
        start,
        "After a throttled GetRecords, wait and call it again with the same iterator.",
        seen=seen,
    )


@pytest.mark.graded("P1", points=2)
def test_replay_goes_on_behind_an_empty_page(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A replay goes on after an empty page, even if it is the first one."""
    shard = fill_shard(cloud, rng, name, rng.randint(16, 22))
    start = rng.randint(2, 4)
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=start, pages=1))
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=rng.randint(8, 11), pages=2))

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], MANY)

    expect_replay(
        value,
        shard,
        start,
        f"A MillisBehindLatest above 0 means that more follow. {GO_ON}",
        seen=seen,
    )


@pytest.mark.graded("P1", points=1)
def test_replay_of_a_closed_shard_ends(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A closed shard is replayed to its last record."""
    shard = fill_shard(cloud, rng, name, rng.randint(9, 14), shards=1)
    start = rng.randint(2, 5)
    cloud.kinesis.split(name, shard.shard_id)
    put(
        cloud,
        name,
        cloud.kinesis.shards(name)[-1]["ShardId"],
        make_event(rng, another_number(rng)),
    )
    cloud.faults.add(PageSize(3))

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], MANY)

    expect_replay(
        value, shard, start, "A closed shard's last page has no NextShardIterator.", seen=seen
    )


@pytest.mark.graded("P1", points=1)
def test_replay_follows_the_pages(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A replay of several pages is complete and in order."""
    shard = fill_shard(cloud, rng, name, rng.randint(14, 19))
    start = rng.randint(1, 3)
    cloud.faults.add(PageSize(rng.randint(3, 5)))

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], MANY)

    expect_replay(value, shard, start, GO_ON, seen=seen, in_order=True)


def expect_count(
    value: Any,
    shard: FilledShard,
    start: int,
    asked: int,
    call: FunctionCall,
    hint: str,
    *,
    seen: Seen,
) -> None:
    """Check that this number of records in a row came back, from around the offset.

    P1 judges where exactly they begin, and in which order they are.
    """
    ids = [id_of(event) for _, event in shard.pairs]
    found = Counter(records_in(value, shard.pairs, call))
    if any(found == Counter(ids[at : at + asked]) for at in range(start + 2)):
        return
    right = shard.pairs[start : start + asked]
    expect_records(value, right, call, hint, seen=seen, known=shard.pairs)


@pytest.mark.graded("P2", points=1)
def test_replay_of_so_many_records(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Wherever pages end, exactly max_records records come back."""
    shard = fill_shard(cloud, rng, name, 20)
    start = rng.randint(1, 4)
    asked = rng.choice([5, 7, 11])
    cloud.faults.add(PageSize(4))

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], asked)

    hint = "Count the records you have collected, and cut the last page to fit."
    call = replace(CALL, max_records=asked)
    expect_count(value, shard, start, asked, call, hint, seen=seen)


@pytest.mark.graded("P2", points=1)
def test_replay_of_one_record(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """With max_records 1, one record comes back."""
    shard = fill_shard(cloud, rng, name, rng.randint(6, 9))
    start = rng.randint(1, 3)

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], 1)

    hint = "What does your code do when max_records is 1?"
    expect_count(value, shard, start, 1, replace(CALL, max_records=1), hint, seen=seen)


@pytest.mark.graded("P2", points=1)
def test_replay_of_ten_by_default(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Without max_records, ten records come back."""
    shard = fill_shard(cloud, rng, name, rng.randint(18, 25))
    start = rng.randint(1, 5)

    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start])

    expect_count(value, shard, start, 10, CALL, "max_records is 10 by default.", seen=seen)


@pytest.mark.graded("P2", points=1)
def test_replay_of_nothing(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """With max_records 0 the list is empty; with 2 it is not."""
    shard = fill_shard(cloud, rng, name, rng.randint(3, 6))

    reader.outcome_of("replay_from_offset", name, shard.shard_id, shard.offsets[0], 2)
    value = reader.replay_from_offset(name, shard.shard_id, shard.offsets[1], 0)

    expect_asked(seen, shard.stream, CALL)
    expect_count(
        value,
        shard,
        1,
        0,
        replace(CALL, max_records=0),
        "GetRecords rejects a Limit of 0: return before you call it.",
        seen=seen,
    )


def expect_error(
    reader: Module, seen: Seen, shard: FilledShard, shard_id: str, offset: str, what: str
) -> None:
    """Check that a replay from a good offset works, and one that Kinesis rejects raises an error.

    Args:
        reader: The student's functions.
        seen: What saw the requests.
        shard: A shard with records in it.
        shard_id: The shard to name in the call that should fail.
        offset: The offset to name there.
        what: Why Kinesis rejects it, for the student.
    """
    good = reader.outcome_of("replay_from_offset", shard.stream, shard.shard_id, shard.offsets[0])
    calls_before = len(seen.calls("GetShardIterator"))  # one may be refused for its form
    error = reader.error_of("replay_from_offset", shard.stream, shard_id, offset)

    if isinstance(good, Raised):
        crashed(good, str(CALL), expected="no error for an offset that the shard holds")
    expect_asked(seen, shard.stream, CALL)
    if error is not None:
        return
    why, hint = _why_no_error(seen.calls("GetShardIterator")[calls_before:])
    wrong(
        f"{CALL} returned normally for {what}. {why}",
        expected=f"the error that Kinesis returns for {what}",
        hint=hint,
    )


def _why_no_error(requests: Sequence[SeenCall]) -> tuple[str, str]:
    """Say how a replay of something that Kinesis rejects went by without an error, and a hint.

    Args:
        requests: The calls of GetShardIterator.
    """
    refused = [request.error for request in requests if request.error is not None]
    types = types_of_iterators(requests)
    if refused:
        return (
            f"Kinesis answered GetShardIterator with {refused[-1]}, and your function hid it.",
            "Let the error of GetShardIterator reach the caller: do not catch it.",
        )
    if not requests:
        return (
            "Your function did not ask Kinesis for a shard iterator.",
            "Do not check the offset and the shard yourself: call GetShardIterator with both, and "
            "let its error reach the caller.",
        )
    if types & {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}:
        return (
            "Kinesis was asked for another offset or shard than the one passed in.",
            "Pass the offset and the shard id to GetShardIterator unchanged.",
        )
    return (
        f"Your function asked for a shard iterator of type {min(types)}.",
        "An iterator of this type takes no offset, so Kinesis never saw it. Which type takes one?",
    )


@pytest.mark.graded("P3", points=1)
def test_an_offset_that_is_no_number_is_an_error(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """An offset that is not a number raises an error."""
    shard = fill_shard(cloud, rng, name, 4)
    offset = f"offset-{rng.randrange(999)}"

    expect_error(reader, seen, shard, shard.shard_id, offset, "an offset that is not a number")


@pytest.mark.graded("P3", points=2)
def test_an_offset_of_another_shard_is_an_error(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """An offset from another shard raises an error."""
    shard = fill_shard(cloud, rng, name, 5)
    other = next(
        records[0].sequence_number
        for shard_id, records in seen.log(name).by_shard.items()
        if shard_id != shard.shard_id
    )

    expect_error(reader, seen, shard, shard.shard_id, other, "an offset from another shard")


@pytest.mark.graded("P3", points=1)
def test_a_shard_that_is_not_there_is_an_error(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A shard that does not exist raises an error."""
    shard = fill_shard(cloud, rng, name, 4)

    expect_error(
        reader, seen, shard, "shardId-000000000077", shard.offsets[0], "a shard that does not exist"
    )


@pytest.mark.graded("P4", points=1)
def test_a_replay_changes_nothing_and_can_be_repeated(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A replay leaves the log unchanged, and repeated it returns the same records."""
    shard = fill_shard(cloud, rng, name, rng.randint(8, 12))
    start = rng.randint(1, 3)
    before = seen.log(name)

    first = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], 4)
    again = reader.replay_from_offset(name, shard.shard_id, shard.offsets[start], 4)

    expect_asked(seen, shard.stream, CALL)
    if not records_in(first, shard.pairs, CALL):
        expect_records(first, shard.pairs[start:], CALL, INCLUSIVE, seen=seen)
    if seen.status(name) != "ACTIVE" or seen.log(name) != before:
        wrong(
            "The replay changed the records in the stream.",
            expected="the same records: a replay only reads",
            hint="A replay needs only GetShardIterator and GetRecords.",
        )
    if again != first:
        wrong(
            f"The second {CALL} returned different records from the first.",
            expected=shown(first),
            hint="Start each replay at the offset that is passed in.",
        )


@pytest.mark.graded("P4", points=1)
def test_each_replay_reads_the_log_anew(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A later replay also returns what has been written since the first."""
    shard = fill_shard(cloud, rng, name, rng.randint(7, 9))
    start = rng.randint(1, 3)
    event = make_event(rng, another_number(rng))
    late = LateRecord(shard.shard_id, json.dumps(event).encode(), event["userId"])
    cloud.faults.add(late)
    calls = rng.randint(3, 6)
    arguments = (name, shard.shard_id, shard.offsets[start], MANY)

    values = reader.values_in_a_row("replay_from_offset", *[arguments] * calls)

    readings = len(seen.calls("GetShardIterator", on=shard.stream))
    newest = seen.log(name).by_shard.get(shard.shard_id, ())[-1:]
    if readings < calls or not newest or newest[0].sequence_number == shard.offsets[-1]:
        wrong(
            f"{calls} identical calls of {CALL} requested "
            f"{counted(readings, 'shard iterator')}, so some calls did not read the log.",
            expected="each call reads the log again",
            hint=READ_ANEW,
        )
    pairs = [*shard.pairs, (newest[0].sequence_number, event)]
    found = records_in(values[1], pairs, CALL)
    if id_of(event) not in found or len(set(found)) < len(found):
        expect_records(
            values[1],
            pairs[start:],
            CALL,
            READ_ANEW,
            seen=seen,
            known=pairs,
        )
