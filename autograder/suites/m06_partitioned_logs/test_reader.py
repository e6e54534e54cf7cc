"""Hidden tests of the reader: read_from_shard and read_all_shards in kinesis_read_shards.py."""

import itertools
import random
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest

from autograder.testing import (
    Anomaly,
    EmptyPages,
    Module,
    PageSize,
    Scene,
    Seen,
    ShardPageSize,
    Throttle,
    compare_logs,
    counted,
    in_words,
    shown,
    witnesses_of,
    wrong,
)

from .filling import Pair, another_number, fill_shard, make_event, put, some_numbers
from .pictures import picture_of_reading
from .reading import (
    Function,
    FunctionCall,
    expect_asked,
    expect_pairs,
    expect_records,
    id_of,
    records_in,
)

CALL = FunctionCall(Function.READ)
FROM_THE_START = "A shard iterator of type TRIM_HORIZON starts at the oldest record."
GO_ON = (
    "Keep reading with NextShardIterator until you are caught up or the response has no "
    "NextShardIterator."
)
NO_MORE_THAN_ASKED = "Count the records you have collected, and cut the last page to fit."


@pytest.mark.graded("R1", points=2)
def test_oldest_records_come_first(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """All records of the shard come back, the oldest first."""
    shard = fill_shard(cloud, rng, name, rng.randint(9, 17))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(value, shard.pairs, CALL, FROM_THE_START, seen=seen, in_order=True)


@pytest.mark.graded("R1", points=1)
def test_sequence_numbers_and_events_are_as_kinesis_has_them(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Each pair is the sequence number as text, and the decoded event."""
    shard = fill_shard(cloud, rng, name, 1)

    value = reader.read_from_shard(name, shard.shard_id)

    expect_pairs(value, shard.pairs, CALL, FROM_THE_START, seen=seen)


@pytest.mark.graded("R1", points=1)
def test_pages_are_joined_in_order(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Records from several pages are joined in order, older ones before newer ones."""
    shard = fill_shard(cloud, rng, name, rng.randint(12, 18))
    cloud.faults.add(PageSize(rng.randint(3, 5)))

    value = reader.read_from_shard(name, shard.shard_id)

    found = records_in(value, shard.pairs, CALL)
    if not found:
        expect_records(value, shard.pairs, CALL, GO_ON, seen=seen)
    known = set(found)
    came = [id_of(event) for _, event in shard.pairs if id_of(event) in known]
    witnesses = compare_logs(came, found)
    if witnesses:
        wrong(
            f"{CALL} returned {counted(len(found), 'record')}: {in_words(witnesses)}.",
            expected="older records before newer ones, across all pages",
            hint="Append each page to the end of your list.",
            witnesses=witnesses,
            attachment=picture_of_reading(seen, found, came, replay=False),
        )


@pytest.mark.graded("R1", points=1)
def test_equal_events_are_records_of_their_own(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Records with equal events are separate pairs with different sequence numbers."""
    shard = fill_shard(cloud, rng, name, rng.randint(5, 8))
    _, event = shard.pairs[rng.randint(1, 3)]
    again = put(cloud, name, shard.shard_id, event)

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value,
        [*shard.pairs, (again, event)],
        CALL,
        "An event that was sent twice is in the log twice, each time with its own sequence number.",
        seen=seen,
    )


@pytest.mark.graded("R2", points=2)
def test_an_empty_page_is_not_the_end(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Reading goes on after an empty page."""
    shard = fill_shard(cloud, rng, name, rng.randint(14, 22))
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=rng.randint(5, 9), pages=1))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value,
        shard.pairs,
        CALL,
        f"A MillisBehindLatest above 0 means that more follow. {GO_ON}",
        seen=seen,
    )


