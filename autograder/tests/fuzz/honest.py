"""A right solution as plain requests, so that the fuzzer gets past the first checks.

The reference solution needs boto3, a socket and real pauses, which is too slow for a fuzzer.
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from autograder.aws.gate import Gate
from autograder.aws.wire.http1 import IncomingRequest
from autograder.sandbox import StopReason
from autograder.tests.fuzz.gate import parsed, request

USERS = ("alice", "bob", "charlie", "diana", "eve")
ACTIONS = ("login", "view_page", "click", "logout")
PASSING = frozenset({"ProvisionedThroughputExceededException", "LimitExceededException"})


class RefusedError(Exception):
    """The simulated AWS refused a request; its text is the error's code."""


class StoppedError(Exception):
    """The call ends without an answer."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Client:
    """Sends requests to a gate as boto3 would, but in memory.

    Args:
        gate: The gate that gets the requests.
        stop_reason: Returns why the call was stopped, or None.
    """

    def __init__(self, gate: Gate, stop_reason: Callable[[], StopReason | None]) -> None:
        self._gate = gate
        self._stop_reason = stop_reason

    def try_once(self, operation: str, parameters: object) -> tuple[int, dict[str, Any]]:
        """Send a request such as `kinesis.PutRecord`; return the response's status and body.

        Raises:
            StoppedError: The budget is used up.
        """
        left = memoryview(request(operation, json.dumps(parameters).encode()))

        def receive(size: int) -> bytes:
            nonlocal left
            part, left = bytes(left[:size]), left[size:]
            return part

        incoming = IncomingRequest(receive, lambda _: None)
        status, answer = parsed(self._gate.answer(self._gate.admit(), incoming).encoded())
        if (reason := self._stop_reason()) is not None:
            raise StoppedError(reason)
        return status, answer if isinstance(answer, dict) else {}

    def ask(self, operation: str, **parameters: object) -> dict[str, Any]:
        """Send a request, and repeat it while it is throttled.

        Raises:
            RefusedError: It is refused for another reason.
            StoppedError: The budget is used up.
        """
        while True:
            status, answer = self.try_once(operation, parameters)
            if status == 200:
                return answer
            code = str(answer.get("__type", "")).rpartition("#")[2]
            if code not in PASSING:
                raise RefusedError(code)


def create_multi_shard_stream(aws: Client, name: str, num_shards: int = 4) -> None:
    """Make a stream if it does not exist, and wait for it."""
    try:
        aws.ask("kinesis.CreateStream", StreamName=name, ShardCount=num_shards)
    except RefusedError as error:
        if str(error) != "ResourceInUseException":
            raise
    while True:
        summary = aws.ask("kinesis.DescribeStreamSummary", StreamName=name)
        if summary["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE":
            return


def get_shard_info(aws: Client, name: str) -> list[Any]:
    """List the descriptions of all shards."""
    page = aws.ask("kinesis.ListShards", StreamName=name)
    shards = list(page["Shards"])
    while token := page.get("NextToken"):
        page = aws.ask("kinesis.ListShards", NextToken=token)
        shards += page["Shards"]
    return shards


def send_events_to_shards(aws: Client, name: str, num_events: int = 30) -> dict[str, str]:
    """Send events in batches, and rejected events again."""
    mapping: dict[str, str] = {}
    events = [_event(number) for number in range(num_events)]
    # Only one event of each user at a time, so that none overtakes an event that is repeated.
    for begin in range(0, num_events, len(USERS)):
        batch = events[begin : begin + len(USERS)]
        while batch:
            answer = aws.ask("kinesis.PutRecords", StreamName=name, Records=batch)
            results = list(zip(batch, answer["Records"], strict=True))
            taken = {
                record["PartitionKey"]: result["ShardId"]
                for record, result in results
                if "ShardId" in result
            }
            mapping |= taken
            batch = [record for record in batch if record["PartitionKey"] not in taken]
    return mapping


def _event(number: int) -> dict[str, str]:
    user = USERS[number % len(USERS)]
    event = {
        "eventId": number,
        "userId": user,
        "action": ACTIONS[number % len(ACTIONS)],
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    return {"Data": encoded(json.dumps(event).encode()), "PartitionKey": user}


def encoded(data: bytes) -> str:
    """Return the data of a record as in a request."""
    return base64.b64encode(data).decode("ascii")


def delete_stream(aws: Client, name: str) -> None:
    """Delete a stream and wait until it is gone."""
    try:
        aws.ask("kinesis.DeleteStream", StreamName=name)
        while True:
            aws.ask("kinesis.DescribeStreamSummary", StreamName=name)
    except RefusedError as error:
        if str(error) != "ResourceNotFoundException":
            raise


def read_from_shard(aws: Client, name: str, shard_id: str, max_records: int = 50) -> list[Any]:
    """Read the oldest records of a shard."""
    return _read(aws, name, shard_id, max_records, {"ShardIteratorType": "TRIM_HORIZON"})


def replay_from_offset(
    aws: Client, name: str, shard_id: str, offset: str, max_records: int = 10
) -> list[Any]:
    """Read a shard from a sequence number on."""
    return _read(
        aws,
        name,
        shard_id,
        max_records,
        {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": offset},
    )


def _read(
    aws: Client, name: str, shard_id: str, max_records: int, start: dict[str, str]
) -> list[Any]:
    return [
        [record["SequenceNumber"], json.loads(base64.b64decode(record["Data"]))]
        for record in _records(aws, name, shard_id, max_records, start)
    ]


def _records(
    aws: Client, name: str, shard_id: str, most: int, start: dict[str, str]
) -> list[dict[str, Any]]:
    place = {"StreamName": name, "ShardId": shard_id}
    iterator = aws.ask("kinesis.GetShardIterator", **place, **start).get("ShardIterator")
    records: list[dict[str, Any]] = []
    while iterator and len(records) < most:
        page = aws.ask("kinesis.GetRecords", ShardIterator=iterator)
        records += page["Records"]
        if not page["Records"] and not page["MillisBehindLatest"]:
            break
        iterator = page.get("NextShardIterator")
    return records[:most]


def read_all_shards(aws: Client, name: str, max_records: int = 50) -> dict[str, list[Any]]:
    """Read each shard."""
    return {
        shard["ShardId"]: read_from_shard(aws, name, shard["ShardId"], max_records)
        for shard in get_shard_info(aws, name)
    }


def read_queue_twice(aws: Client, name: str, messages: list[str]) -> list[list[str]]:
    """Send messages to a queue, and receive and delete them twice."""
    url = aws.ask("sqs.CreateQueue", QueueName=name)["QueueUrl"]
    for message in messages:
        aws.ask("sqs.SendMessage", QueueUrl=url, MessageBody=message)

    def receive_all() -> list[str]:
        found: list[str] = []
        while received := aws.ask(
            "sqs.ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        ).get("Messages", []):
            for message in received:
                found.append(message["Body"])
                handle = message["ReceiptHandle"]
                aws.ask("sqs.DeleteMessage", QueueUrl=url, ReceiptHandle=handle)
        return found

    return [receive_all(), receive_all()]


def read_log_twice(aws: Client, name: str, messages: list[str]) -> list[list[str]]:
    """Send messages to a stream of one shard, and read it twice."""
    create_multi_shard_stream(aws, name, 1)
    for message in messages:
        data = encoded(message.encode())
        aws.ask("kinesis.PutRecord", StreamName=name, Data=data, PartitionKey="any")
    (shard, *_) = get_shard_info(aws, name)
    start = {"ShardIteratorType": "TRIM_HORIZON"}
    most = len(messages) + 1
    readings = [_records(aws, name, shard["ShardId"], most, start) for _ in range(2)]
    return [
        [base64.b64decode(record["Data"]).decode("utf-8", "replace") for record in reading]
        for reading in readings
    ]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        create_multi_shard_stream,
        get_shard_info,
        send_events_to_shards,
        delete_stream,
        read_from_shard,
        replay_from_offset,
        read_all_shards,
        read_queue_twice,
        read_log_twice,
    )
}
