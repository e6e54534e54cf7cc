"""A queue and a log behind one interface."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

import boto3

logger = logging.getLogger(__name__)


class Broker(ABC):
    """Something that takes messages and hands them out."""

    @abstractmethod
    def send(self, message: str) -> None: ...

    @abstractmethod
    def drain(self) -> list[str]: ...

    def compare(self, messages: list[str]) -> tuple[list[str], list[str]]:
        for message in messages:
            self.send(message)
        first, second = self.drain(), self.drain()
        logger.info("%s: %d, then %d", type(self).__name__, len(first), len(second))
        return first, second


class QueueBroker(Broker):
    def __init__(self, queue_name: str) -> None:
        self._sqs = boto3.client("sqs")
        self._url = self._sqs.create_queue(QueueName=queue_name)["QueueUrl"]

    def send(self, message: str) -> None:
        self._sqs.send_message(QueueUrl=self._url, MessageBody=message)

    def drain(self) -> list[str]:
        bodies: list[str] = []
        while messages := self._receive():
            bodies += [message["Body"] for message in messages]
            response = self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]}
                    for message in messages
                ],
            )
            if response.get("Failed"):
                raise RuntimeError(response["Failed"])
        return bodies

    def _receive(self) -> list[dict[str, Any]]:
        response = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=5
        )
        return response.get("Messages", [])


class LogBroker(Broker):
    def __init__(self, stream_name: str) -> None:
        self._kinesis = boto3.client("kinesis")
        self._stream = stream_name
        self._kinesis.create_stream(StreamName=stream_name, ShardCount=1)
        self._kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)

    def send(self, message: str) -> None:
        self._kinesis.put_record(
            StreamName=self._stream, Data=message.encode("utf-8"), PartitionKey="1"
        )

    def drain(self) -> list[str]:
        (shard,) = self._kinesis.list_shards(StreamName=self._stream)["Shards"]
        response = self._kinesis.get_shard_iterator(
            StreamName=self._stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        iterator, texts = response["ShardIterator"], []
        while True:
            page = self._kinesis.get_records(ShardIterator=iterator)
            texts += [str(record["Data"], "utf-8") for record in page["Records"]]
            if not page["Records"] and not page["MillisBehindLatest"]:
                return texts
            iterator = page["NextShardIterator"]


def read_queue_twice(queue_name: str, messages: list[str]) -> tuple[list[str], list[str]]:
    return QueueBroker(queue_name).compare(messages)


def read_log_twice(stream_name: str, messages: list[str]) -> tuple[list[str], list[str]]:
    return LogBroker(stream_name).compare(messages)
