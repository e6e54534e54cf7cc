# /// submission
# file = "kinesis_read_shards.py"
# ///
"""Prints every record and keeps notes in a temporary file."""

import tempfile

_follow = follow_iterator


def follow_iterator(kinesis, iterator, max_records):
    pairs = _follow(kinesis, iterator, max_records)
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as notes:
        for number, (offset, event) in enumerate(pairs, 1):
            line = f"{number:>4} {offset} {event!r}"
            notes.write(line + "\n")
            print(line)
    return pairs