@pytest.mark.graded("R2", points=2)
def test_several_empty_pages_are_not_the_end(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Reading goes on after several empty pages in a row."""
    shard = fill_shard(cloud, rng, name, rng.randint(14, 22))
    pages = rng.randint(4, 7)
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=rng.randint(5, 9), pages=pages))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value,
        shard.pairs,
        CALL,
        f"A MillisBehindLatest above 0 means that more follow. {GO_ON}",
        seen=seen,
    )


@pytest.mark.graded("R2", points=1)
def test_an_empty_first_page_is_not_the_end(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Reading goes on when the first page of a shard is empty."""
    shard = fill_shard(cloud, rng, name, rng.randint(6, 12))
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=0, pages=2))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value,
        shard.pairs,
        CALL,
        f"A MillisBehindLatest above 0 means that more follow. {GO_ON}",
        seen=seen,
    )


@pytest.mark.graded("R2", points=2)
def test_an_empty_shard_is_an_empty_list(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """An open, empty shard promptly returns an empty list; a filled one returns its records."""
    cloud.kinesis.create_stream(name, 2)
    shard_id = cloud.kinesis.shards(name)[1]["ShardId"]
    filled = fill_shard(cloud, rng, f"{name}-filled", 2, shards=1)

    reader.outcome_of("read_from_shard", filled.stream, filled.shard_id)
    value = reader.read_from_shard(name, shard_id)

    expect_asked(seen, name, CALL)
    expect_records(
        value,
        [],
        CALL,
        "An open shard always has a next iterator: stop when you are caught up.",
        seen=seen,
    )


def split_shard(
    cloud: Scene, rng: random.Random, stream: str, records: int
) -> tuple[str, list[Pair]]:
    """Fill the one shard of a stream, split it, and put more into its children."""
    shard = fill_shard(cloud, rng, stream, records, shards=1)
    cloud.kinesis.split(stream, shard.shard_id)
    for child in cloud.kinesis.shards(stream):
        if child["ShardId"] != shard.shard_id:
            put(cloud, stream, child["ShardId"], make_event(rng, another_number(rng)))
    return shard.shard_id, list(shard.pairs)


@pytest.mark.graded("R3", points=2)
def test_a_closed_shard_is_read_to_its_end(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A closed shard is read to its last record and then ends, without a next iterator."""
    shard_id, pairs = split_shard(cloud, rng, name, rng.randint(7, 12))
    cloud.faults.add(PageSize(3))

    value = reader.read_from_shard(name, shard_id)

    expect_records(
        value,
        pairs,
        CALL,
        f"A closed shard's last page has no NextShardIterator. {GO_ON}",
        seen=seen,
    )


@pytest.mark.graded("R3", points=1)
def test_a_closed_shard_without_records_ends(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """A closed, empty shard returns an empty list; a filled one returns its records."""
    shard_id, _ = split_shard(cloud, rng, name, 0)
    filled = fill_shard(cloud, rng, f"{name}-filled", 2, shards=1)

    reader.outcome_of("read_from_shard", filled.stream, filled.shard_id)
    value = reader.read_from_shard(name, shard_id)

    expect_asked(seen, name, CALL)
    expect_records(
        value, [], CALL, "A closed shard's last page has no NextShardIterator.", seen=seen
    )


@pytest.mark.graded("R4", points=1)
def test_no_more_than_asked_for(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """With max_records below the shard's size, exactly the oldest max_records come back."""
    shard = fill_shard(cloud, rng, name, rng.randint(30, 40))
    asked = rng.randint(7, 24)

    value = reader.read_from_shard(name, shard.shard_id, asked)

    expect_records(
        value,
        shard.pairs[:asked],
        replace(CALL, max_records=asked),
        NO_MORE_THAN_ASKED,
        seen=seen,
        known=shard.pairs,
    )


@pytest.mark.graded("R4", points=1)
def test_none_asked_for(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """With max_records 0 the list is empty; with 2 it is not."""
    shard = fill_shard(cloud, rng, name, rng.randint(3, 6))

    reader.outcome_of("read_from_shard", name, shard.shard_id, 2)
    value = reader.read_from_shard(name, shard.shard_id, 0)

    expect_asked(seen, name, CALL)
    expect_records(
        value,
        [],
        replace(CALL, max_records=0),
        "GetRecords rejects a Limit of 0: return before you call it.",
        seen=seen,
        known=shard.pairs,
    )


@pytest.mark.graded("R4", points=1)
def test_asked_for_ends_within_a_page(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Wherever pages end, exactly max_records records come back."""
    shard = fill_shard(cloud, rng, name, 26)
    size = rng.choice([4, 5, 6])
    cloud.faults.add(PageSize(size))
    asked = 2 * size + rng.randint(1, size - 1)

    value = reader.read_from_shard(name, shard.shard_id, asked)

    expect_records(
        value,
        shard.pairs[:asked],
        replace(CALL, max_records=asked),
        NO_MORE_THAN_ASKED,
        seen=seen,
        known=shard.pairs,
    )


@pytest.mark.graded("R4", points=1)
def test_more_asked_for_than_there_is(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """With max_records above the shard's size, all records come back, from all pages."""
    shard = fill_shard(cloud, rng, name, rng.randint(25, 35))
    cloud.faults.add(PageSize(rng.randint(1, 2)))
    asked = rng.randint(10_001, 20_000)  # more than one page can hold

    value = reader.read_from_shard(name, shard.shard_id, asked)

    expect_records(value, shard.pairs, replace(CALL, max_records=asked), GO_ON, seen=seen)


@pytest.mark.graded("R4", points=1)
def test_fifty_by_default(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Without max_records, the oldest 50 records come back."""
    shard = fill_shard(cloud, rng, name, rng.randint(53, 70), shards=1)

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(value, shard.pairs[:50], CALL, NO_MORE_THAN_ASKED, seen=seen, known=shard.pairs)


BY_SHARD = "The keys are the ShardIds of the listing; the values are the lists of pairs."
EVERY_SHARD = "Include every shard that the listing names."
AS_READ = "For each shard, store the list that read_from_shard returns for it."
ALL_SHARDS = "a dict {shard id: the list that read_from_shard returns}"


def expect_shards(
    reader: Module,
    value: Any,
    right: dict[str, list[Pair]],
    hint: str,
    *,
    subject: Collection[str],
    seen: Seen,
    name: str,
) -> None:
    """Check that each shard is there with what read_from_shard returns for it.

    Other tests judge whether that is right.

    Args:
        reader: The student's functions.
        value: What read_all_shards returned.
        right: The records of each shard.
        hint: What helps if no other shards are missing than those that this test is about.
        subject: The shards that this test is about.
        seen: What saw the requests.
        name: The stream.
    """
    shards = _as_dict(value, right)
    missing = sorted(set(right) - set(shards))
    if any(shard_id not in subject for shard_id in missing):
        hint = EVERY_SHARD
    if missing or len(shards) != len(right):
        wrong(
            f"read_all_shards() returned {counted(len(shards), 'shard')}; the stream has "
            f"{len(right)}.",
            expected="every shard, including empty and closed ones",
            hint=hint,
            witnesses=witnesses_of(Anomaly.UNREAD, missing),
        )
    expect_asked(seen, name, FunctionCall(Function.READ_ALL))
    known = [pair for pairs in right.values() for pair in pairs]
    for shard_id, pairs in right.items():
        call = FunctionCall(Function.READ_ALL, shard_id=shard_id)
        right_ids = Counter(id_of(event) for _, event in pairs)
        is_list = isinstance(shards[shard_id], list)
        is_right = is_list and Counter(records_in(shards[shard_id], known, call)) == right_ids
        if not is_right and shards[shard_id] != reader.read_from_shard(name, shard_id):
            expect_records(shards[shard_id], pairs, call, AS_READ, seen=seen, known=known)


def _as_dict(value: Any, right: Mapping[str, object]) -> dict[str, Any]:
    """Take a dict, or a list of pairs, which only one test objects to."""
    shards = value
    if isinstance(value, list) and all(
        isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) for item in value
    ):
        shards = dict(value)
    if not isinstance(shards, dict) or not set(shards) & set(right):
        wrong(
            f"read_all_shards() returned {shown(value)}.",
            expected=ALL_SHARDS,
            hint=BY_SHARD,
        )
    return shards


def fill_shards(
    cloud: Scene, rng: random.Random, stream: str, shards: int, *, leave_empty: bool = False
) -> dict[str, list[Pair]]:
    """Make a stream with some records in each shard, or in every second shard."""
    cloud.kinesis.create_stream(stream, shards)
    right: dict[str, list[Pair]] = {}
    described = cloud.kinesis.shards(stream)
    counts = [
        0 if leave_empty and index % 2 else rng.randint(2, 5) for index in range(len(described))
    ]
    numbers = iter(some_numbers(rng, sum(counts)))
    for shard, count in zip(described, counts, strict=True):
        shard_id = shard["ShardId"]
        right[shard_id] = []
        for number in itertools.islice(numbers, count):
            event = make_event(rng, number)
            right[shard_id].append((put(cloud, stream, shard_id, event), event))
    return right


@pytest.mark.graded("R5", points=1)
def test_every_shard_is_read(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Every shard is in the result, empty ones too."""
    right = fill_shards(cloud, rng, name, rng.randint(3, 6), leave_empty=True)

    value = reader.read_all_shards(name)

    if not isinstance(value, dict):
        wrong(f"read_all_shards() returned {shown(value)}.", expected=ALL_SHARDS, hint=BY_SHARD)
    expect_shards(
        reader,
        value,
        right,
        "Include empty shards, with an empty list.",
        subject=[shard_id for shard_id, pairs in right.items() if not pairs],
        seen=seen,
        name=name,
    )


@pytest.mark.graded("R5", points=1)
def test_the_shard_listing_is_followed_to_its_end(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """Shards on later pages of the listing are read too."""
    right = fill_shards(cloud, rng, name, rng.randint(7, 9))
    cloud.faults.add(ShardPageSize(3))

    value = reader.read_all_shards(name)

    expect_shards(
        reader,
        value,
        right,
        "HasMoreShards or NextToken in the listing says that more shards follow.",
        subject=list(right)[3:],
        seen=seen,
        name=name,
    )


@pytest.mark.graded("R5", points=1)
def test_closed_shards_are_read_too(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """After a split, the closed parent and its children are all read."""
    right = fill_shards(cloud, rng, name, 2)
    parent = max(right, key=lambda shard_id: len(right[shard_id]))
    cloud.kinesis.split(name, parent)
    for shard in cloud.kinesis.shards(name):
        if shard["ShardId"] not in right:
            event = make_event(rng, another_number(rng))
            right[shard["ShardId"]] = [(put(cloud, name, shard["ShardId"], event), event)]

    value = reader.read_all_shards(name)

    expect_shards(
        reader,
        value,
        right,
        "Include closed shards: they still hold their records.",
        subject=[parent],
        seen=seen,
        name=name,
    )


@pytest.mark.graded("R6", points=2)
def test_throttled_reads_lose_and_double_nothing(
    reader: Module, cloud: Scene, seen: Seen, rng: random.Random, name: str
) -> None:
    """When GetRecords is throttled several times in a row, reading waits and goes on."""
    shard = fill_shard(cloud, rng, name, rng.randint(15, 24))
    cloud.faults.add(PageSize(rng.randint(4, 6)))
    cloud.faults.add(Throttle("GetRecords", times=8, after=rng.randint(1, 2), shard=shard.shard_id))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value,
        shard.pairs,
        CALL,
        "After a throttled GetRecords, wait and call it again with the same iterator.",
        seen=seen,
    )
