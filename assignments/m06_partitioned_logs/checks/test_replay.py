"""Visible checks of the replay, kinesis_read_shards.py."""

from student_code import as_lists, show


def test_p1_from_the_middle(reader, stream, shards, put):
    """P1: A replay starts with the record at the offset itself."""
    expected = put(shards[0], 6)[2:]
    offset = expected[0][0]

    found = as_lists(reader.replay_from_offset(stream, shards[0], offset))

    reader.must(
        found == expected,
        f"From offset {offset} on there is {show(expected)}; you returned {show(found)}.",
    )


def test_p2_at_most(reader, stream, shards, put):
    """P2: At most max_records pairs come back."""
    expected = put(shards[0], 6)[1:3]
    offset = expected[0][0]

    found = as_lists(reader.replay_from_offset(stream, shards[0], offset, 2))

    reader.must(
        found == expected,
        f"Asked for 2 records from offset {offset} on, you should return {show(expected)}; "
        f"you returned {show(found)}.",
    )


def test_p3_a_shard_that_does_not_exist(reader, stream):
    """P3: To replay a shard that the stream does not have is an error."""
    raised = reader.fails("replay_from_offset", stream, "shardId-000000000099", "1")

    reader.must(raised, "There is no such shard, and still no error reached the caller.")


def test_p4_once_more(reader, stream, shards, put):
    """P4: The same replay gives the same again."""
    expected = put(shards[1], 3)
    offset = expected[0][0]
    reader.replay_from_offset(stream, shards[1], offset)

    found = as_lists(reader.replay_from_offset(stream, shards[1], offset))

    reader.must(
        found == expected, f"The second time it should be {show(expected)}; it was {show(found)}."
    )
