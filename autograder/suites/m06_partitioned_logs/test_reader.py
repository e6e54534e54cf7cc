"""Hidden tests of the reader: read_from_shard and read_all_shards in kinesis_read_shards.py."""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from autograder.suites.m06_partitioned_logs.pictures import picture_of_reading
from autograder.suites.m06_partitioned_logs.reading import (
    Pair,
    expect_asked,
    expect_pairs,
    expect_records,
    fill_shard,
    make_event,
    name_of,
    put,
    records_in,
)
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
    in_words,
    shown,
    witnesses_of,
    wrong,
)

CALL = "read_from_shard()"
FROM_THE_START = "A shard iterator of type TRIM_HORIZON starts at the oldest record."
GO_ON = "Go on with NextShardIterator until you are caught up, or there is none."
NO_MORE_THAN_ASKED = "Count what you have collected, and cut the last page to fit."


@pytest.mark.graded("R1", points=2)
def test_oldest_records_come_first(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """All records of the shard come back, the oldest first."""
    shard = fill_shard(cloud, chance, name, chance.randint(9, 17))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(value, shard.pairs, CALL, FROM_THE_START, seen=seen, in_order=True)


@pytest.mark.graded("R1", points=1)
def test_sequence_numbers_and_events_are_as_kinesis_has_them(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """Each pair is the sequence number as text, and the decoded event."""
    shard = fill_shard(cloud, chance, name, 1)

    value = reader.read_from_shard(name, shard.shard_id)

    expect_pairs(value, shard.pairs, CALL, FROM_THE_START, seen=seen)


@pytest.mark.graded("R1", points=1)
def test_pages_are_joined_in_order(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """However many pages the records come in, an older one stands before a newer one."""
    shard = fill_shard(cloud, chance, name, chance.randint(12, 18))
    cloud.faults.add(PageSize(chance.randint(3, 5)))

    value = reader.read_from_shard(name, shard.shard_id)

    found = records_in(value, shard.pairs, CALL)
    if not found:
        expect_records(value, shard.pairs, CALL, GO_ON, seen=seen)
    known = set(found)
    came = [name_of(event) for _, event in shard.pairs if name_of(event) in known]
    witnesses = compare_logs(came, found)
    if witnesses:
        wrong(
            f"{CALL} returned {len(found)} records: {in_words(witnesses)}.",
            expected="the older record before the newer one, from page to page",
            hint="Append each page behind what you have.",
            witnesses=witnesses,
            log=picture_of_reading(seen, found, came, replay=False),
        )


@pytest.mark.graded("R1", points=1)
def test_equal_events_are_records_of_their_own(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """Two records with the same event are two pairs: the sequence number tells them apart."""
    shard = fill_shard(cloud, chance, name, chance.randint(5, 8))
    _, event = shard.pairs[chance.randint(1, 3)]
    again = put(cloud, name, shard.shard_id, event)

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value,
        [*shard.pairs, (again, event)],
        CALL,
        "An event that was sent twice stands in the log twice, each time with a sequence number of "
        "its own.",
        seen=seen,
    )


@pytest.mark.graded("R2", points=2)
def test_an_empty_page_is_not_the_end(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """An empty page is not the end of the shard."""
    shard = fill_shard(cloud, chance, name, chance.randint(14, 22))
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=chance.randint(5, 9), pages=1))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value, shard.pairs, CALL, f"MillisBehindLatest above 0: more follow. {GO_ON}", seen=seen
    )


@pytest.mark.graded("R2", points=2)
def test_several_empty_pages_are_not_the_end(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """Several empty pages in a row are not the end of the shard either."""
    shard = fill_shard(cloud, chance, name, chance.randint(14, 22))
    pages = chance.randint(4, 7)
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=chance.randint(5, 9), pages=pages))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value, shard.pairs, CALL, f"MillisBehindLatest above 0: more follow. {GO_ON}", seen=seen
    )


@pytest.mark.graded("R2", points=1)
def test_an_empty_first_page_is_not_the_end(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """A shard whose first page is empty may still hold records."""
    shard = fill_shard(cloud, chance, name, chance.randint(6, 12))
    cloud.faults.add(EmptyPages(shard.shard_id, before_record=0, pages=2))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value, shard.pairs, CALL, f"MillisBehindLatest above 0: more follow. {GO_ON}", seen=seen
    )


