"""The same exercises for graders that know only cells and asserts: the suite's calls, plainly.

Each exercise makes its own AWS with moto, calls one function of the student's and asserts a little:
as many calls of each function as the hidden suite makes, on streams of about the same size.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping

SETUP = """
import boto3, boto3 as aws, contextlib, io, json, os, time
from moto import mock_aws
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    os.environ[name] = "testing"
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

def filled(name, records, shards=4):
    client = aws.client("kinesis")
    client.create_stream(StreamName=name, ShardCount=shards)
    for number in range(records):
        client.put_record(StreamName=name, Data=json.dumps({"n": number}), PartitionKey=str(number))
    return client.list_shards(StreamName=name)["Shards"]
"""

_EXERCISES = (
    (
        3,
        """
create_multi_shard_stream("s", 4)
assert len(aws.client("kinesis").list_shards(StreamName="s")["Shards"]) == 4
""",
    ),
    (
        3,
        """
filled("s", 0)
assert len(get_shard_info("s")) == 4
""",
    ),
    (
        13,
        """
filled("s", 0)
assert send_events_to_shards("s", 12)
""",
    ),
    (
        2,
        """
filled("s", 0)
delete_stream("s")
assert aws.client("kinesis").list_streams()["StreamNames"] == []
""",
    ),
    (
        15,
        """
shard = filled("s", 30, 1)[0]["ShardId"]
assert len(read_from_shard("s", shard, 50)) == 30
""",
    ),
    (
        3,
        """
filled("s", 30)
found = read_all_shards("s")
assert sum(len(pairs) for pairs in found.values()) == 30
""",
    ),
    (
        17,
        """
shard = filled("s", 20, 1)[0]["ShardId"]
offset = read_from_shard("s", shard, 50)[10][0]
assert replay_from_offset("s", shard, offset)
""",
    ),
    (
        5,
        """
assert len(read_queue_twice("q", ["a", "b", "c", "d", "e", "f"])[0]) == 6
""",
    ),
    (
        4,
        """
assert read_log_twice("s", ["a", "b", "c", "d"])[1] == ["a", "b", "c", "d"]
""",
    ),
)
"""How often, and what."""


def solution_cells(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield each module as the text of a cell, without what runs it as a script."""
    for name, content in files.items():
        if name.endswith(".py"):
            yield re.sub(r'\nif __name__ == "__main__":\n    main\(\)\n', "\n", content.decode())


def exercise_cells() -> Iterator[str]:
    """Yield the text of a cell for each exercise; it prints nothing, since otter would judge it."""
    context = "with mock_aws(), contextlib.redirect_stdout(io.StringIO()):\n"
    for times, code in _EXERCISES:
        cell = context + textwrap.indent(code.strip(), "    ")
        yield from [cell] * times
