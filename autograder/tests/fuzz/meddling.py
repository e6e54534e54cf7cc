"""Meddles with a student's functions: with their return values, and with the data in AWS.

A random submission includes this file. It runs in the sandbox and imports nothing from the
grader.
"""

import functools
import random
import types
from collections.abc import Callable
from typing import Any

import boto3

GIANT = 200_000
CHANCES = 0.4
"""The probability of each of the four ways to meddle with a call."""


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


VALUES: tuple[Any, ...] = (
    None, True, -1, 10**18, 10**90, 10**5000, 1e308, float("nan"), float("inf"), "", "x" * GIANT,
    "\ud800", "\x00", b"bytes", [], {}, [[]], [[], []], [["1", {}]], [[1, 2, 3]], {"a": [[]]},
    {1: 2}, {None: None}, {("a",): 1}, set("ab"), object(), len, iter("ab"), [0] * GIANT,
    [[]] * 40_000, [["1", {"eventId": 1}]] * 8000, dict.fromkeys(map(str, range(30_000))),
    _nested(25), _nested(900),
)  # fmt: skip
DATA = (
    b"", b"{}", b"null", b"x" * 900_000, b"\xff\xfe", b'{"eventId": 0}', b'{"eventId": "1"}',
    b'{"eventId": 1e999}', b'{"eventId": [], "userId": {}}', b'{"eventId": NaN}', b"[" * 100_000,
    b"(" * 2000, b"-" * 2000 + b"1", b"{'eventId': 0x" + b"f" * 1900 + b"}", b"9" * 60_000,
    b'{"eventId": 2, "userId": "\\ud800", "action": [], "timestamp": {}}', b'"' * 3,
)  # fmt: skip
KEYS = ("alice", "k", "a" * 256, "\u2603" * 200, "0", "\x1b[31m")


def meddle(names: dict[str, Any], seed: int) -> None:
    """Replace each function of a module by a function that meddles."""
    rng = random.Random(seed)
    for name, value in list(names.items()):
        if isinstance(value, types.FunctionType) and not name.startswith("_"):
            names[name] = _meddling(value, rng)


def _meddling(function: Callable[..., Any], rng: random.Random) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        name = args[0] if args and isinstance(args[0], str) else "none"
        if rng.random() < CHANCES / 4:
            _touch(name, rng)
        value = function(*args, **kwargs)
        if rng.random() < CHANCES:
            _touch(name, rng)
        return _changed(value, rng) if rng.random() < CHANCES else value

    return call


def _touch(name: str, rng: random.Random) -> None:
    """Do something in AWS that right code never does."""
    kinesis, sqs = boto3.client("kinesis"), boto3.client("sqs")
    record: Any = {"Data": rng.choice(DATA), "PartitionKey": rng.choice(KEYS)}
    ways: list[Callable[[], Any]] = [
        lambda: kinesis.put_record(StreamName=name, **record),
        lambda: kinesis.put_records(StreamName=name, Records=[record]),
        lambda: [
            kinesis.put_records(
                StreamName=name, Records=[{"Data": b"{" * 9, "PartitionKey": "eve"}] * 500
            )
            for _ in range(rng.randrange(12))
        ],
        lambda: kinesis.delete_stream(StreamName=name),
        lambda: kinesis.create_stream(StreamName=name + "-", ShardCount=rng.randrange(1, 60)),
        lambda: kinesis.split_shard(
            StreamName=name, ShardToSplit="shardId-000000000000", NewStartingHashKey="1000"
        ),
        lambda: kinesis.merge_shards(
            StreamName=name,
            ShardToMerge="shardId-000000000000",
            AdjacentShardToMerge="shardId-000000000001",
        ),
        lambda: kinesis.get_records(ShardIterator="none"),
        lambda: kinesis.get_shard_iterator(
            StreamName=name, ShardId="shardId-000000000099", ShardIteratorType="LATEST"
        ),
        lambda: kinesis.put_record(StreamName="nobody", **record),
        lambda: sqs.send_message(QueueUrl=_queue(sqs, name), MessageBody="\u2603" * 9),
        lambda: sqs.receive_message(QueueUrl=_queue(sqs, name), MaxNumberOfMessages=10),
        lambda: sqs.delete_queue(QueueUrl=_queue(sqs, name)),
        lambda: sqs.purge_queue(QueueUrl=_queue(sqs, name)),
        lambda: sqs.get_queue_url(QueueName="nobody"),
    ]
    try:
        rng.choice(ways)()
    except Exception:
        if rng.random() < CHANCES / 4:
            raise


def _queue(sqs: Any, name: str) -> str:
    return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])


def _changed(value: Any, rng: random.Random) -> Any:
    """Return a value that is changed somewhere or replaced."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        rest = {name: part for name, part in value.items() if name != key}
        ways: list[Callable[[], Any]] = [
            lambda: rest,
            lambda: {**value, key: _changed(value[key], rng)},
            lambda: {**rest, rng.choice(VALUES[9:13]): value[key]},
            lambda: list(value.items()),
        ]
        return rng.choice(ways)()
    if isinstance(value, list | tuple) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        before, part, after = list(value[:at]), value[at], list(value[at + 1 :])
        ways = [
            lambda: before + after,
            lambda: [*before, part, part, *after],
            lambda: [*before, _changed(part, rng), *after],
            lambda: list(value)[::-1],
            lambda: list(value) * 300,
            lambda: [list(value)],
            lambda: {str(number): part for number, part in enumerate(value)},
            lambda: [*value, value],
        ]
        return rng.choice(ways)()
    if isinstance(value, str) and rng.random() < 0.5:
        return rng.choice((value[::-1], value.upper(), value * 99, value.encode(), [value]))
    return rng.choice(VALUES)
