"""Write to a partitioned log: a Kinesis stream with several shards.

Region and endpoint come from the environment (AWS_DEFAULT_REGION, AWS_ENDPOINT_URL), so the same
file runs against a simulation on your laptop and against AWS. The requirements, W1 to W8, are
explained in README.md.
"""

import json
import time
from datetime import UTC, datetime

import boto3

USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]


def create_multi_shard_stream(stream_name: str, shard_count: int) -> None:
    """Create a stream with `shard_count` shards.

    W1: Return once the stream is ACTIVE.
    W2: If the stream exists already, leave it as it is and raise no error. If it is still
        CREATING, wait until it is ACTIVE.
    """
    ### BEGIN SOLUTION
    kinesis = boto3.client("kinesis")
    try:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    except kinesis.exceptions.ResourceInUseException:
        print(f"{stream_name} exists already.")
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    ### END SOLUTION


def get_shard_info(stream_name: str) -> list[dict]:
    """Return the descriptions of all shards of a stream. (You may also print an overview.)

    W3: Return the list of all shard descriptions as Kinesis gives them (dicts with ShardId and
        HashKeyRange), from all pages of the listing, including closed shards.
    """
    ### BEGIN SOLUTION
    # The paginator of list_shards sends the stream's name with NextToken, which AWS refuses.
    paginator = boto3.client("kinesis").get_paginator("describe_stream")
    pages = paginator.paginate(StreamName=stream_name)
    shards = [shard for page in pages for shard in page["StreamDescription"]["Shards"]]
    for shard in shards:
        keys = shard["HashKeyRange"]
        print(f"{shard['ShardId']}: {keys['StartingHashKey']:>39} to {keys['EndingHashKey']:>39}")
    return shards
    ### END SOLUTION


def send_events_to_shards(stream_name: str, num_events: int = 30) -> dict[str, str]:
    """Send events and report which shard each user's events went to.

    W4: Send exactly `num_events` records, each the JSON of one event. Event number i, counted
        from 0, has four keys: `eventId` is i; `userId` and `action` cycle through USERS and
        ACTIONS; `timestamp` is the current time in ISO 8601, in UTC, ending in Z.
    W5: The partition key is the event's user.
    W6: Each user's events are in the log in eventId order. None is lost or sent twice, even with
        several hundred events. When Kinesis throttles a call or rejects part of a batch, up to 8
        times in a row, wait and resend only what was refused, before that user's next event. An
        error that does not go away reaches the caller.
    W7: Return {user: shard id} for every user with at least one event, as Kinesis reported it.
    """
    ### BEGIN SOLUTION
    kinesis = boto3.client("kinesis")

    def make_record(number: int) -> dict:
        event = {
            "eventId": number,
            "userId": USERS[number % len(USERS)],
            "action": ACTIONS[number % len(ACTIONS)],
            "timestamp": datetime.now(UTC).replace(tzinfo=None).isoformat() + "Z",
        }
        return {"Data": json.dumps(event).encode(), "PartitionKey": event["userId"]}

    def put(records: list[dict]) -> list[dict]:
        """Send a batch once; when the whole call is throttled, every record counts as rejected."""
        try:
            return kinesis.put_records(StreamName=stream_name, Records=records)["Records"]
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            return [{"ErrorCode": "ProvisionedThroughputExceededException"}] * len(records)

    user_to_shard = {}
    for start in range(0, num_events, len(USERS)):
        # At most one event of each user: a rejected record can then be sent again before that
        # user's next one, which keeps each user's events in order.
        waiting = [make_record(i) for i in range(start, min(start + len(USERS), num_events))]
        pause = 0.1
        while waiting:
            rejected = []
            for record, result in zip(waiting, put(waiting), strict=True):
                if "ErrorCode" in result:
                    rejected.append(record)
                else:
                    user_to_shard[record["PartitionKey"]] = result["ShardId"]
            if rejected:
                time.sleep(pause)
                pause = min(pause * 2, 5)
            waiting = rejected
    return user_to_shard
    ### END SOLUTION


def delete_stream(stream_name: str) -> None:
    """Delete a stream.

    W8: Return once the stream is gone, not only DELETING. If it does not exist, raise no error.
    """
    ### BEGIN SOLUTION
    kinesis = boto3.client("kinesis")
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException:
        return
    kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)
    ### END SOLUTION


def main() -> None:
    """Create a stream and write to it."""
    stream_name = "iot-sensor-data"
    create_multi_shard_stream(stream_name, 4)
    shards = get_shard_info(stream_name)
    print(f"{stream_name} is ready and has {len(shards)} shards.")
    for user, shard_id in sorted(send_events_to_shards(stream_name, 30).items()):
        print(f"All events of {user} are in {shard_id}.")


if __name__ == "__main__":
    main()
