# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Types everywhere: frozen dataclasses, TypedDicts, a StrEnum, NewTypes, NamedTuples as pairs."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum, StrEnum, auto
from typing import ClassVar, Final, NewType, NotRequired, Self, TypedDict

import boto3
from botocore.exceptions import ClientError

ShardId = NewType("ShardId", str)
UserId = NewType("UserId", str)

USERS: Final = tuple(map(UserId, ("alice", "bob", "charlie", "diana", "eve")))


class Action(StrEnum):
    LOGIN = auto()
    VIEW_PAGE = auto()
    CLICK = auto()
    LOGOUT = auto()


class ErrorCode(str, Enum):
    IN_USE = "ResourceInUseException"
    NOT_FOUND = "ResourceNotFoundException"
    THROTTLED = "ProvisionedThroughputExceededException"

    @classmethod
    def of(cls, error: ClientError) -> ErrorCode | None:
        try:
            return cls(error.response["Error"]["Code"])
        except ValueError:
            return None


class HashKeyRange(TypedDict):
    StartingHashKey: str
    EndingHashKey: str


class ShardDescription(TypedDict):
    ShardId: ShardId
    HashKeyRange: HashKeyRange
    ParentShardId: NotRequired[ShardId]


def now_in_utc() -> str:
    return datetime.now(UTC).isoformat().removesuffix("+00:00") + "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEvent:
    ACTIONS: ClassVar[list[Action]] = list(Action)

    eventId: int
    userId: UserId
    action: Action
    timestamp: str = field(default_factory=now_in_utc)

    def __post_init__(self) -> None:
        if self.eventId < 0:
            raise ValueError(self.eventId)

    @classmethod
    def number(cls, number: int) -> Self:
        return cls(
            eventId=number,
            userId=USERS[number % len(USERS)],
            action=cls.ACTIONS[number % len(cls.ACTIONS)],
        )

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()


@dataclass
class Backoff:
    """Pauses that double, up to a bound."""

    pause: float = 0.1
    longest: float = 6.4

    def wait(self) -> None:
        time.sleep(self.pause)
        self.pause = min(2 * self.pause, self.longest)


def create_multi_shard_stream(stream_name: str, shard_count: int) -> None:
    kinesis = boto3.client("kinesis")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except ClientError as error:
        if ErrorCode.of(error) is not ErrorCode.IN_USE:
            raise
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name: str) -> list[ShardDescription]:
    pages = boto3.client("kinesis").get_paginator("describe_stream").paginate(StreamName=stream_name)
    return [shard for page in pages for shard in page["StreamDescription"]["Shards"]]


def send_events_to_shards(stream_name: str, num_events: int = 30) -> dict[UserId, ShardId]:
    kinesis = boto3.client("kinesis")
    shards: dict[UserId, ShardId] = {}
    for event in map(UserEvent.number, range(num_events)):
        backoff = Backoff()
        while True:
            try:
                answer = kinesis.put_record(
                    StreamName=stream_name, Data=event.to_json(), PartitionKey=event.userId
                )
            except ClientError as error:
                if ErrorCode.of(error) is not ErrorCode.THROTTLED:
                    raise
                backoff.wait()
            else:
                shards[event.userId] = ShardId(answer["ShardId"])
                break
    return shards


def delete_stream(stream_name: str) -> None:
    kinesis = boto3.client("kinesis")
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except ClientError as error:
        if ErrorCode.of(error) is ErrorCode.NOT_FOUND:
            return
        raise
    kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
