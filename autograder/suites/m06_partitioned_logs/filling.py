"""Scenes of the tests that read: streams with events in their shards."""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from autograder.testing import Scene

Pair = tuple[str, dict[str, Any]]
"""A sequence number and the event of its record."""
USER_NAMES = ("rider", "Zoë", "møller", "tenant 7", "a/b", "O'Neil")
ACTION_NAMES = ("brake", "zoom-in", "Überholen", "pay 3 €", "x", "log out")


@dataclass(frozen=True)
class FilledShard:
    """A shard with records in it, and the pairs that a right reader returns for it."""

    stream: str
    shard_id: str
    pairs: tuple[Pair, ...]

    @property
    def offsets(self) -> tuple[str, ...]:
        """The sequence numbers, oldest first."""
        return tuple(offset for offset, _ in self.pairs)


def make_event(rng: random.Random, number: int) -> dict[str, Any]:
    """Make an event with the keys that R1 promises, and values that nobody can guess.

    Some have another key as well, as R1 says.
    """
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(10**7))
    event: dict[str, Any] = {
        "eventId": number,
        "userId": f"{rng.choice(USER_NAMES)}-{rng.randrange(10**6)}",
        "action": f"{rng.choice(ACTION_NAMES)} {rng.randrange(10**4)}",
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    if rng.random() < 0.3:
        event["reading"] = {"value": rng.randrange(10**6), "unit": "m²"}
    return event


def some_numbers(rng: random.Random, count: int) -> list[int]:
    """Choose the numbers of a shard's events: they grow, and tell nothing of each other."""
    return sorted(rng.sample(range(1_000, 10_000), count))


def another_number(rng: random.Random) -> int:
    """Choose the number of an event that is in no list of `some_numbers`."""
    return rng.randrange(10_000, 10**6)


def fill_shard(
    cloud: Scene, rng: random.Random, stream: str, records: int, shards: int = 3
) -> FilledShard:
    """Make a stream and put records into one of its shards, and a few into another."""
    cloud.kinesis.create_stream(stream, shards)
    ids = [shard["ShardId"] for shard in cloud.kinesis.shards(stream)]
    shard_id = rng.choice(ids)
    pairs: list[Pair] = []
    for index, number in enumerate(some_numbers(rng, records)):
        event = make_event(rng, number)
        pairs.append((put(cloud, stream, shard_id, event), event))
        for other in ids:
            if other != shard_id and index % 4 == 0:
                put(cloud, stream, other, make_event(rng, another_number(rng)))
    return FilledShard(stream, shard_id, tuple(pairs))


def put(cloud: Scene, stream: str, shard_id: str, event: dict[str, Any]) -> str:
    """Put one event into one shard and return its sequence number."""
    data = json.dumps(event).encode()
    return cloud.kinesis.put_in_shard(stream, shard_id, data, event["userId"]).sequence_number
