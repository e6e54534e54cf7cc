"""Visible checks of the reader, kinesis_read_shards.py."""

from student_code import as_lists, show


def test_r1_all_records(reader, stream, shards, put):
    """R1: All records of a shard come back as (sequence number, event), the oldest first."""
    expected = put(shards[1], 6)

    found = as_lists(reader.read_from_shard(stream, shards[1]))

    reader.must(found == expected, f"The shard holds {show(expected)}; you returned {show(found)}.")


def test_r2_the_end(reader, stream, shards):
    """R2: At the end of an open shard, reading stops and waits for nothing."""
    found = reader.read_from_shard(stream, shards[0])

    reader.must(as_lists(found) == [], f"The shard is empty; you returned {show(found)}.")


def test_r4_at_most(reader, stream, shards, put):
    """R4: At most max_records pairs come back, the oldest ones."""
    expected = put(shards[2], 5)

    found = as_lists(reader.read_from_shard(stream, shards[2], 3))

    reader.must(
        found == expected[:3],
        f"Asked for 3 records, you should return {show(expected[:3])}; you returned {show(found)}.",
    )


def test_r5_all_shards(reader, stream, shards, put):
    """R5: Every shard is read, one with nothing in it too."""
    expected = {shards[0]: put(shards[0], 2), shards[1]: [], shards[2]: put(shards[2], 3)}

    found = reader.read_all_shards(stream)

    reader.must(isinstance(found, dict), f"It should return a dict; you returned {show(found)}.")
    reader.must(
        sorted(map(str, found)) == shards,
        f"The stream has the shards {show(shards)}; you returned {show(sorted(map(str, found)))}.",
    )
    for shard, pairs in expected.items():
        reader.must(
            as_lists(found[shard]) == pairs,
            f"{shard} holds {show(pairs)}; you returned {show(found[shard])}.",
        )
