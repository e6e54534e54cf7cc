# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Production-minded: a manager class, loggers with a format, and a retry decorator with back-off."""

from __future__ import annotations

import functools
import json
import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, ParamSpec, TypeVar

import boto3
from botocore.exceptions import ClientError

logging.basicConfig(
    level=logging.INFO, format="%(asctime)s %(name)-20s %(levelname)-8s %(message)s"
)
logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

RETRYABLE_ERRORS = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "LimitExceededException",
    "InternalFailure",
}


def with_retries(
    max_attempts: int = 12, base_delay: float = 0.1, max_delay: float = 10.0
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Retry a method on throttling, with exponential back-off and jitter."""

    def decorator(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            for attempt in range(1, max_attempts + 1):
                try:
                    return function(*args, **kwargs)
                except ClientError as error:
                    code = error.response["Error"]["Code"]
                    if code not in RETRYABLE_ERRORS or attempt == max_attempts:
                        logger.exception("%s failed for good", function.__name__)
                        raise
                    delay = min(max_delay, base_delay * 2 ** (attempt - 1))
                    delay *= random.uniform(0.5, 1.5)
                    logger.warning(
                        "%s: %s, attempt %d, next in %.2f s",
                        function.__name__,
                        code,
                        attempt,
                        delay,
                    )
                    time.sleep(delay)
            raise AssertionError("unreachable")

        return wrapper

    return decorator


class StreamManager:
    """Creates, describes and deletes one stream."""

    def __init__(self, stream_name: str, client: Any | None = None) -> None:
        self.stream_name = stream_name
        self._client = client or boto3.client("kinesis")

    @with_retries()
    def create(self, shard_count: int) -> None:
        try:
            self._client.create_stream(StreamName=self.stream_name, ShardCount=shard_count)
        except self._client.exceptions.ResourceInUseException:
            logger.info("Stream %s already exists", self.stream_name)
        self._client.get_waiter("stream_exists").wait(
            StreamName=self.stream_name, WaiterConfig={"Delay": 2, "MaxAttempts": 100}
        )

    @with_retries()
    def shards(self) -> list[dict[str, Any]]:
        shards: list[dict[str, Any]] = []
        request: dict[str, Any] = {"StreamName": self.stream_name}
        while True:
            response = self._client.list_shards(**request)
            shards.extend(response["Shards"])
            if not response.get("NextToken"):
                return shards
            request = {"NextToken": response["NextToken"]}

    @with_retries()
    def delete(self) -> None:
        try:
            self._client.delete_stream(StreamName=self.stream_name, EnforceConsumerDeletion=True)
        except self._client.exceptions.ResourceNotFoundException:
            logger.warning("Stream %s does not exist", self.stream_name)
            return
        self._client.get_waiter("stream_not_exists").wait(StreamName=self.stream_name)


class EventProducer:
    """Sends user events, one at a time so that their order holds."""

    USERS = ("alice", "bob", "charlie", "diana", "eve")
    ACTIONS = ("login", "view_page", "click", "logout")

    def __init__(self, stream_name: str, client: Any | None = None) -> None:
        self.stream_name = stream_name
        self._client = client or boto3.client("kinesis")
        self._user_to_shard: dict[str, str] = {}

    @property
    def user_to_shard(self) -> dict[str, str]:
        return dict(self._user_to_shard)

    @staticmethod
    def _timestamp() -> str:
        return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _build(self, event_id: int) -> dict[str, Any]:
        return {
            "eventId": event_id,
            "userId": self.USERS[event_id % len(self.USERS)],
            "action": self.ACTIONS[event_id % len(self.ACTIONS)],
            "timestamp": self._timestamp(),
        }

    @with_retries()
    def _put(self, event: dict[str, Any]) -> dict[str, Any]:
        return self._client.put_record(
            StreamName=self.stream_name,
            Data=json.dumps(event).encode("utf-8"),
            PartitionKey=event["userId"],
        )

    def send(self, num_events: int) -> None:
        for event_id in range(num_events):
            event = self._build(event_id)
            response = self._put(event)
            logger.debug("Sent %s to %s", event, response["ShardId"])
            self._user_to_shard[event["userId"]] = response["ShardId"]
        logger.info("Sent %d events to %s", num_events, self.stream_name)


def create_multi_shard_stream(stream_name: str, shard_count: int) -> None:
    StreamManager(stream_name).create(shard_count)


def get_shard_info(stream_name: str) -> list[dict[str, Any]]:
    shards = StreamManager(stream_name).shards()
    for shard in shards:
        logger.info("%(ShardId)s %(HashKeyRange)s", shard)
    return shards


def send_events_to_shards(stream_name: str, num_events: int = 30) -> dict[str, str]:
    producer = EventProducer(stream_name)
    producer.send(num_events)
    return producer.user_to_shard


def delete_stream(stream_name: str) -> None:
    StreamManager(stream_name).delete()


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    get_shard_info("iot-sensor-data")
    logger.info("%s", send_events_to_shards("iot-sensor-data"))
