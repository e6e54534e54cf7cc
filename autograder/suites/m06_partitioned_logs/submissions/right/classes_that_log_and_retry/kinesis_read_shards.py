"""Consumes a stream shard by shard."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any

import boto3

from kinesis_multi_shard import StreamManager, with_retries

logger = logging.getLogger(__name__)


class ShardConsumer:
    """Reads one shard from a position on."""

    PAGE_SIZE = 1000

    def __init__(self, stream_name: str, shard_id: str, client: Any | None = None) -> None:
        self.stream_name = stream_name
        self.shard_id = shard_id
        self.statistics: Counter[str] = Counter()
        self._client = client or boto3.client("kinesis")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.stream_name!r}, {self.shard_id!r})"

    @with_retries()
    def _iterator(self, **position: str) -> str:
        response = self._client.get_shard_iterator(
            StreamName=self.stream_name, ShardId=self.shard_id, **position
        )
        return response["ShardIterator"]

    @with_retries(max_attempts=15)
    def _page(self, iterator: str, limit: int) -> dict[str, Any]:
        return self._client.get_records(ShardIterator=iterator, Limit=limit)

    def consume(self, max_records: int, **position: str) -> list[tuple[str, dict[str, Any]]]:
        iterator: str | None = self._iterator(**position)
        pairs: list[tuple[str, dict[str, Any]]] = []
        while iterator is not None and (missing := max_records - len(pairs)) > 0:
            page = self._page(iterator, min(missing, self.PAGE_SIZE))
            self.statistics["pages"] += 1
            self.statistics["empty pages"] += not page["Records"]
            for record in page["Records"]:
                event = json.loads(record["Data"])
                self.statistics[event["userId"]] += 1
                pairs.append((record["SequenceNumber"], event))
            if not page["Records"] and page["MillisBehindLatest"] == 0:
                logger.info("%r is caught up", self)
                break
            iterator = page.get("NextShardIterator")
        logger.info("%r: %s", self, dict(self.statistics))
        return pairs


def read_from_shard(
    stream_name: str, shard_id: str, max_records: int = 50
) -> list[tuple[str, dict[str, Any]]]:
    consumer = ShardConsumer(stream_name, shard_id)
    return consumer.consume(max_records, ShardIteratorType="TRIM_HORIZON")


def read_all_shards(stream_name: str) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    shards = StreamManager(stream_name).shards()
    return {shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"]) for shard in shards}


def replay_from_offset(
    stream_name: str, shard_id: str, starting_sequence_number: str, max_records: int = 10
) -> list[tuple[str, dict[str, Any]]]:
    return ShardConsumer(stream_name, shard_id).consume(
        max_records,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
