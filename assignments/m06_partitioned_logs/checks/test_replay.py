"""Visible checks of the replay, kinesis_read_shards.py."""

from checks.events import some_events
from checks.faults import EmptyPages, PageSize, Throttle
from checks.student_code import as_lists, difference


def must_have(reader, found, expected, offset):
    """Fail unless a replay from an offset returned the expected pairs."""
    found = as_lists(found)
    reader.must(
        found == expected,
        f"A replay from offset {offset} should return {len(expected)} pairs; "
        f"{difference(found, expected, 'pair')}",
    )


def test_p1_from_the_middle(reader, cloud, stream, shards):
    """P1: A replay starts with the record at the offset itself."""
    expected = cloud.put(stream, shards[0], *some_events(7))[2:]
    offset = expected[0][0]

    found = reader.replay_from_offset(stream, shards[0], offset)

    must_have(reader, found, expected, offset)


def test_p1_from_both_ends(reader, cloud, stream, shards):
    """P1: A replay from the first offset returns all records; from the last, one record."""
    pairs = cloud.put(stream, shards[0], *some_events(4))

    for expected in (pairs, pairs[-1:]):
        offset = expected[0][0]
        found = reader.replay_from_offset(stream, shards[0], offset)
        must_have(reader, found, expected, offset)


def test_p1_empty_pages(reader, cloud, stream, shards):
    """P1: As in R2, an empty page is not the end of a replay."""
    expected = cloud.put(stream, shards[1], *some_events(9))[1:]
    offset = expected[0][0]
    cloud.faults.add(EmptyPages(shards[1], before_record=5, pages=2, stream=stream))

    found = reader.replay_from_offset(stream, shards[1], offset, 100)

    must_have(reader, found, expected, offset)


def test_p1_closed_shard(reader, cloud, stream, shards):
    """P1: As in R3, a closed shard is replayed to its end, through all its pages."""
    expected = cloud.put(stream, shards[2], *some_events(6))[1:]
    offset = expected[0][0]
    cloud.split(stream, shards[2])
    cloud.faults.add(PageSize(2, stream=stream))

    found = reader.replay_from_offset(stream, shards[2], offset, 100)

    must_have(reader, found, expected, offset)


def test_p1_throttled(reader, cloud, stream, shards):
    """P1: As in R6, a replay that is throttled 7 times in a row waits and continues."""
    expected = cloud.put(stream, shards[0], *some_events(7))[1:]
    offset = expected[0][0]
    cloud.faults.add(PageSize(4, stream=stream))
    cloud.faults.add(Throttle("GetRecords", times=7, after=1, stream=stream))

    found = reader.replay_from_offset(stream, shards[0], offset, 100)

    must_have(reader, found, expected, offset)


def test_p2_at_most(reader, cloud, stream, shards):
    """P2: At most max_records pairs come back, whatever the page sizes are; with 0, none."""
    expected = cloud.put(stream, shards[0], *some_events(12))[1:6]
    offset = expected[0][0]
    cloud.faults.add(PageSize(3, stream=stream))

    found = reader.replay_from_offset(stream, shards[0], offset, 5)

    must_have(reader, found, expected, f"{offset} with max_records 5")
    found = reader.replay_from_offset(stream, shards[0], offset, 0)
    must_have(reader, found, [], f"{offset} with max_records 0")


def test_p2_ten_by_default(reader, cloud, stream, shards):
    """P2: Without max_records, ten pairs come back."""
    expected = cloud.put(stream, shards[0], *some_events(14))[2:12]
    offset = expected[0][0]

    found = reader.replay_from_offset(stream, shards[0], offset)

    must_have(reader, found, expected, offset)


def must_fail(reader, cloud, stream, shard, offset, why):
    """Fail unless a replay works from a valid offset and raises an error for an invalid offset."""
    good = cloud.put(stream, cloud.shard_ids(stream)[0], *some_events(3))
    found = reader.replay_from_offset(stream, cloud.shard_ids(stream)[0], good[0][0])
    must_have(reader, found, good, good[0][0])

    raised = reader.fails("replay_from_offset", stream, shard, offset)

    reader.must(raised, f"{why}, but the replay raised no error.")


def test_p3_offset_that_is_not_a_number(reader, cloud, stream, shards):
    """P3: An offset that is not a number is an error that the caller sees."""
    must_fail(
        reader, cloud, stream, shards[0], "yesterday", "The offset 'yesterday' is not a number"
    )


def test_p3_offset_of_another_shard(reader, cloud, stream, shards):
    """P3: An offset from another shard is an error that the caller sees."""
    offset = cloud.put(stream, shards[1], *some_events(2))[0][0]

    must_fail(
        reader, cloud, stream, shards[0], offset, f"The offset {offset} belongs to another shard"
    )


def test_p3_shard_that_does_not_exist(reader, cloud, stream, shards):
    """P3: A shard that the stream does not have is an error that the caller sees."""
    offset = cloud.put(stream, shards[1], *some_events(2))[0][0]

    must_fail(reader, cloud, stream, "shardId-000000000099", offset, "This shard does not exist")


def test_p4_once_more(reader, cloud, stream, shards):
    """P4: A replay changes nothing, and a later replay also returns newer records."""
    pairs = cloud.put(stream, shards[1], *some_events(3))
    offsets = [offset for offset, _ in pairs]
    before = cloud.records(stream)

    for start in (1, 0, 1):
        found = reader.replay_from_offset(stream, shards[1], offsets[start])
        must_have(reader, found, pairs[start:], offsets[start])

    reader.must(cloud.records(stream) == before, "A replay changed the records in the stream.")
    pairs += cloud.put(stream, shards[1], *some_events(1, first=9))
    found = reader.replay_from_offset(stream, shards[1], offsets[1])
    must_have(reader, found, pairs[1:], f"{offsets[1]}, after one more record was written,")
