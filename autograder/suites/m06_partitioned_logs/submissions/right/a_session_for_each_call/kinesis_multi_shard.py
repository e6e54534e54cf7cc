# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Nothing is shared: each function makes a session of its own, with region, endpoint and keys."""

import json
import os
import time
import uuid
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError


def get_session():
    return boto3.session.Session(
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "test"),
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
        aws_session_token=os.environ.get("AWS_SESSION_TOKEN"),
        region_name=os.environ.get("AWS_REGION", os.environ.get("AWS_DEFAULT_REGION")),
    )


def get_client(service="kinesis"):
    return get_session().client(
        service,
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL") or None,
        use_ssl=False,
        verify=False,
        config=Config(retries={"max_attempts": 0}, tcp_keepalive=True),
    )


def safe_call(client, operation, *ignored, attempts=40, **parameters):
    """Call an AWS operation; the ignored error codes give None."""
    for attempt in range(attempts):
        try:
            return getattr(client, operation)(**parameters)
        except EndpointConnectionError:
            if attempt == attempts - 1:
                raise
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ignored:
                return None
            if "Throughput" not in code and "Throttl" not in code or attempt == attempts - 1:
                raise
        time.sleep(min(3, 0.1 * (attempt + 1)))


def create_multi_shard_stream(stream_name, shard_count):
    client = get_client()
    safe_call(
        client,
        "create_stream",
        "ResourceInUseException",
        StreamName=stream_name,
        ShardCount=shard_count,
    )
    client.get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name):
    client = get_client()
    answer = safe_call(client, "list_shards", StreamName=stream_name)
    shards = list(answer["Shards"])
    while answer.get("NextToken"):
        answer = safe_call(client, "list_shards", NextToken=answer["NextToken"])
        shards.extend(answer["Shards"])
    return shards


def send_events_to_shards(stream_name, num_events=30):
    run = uuid.uuid4()
    print("run", run)
    users = {0: "alice", 1: "bob", 2: "charlie", 3: "diana", 4: "eve"}
    actions = {0: "login", 1: "view_page", 2: "click", 3: "logout"}
    user_to_shard = {}
    client = get_client()
    for i in range(num_events):
        event = json.dumps(
            {
                "eventId": i,
                "userId": users[i % 5],
                "action": actions[i % 4],
                "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds")[:-6]
                + "Z",
            }
        )
        answer = safe_call(
            client, "put_record", StreamName=stream_name, Data=event, PartitionKey=users[i % 5]
        )
        user_to_shard[users[i % 5]] = answer["ShardId"]
    return user_to_shard


def delete_stream(stream_name):
    client = get_client()
    gone = "ResourceNotFoundException"
    if safe_call(client, "delete_stream", gone, StreamName=stream_name) is None:
        return
    client.get_waiter("stream_not_exists").wait(StreamName=stream_name)


if __name__ == "__main__":
    create_multi_shard_stream("iot-sensor-data", 4)
    print(send_events_to_shards("iot-sensor-data"))
