from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, TypedDict, overload

import boto3
from botocore.exceptions import ClientError

from kinesis_multi_shard import Backoff, ErrorCode, ShardId, get_shard_info


class Event(TypedDict):
    eventId: int
    userId: str
    action: str
    timestamp: str


class Record(NamedTuple):
    sequence_number: str
    event: Event


Records: TypeAlias = list[Record]


class Start(Protocol):
    def arguments(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Oldest:
    kind: Literal["TRIM_HORIZON"] = "TRIM_HORIZON"

    def arguments(self) -> dict[str, str]:
        return {"ShardIteratorType": self.kind}


@dataclass(frozen=True)
class Offset:
    sequence_number: str

    def arguments(self) -> dict[str, str]:
        return {
            "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            "StartingSequenceNumber": self.sequence_number,
        }


class ShardView(Sequence[Record]):
    """What a shard holds from a start on, read when it is made."""

    def __init__(self, stream_name: str, shard_id: str, start: Start, at_most: int) -> None:
        self._kinesis: Any = boto3.client("kinesis")
        answer = self._kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, **start.arguments()
        )
        self._records: Records = []
        for page in self._pages(answer["ShardIterator"], at_most):
            self._records.extend(page)

    def _pages(self, iterator: str | None, at_most: int) -> Iterator[Records]:
        backoff = Backoff()
        while iterator and len(self) < at_most:
            try:
                answer = self._kinesis.get_records(
                    ShardIterator=iterator, Limit=min(10_000, at_most - len(self))
                )
            except ClientError as error:
                if ErrorCode.of(error) is not ErrorCode.THROTTLED:
                    raise
                backoff.wait()
                continue
            backoff = Backoff()
            yield [Record(r["SequenceNumber"], json.loads(r["Data"])) for r in answer["Records"]]
            if not answer["Records"] and answer["MillisBehindLatest"] == 0:
                return
            iterator = answer.get("NextShardIterator")

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Records: ...
    def __getitem__(self, index: int | slice) -> Record | Records:
        return self._records[index]


def read_from_shard(stream_name: str, shard_id: str, max_records: int = 50) -> Records:
    return list(ShardView(stream_name, shard_id, Oldest(), max_records))


def read_all_shards(stream_name: str) -> dict[ShardId, Records]:
    return {
        shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"])
        for shard in get_shard_info(stream_name)
    }


def replay_from_offset(
    stream_name: str, shard_id: str, starting_sequence_number: str, max_records: int = 10
) -> Records:
    return ShardView(stream_name, shard_id, Offset(starting_sequence_number), max_records)[:]
