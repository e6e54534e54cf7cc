"""Visible checks of the reader, kinesis_read_shards.py."""

from checks.events import some_events
from checks.faults import EmptyPages, PageSize, ShardPageSize, Throttle
from checks.student_code import as_lists, difference, show

POLLS = 50
"""When your reader is graded, it is stopped after this many "caught up" responses in a row."""


def must_have(reader, found, expected, what="You should return"):
    """Fail unless the expected pairs came back."""
    found = as_lists(found)
    reader.must(
        found == expected,
        f"{what} {len(expected)} pairs; {difference(found, expected, 'pair')}",
    )


# One shard.


def test_r1_pairs(reader, cloud, stream, shards):
    """R1: All records of a shard come back as (sequence number, event), the oldest first."""
    expected = cloud.put(stream, shards[1], *some_events(6))

    must_have(reader, reader.read_from_shard(stream, shards[1]), expected)


def test_r1_equal_events(reader, cloud, stream, shards):
    """R1: Records with equal events are separate pairs."""
    expected = cloud.put(stream, shards[0], *some_events(2), *some_events(2))

    must_have(reader, reader.read_from_shard(stream, shards[0]), expected)


def test_r2_empty_pages(reader, cloud, stream, shards):
    """R2: Two empty pages between records are not the end of the shard."""
    expected = cloud.put(stream, shards[0], *some_events(9))
    cloud.faults.add(EmptyPages(shards[0], before_record=4, pages=2, stream=stream))

    must_have(reader, reader.read_from_shard(stream, shards[0]), expected)


def test_r2_the_end(reader, cloud, stream, shards):
    """R2: Reading stops when it has caught up; an empty shard gives an empty list."""
    expected = cloud.put(stream, shards[0], *some_events(3))

    must_have(reader, reader.read_from_shard(stream, shards[0]), expected)
    must_have(reader, reader.read_from_shard(stream, shards[2]), [])
    polls = cloud.idle_answers(stream)
    reader.must(
        polls < POLLS,
        f"Kinesis reported {polls} times in a row that you were caught up, but your function kept "
        "asking.",
    )


def test_r3_closed_shard(reader, cloud, stream, shards):
    """R3: A closed shard is read to its end, through all its pages."""
    expected = cloud.put(stream, shards[1], *some_events(5))
    for child in cloud.split(stream, shards[1]):
        cloud.put(stream, child, *some_events(2, first=50))
    cloud.faults.add(PageSize(2, stream=stream))

    must_have(reader, reader.read_from_shard(stream, shards[1]), expected)


def test_r4_at_most(reader, cloud, stream, shards):
    """R4: At most max_records pairs come back, the oldest ones, whatever the page sizes are."""
    expected = cloud.put(stream, shards[2], *some_events(9))[:5]
    cloud.faults.add(PageSize(3, stream=stream))

    found = reader.read_from_shard(stream, shards[2], 5)

    must_have(reader, found, expected, "With max_records=5, you should return")


def test_r4_none_and_all(reader, cloud, stream, shards):
    """R4: max_records may be 0, or more than 10,000, the largest Limit of GetRecords."""
    expected = cloud.put(stream, shards[2], *some_events(4))

    found = reader.read_from_shard(stream, shards[2], 12_000)
    must_have(reader, found, expected, "With max_records=12_000, you should return")
    found = reader.read_from_shard(stream, shards[2], 0)
    must_have(reader, found, [], "With max_records=0, you should return")


def test_r4_fifty_by_default(reader, cloud, stream, shards):
    """R4: Without max_records, the oldest 50 come back."""
    expected = cloud.put(stream, shards[0], *some_events(52))[:50]

    found = reader.read_from_shard(stream, shards[0])

    must_have(reader, found, expected, "Without max_records, you should return")


def test_r6_throttled(reader, cloud, stream, shards):
    """R6: When GetRecords is throttled 7 times in a row, reading waits and continues."""
    expected = cloud.put(stream, shards[0], *some_events(7))
    cloud.faults.add(PageSize(3, stream=stream))
    cloud.faults.add(Throttle("GetRecords", times=7, after=1, stream=stream))

    must_have(reader, reader.read_from_shard(stream, shards[0]), expected)


# All shards.


def must_have_shards(reader, found, expected):
    """Fail unless the value is a dict of the expected shards and their pairs."""
    reader.must(
        isinstance(found, dict),
        f"read_all_shards() should return a dict; it returned {show(found)}.",
    )
    reader.must(
        sorted(map(str, found)) == sorted(expected),
        f"The stream has {len(expected)} shards, {show(sorted(expected))}; you returned "
        f"{show(sorted(map(str, found)))}.",
    )
    for shard, pairs in expected.items():
        must_have(reader, found[shard], pairs, f"For {shard}, you should return")


def test_r5_all_shards(reader, cloud, stream, shards):
    """R5: Every shard is read, even an empty shard."""
    first = cloud.put(stream, shards[0], *some_events(2))
    third = cloud.put(stream, shards[2], *some_events(3, first=20))

    found = reader.read_all_shards(stream)

    must_have_shards(reader, found, {shards[0]: first, shards[1]: [], shards[2]: third})


def test_r5_pages(reader, cloud, name):
    """R5: All three pages of the list of shards are read."""
    shards = cloud.create_stream(name, 5)
    expected = {shard: cloud.put(name, shard, *some_events(1)) for shard in shards}
    cloud.faults.add(ShardPageSize(2, stream=name))

    must_have_shards(reader, reader.read_all_shards(name), expected)


def test_r5_closed_shards(reader, cloud, stream, shards):
    """R5: A closed shard and the shards that replaced it are all read."""
    expected = {shard: cloud.put(stream, shard, *some_events(2)) for shard in shards}
    for child in cloud.split(stream, shards[0]):
        expected[child] = cloud.put(stream, child, *some_events(1, first=30))

    must_have_shards(reader, reader.read_all_shards(stream), expected)