@pytest.mark.graded("R2", points=2)
def test_an_empty_shard_is_an_empty_list(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """An open, empty shard promptly gives an empty list; one with records gives records."""
    cloud.kinesis.create_stream(name, 2)
    shard_id = cloud.kinesis.shards(name)[1]["ShardId"]
    filled = fill_shard(cloud, chance, f"{name}-filled", 2, shards=1)

    reader.outcome_of("read_from_shard", filled.stream, filled.shard_id)
    value = reader.read_from_shard(name, shard_id)

    expect_asked(seen, CALL)
    expect_records(
        value,
        [],
        CALL,
        "An open shard always has a next iterator; stop when caught up.",
        seen=seen,
    )


def split_shard(
    cloud: Scene, chance: random.Random, stream: str, records: int
) -> tuple[str, list[Pair]]:
    """Fill the one shard of a stream, split it, and put more into its children."""
    shard = fill_shard(cloud, chance, stream, records, shards=1)
    cloud.kinesis.split(stream, shard.shard_id)
    for child in cloud.kinesis.shards(stream):
        if child["ShardId"] != shard.shard_id:
            put(cloud, stream, child["ShardId"], make_event(chance, 5_000))
    return shard.shard_id, list(shard.pairs)


@pytest.mark.graded("R3", points=2)
def test_a_closed_shard_is_read_to_its_end(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """A shard that was split keeps its records; reading ends where there is no next iterator."""
    shard_id, pairs = split_shard(cloud, chance, name, chance.randint(7, 12))
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
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """A closed shard that holds nothing gives an empty list; one with records gives records."""
    shard_id, _ = split_shard(cloud, chance, name, 0)
    filled = fill_shard(cloud, chance, f"{name}-filled", 2, shards=1)

    reader.outcome_of("read_from_shard", filled.stream, filled.shard_id)
    value = reader.read_from_shard(name, shard_id)

    expect_asked(seen, CALL)
    expect_records(
        value, [], CALL, "A closed shard's last page has no NextShardIterator.", seen=seen
    )


@pytest.mark.graded("R4", points=1)
def test_no_more_than_asked_for(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """With fewer asked for than there are, the oldest so many come back."""
    shard = fill_shard(cloud, chance, name, chance.randint(30, 40))
    asked = chance.randint(7, 24)

    value = reader.read_from_shard(name, shard.shard_id, asked)

    expect_records(
        value,
        shard.pairs[:asked],
        f"read_from_shard(..., {asked})",
        NO_MORE_THAN_ASKED,
        seen=seen,
    )


@pytest.mark.graded("R4", points=1)
def test_none_asked_for(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """With 0 for max_records the list is empty; with more it is not."""
    shard = fill_shard(cloud, chance, name, chance.randint(3, 6))

    reader.outcome_of("read_from_shard", name, shard.shard_id, 2)
    value = reader.read_from_shard(name, shard.shard_id, 0)

    expect_asked(seen, CALL)
    expect_records(
        value, [], "read_from_shard(..., 0)", "GetRecords takes no Limit of 0.", seen=seen
    )


@pytest.mark.graded("R4", points=1)
def test_asked_for_ends_within_a_page(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """However the pages fall, no record beyond the number asked for comes back, and none less."""
    shard = fill_shard(cloud, chance, name, 26)
    size = chance.choice([4, 5, 6])
    cloud.faults.add(PageSize(size))
    asked = 2 * size + chance.randint(1, size - 1)

    value = reader.read_from_shard(name, shard.shard_id, asked)

    expect_records(
        value,
        shard.pairs[:asked],
        f"read_from_shard(..., {asked})",
        NO_MORE_THAN_ASKED,
        seen=seen,
    )


@pytest.mark.graded("R4", points=1)
def test_more_asked_for_than_there_is(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """Asked for more than the shard holds, it returns what there is, through all its pages."""
    shard = fill_shard(cloud, chance, name, chance.randint(25, 35))
    cloud.faults.add(PageSize(chance.randint(1, 2)))
    asked = chance.randint(10_001, 20_000)  # more than one page can hold

    value = reader.read_from_shard(name, shard.shard_id, asked)

    expect_records(value, shard.pairs, f"read_from_shard(..., {asked})", GO_ON, seen=seen)


@pytest.mark.graded("R4", points=1)
def test_fifty_by_default(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """Without a number, the oldest 50 come back."""
    shard = fill_shard(cloud, chance, name, chance.randint(53, 70), shards=1)

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(value, shard.pairs[:50], CALL, NO_MORE_THAN_ASKED, seen=seen, known=shard.pairs)


BY_SHARD = "The keys are the ShardIds of the listing, the values the lists of pairs."
ALL_SHARDS = "a dict {shard id: what read_from_shard returns}"


def expect_shards(
    reader: Module, value: Any, right: dict[str, list[Pair]], hint: str, *, seen: Seen, name: str
) -> None:
    """Check that each shard is there with what read_from_shard returns for it.

    Whether that is right is the business of the other tests.
    """
    shards = _as_dict(value, right)
    missing = sorted(set(right) - set(shards))
    if missing or len(shards) != len(right):
        wrong(
            f"read_all_shards() returned {len(shards)} shards; the stream has {len(right)}.",
            expected="every shard, empty and closed ones too",
            hint=hint,
            witnesses=witnesses_of(Anomaly.UNREAD, missing),
        )
    known = [pair for pairs in right.values() for pair in pairs]
    for shard_id, pairs in right.items():
        call = f"read_all_shards()[{shard_id!r}]"
        right_names = sorted(name_of(event) for _, event in pairs)
        listed = isinstance(shards[shard_id], list)
        same = listed and sorted(records_in(shards[shard_id], known, call)) == right_names
        if not same and shards[shard_id] != reader.read_from_shard(name, shard_id):
            expect_records(shards[shard_id], pairs, call, hint, seen=seen, known=known)


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
    cloud: Scene, chance: random.Random, stream: str, shards: int, *, leave_empty: bool = False
) -> dict[str, list[Pair]]:
    """Make a stream with some records in each shard, or in every other one."""
    cloud.kinesis.create_stream(stream, shards)
    right: dict[str, list[Pair]] = {}
    number = 0
    for index, shard in enumerate(cloud.kinesis.shards(stream)):
        shard_id = shard["ShardId"]
        right[shard_id] = []
        for _ in range(0 if leave_empty and index % 2 else chance.randint(2, 5)):
            event = make_event(chance, number)
            right[shard_id].append((put(cloud, stream, shard_id, event), event))
            number += 1
    return right


@pytest.mark.graded("R5", points=1)
def test_every_shard_is_read(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """All shards are in the result, those without records too."""
    right = fill_shards(cloud, chance, name, chance.randint(3, 6), leave_empty=True)

    value = reader.read_all_shards(name)

    if not isinstance(value, dict):
        wrong(f"read_all_shards() returned {shown(value)}.", expected=ALL_SHARDS, hint=BY_SHARD)
    expect_shards(
        reader,
        value,
        right,
        "An empty shard belongs into the result, with an empty list.",
        seen=seen,
        name=name,
    )


@pytest.mark.graded("R5", points=1)
def test_the_shard_listing_is_followed_to_its_end(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """Shards that come on a later page of the listing are read as well."""
    right = fill_shards(cloud, chance, name, chance.randint(7, 9))
    cloud.faults.add(ShardPageSize(3))

    value = reader.read_all_shards(name)

    expect_shards(
        reader,
        value,
        right,
        "HasMoreShards or NextToken says that more shards follow.",
        seen=seen,
        name=name,
    )


@pytest.mark.graded("R5", points=1)
def test_closed_shards_are_read_too(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """After a split, the closed parent and its children are all read."""
    right = fill_shards(cloud, chance, name, 2)
    parent = max(right, key=lambda shard_id: len(right[shard_id]))
    cloud.kinesis.split(name, parent)
    for shard in cloud.kinesis.shards(name):
        if shard["ShardId"] not in right:
            event = make_event(chance, 900 + len(right))
            right[shard["ShardId"]] = [(put(cloud, name, shard["ShardId"], event), event)]

    value = reader.read_all_shards(name)

    expect_shards(
        reader, value, right, "A closed shard still holds its records.", seen=seen, name=name
    )


@pytest.mark.graded("R6", points=2)
def test_throttled_reads_lose_and_double_nothing(
    reader: Module, cloud: Scene, seen: Seen, chance: random.Random, name: str
) -> None:
    """When GetRecords is refused several times in a row, reading waits and goes on."""
    shard = fill_shard(cloud, chance, name, chance.randint(15, 24))
    cloud.faults.add(PageSize(chance.randint(4, 6)))
    cloud.faults.add(Throttle("GetRecords", times=8, after=chance.randint(1, 2)))

    value = reader.read_from_shard(name, shard.shard_id)

    expect_records(
        value,
        shard.pairs,
        CALL,
        "A throttled GetRecords is tried again with the same iterator.",
        seen=seen,
    )
