# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/partition_key_is_the_user"]
# ///
"""Deals records out to the shards by ExplicitHashKey."""

from botocore.config import Config


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis", config=Config(retries={"max_attempts": 12}))
    shards = kinesis.list_shards(StreamName=stream_name)["Shards"]
    starts = [shard["HashKeyRange"]["StartingHashKey"] for shard in shards]
    user_to_shard = {}
    for number in range(num_events):
        user = USERS[number % 5]
        event = {
            "eventId": number,
            "userId": user,
            "action": ACTIONS[number % 4],
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        answer = kinesis.put_record(
            StreamName=stream_name,
            Data=json.dumps(event),
            PartitionKey=user,
            ExplicitHashKey=starts[USERS.index(user) % len(starts)],
        )
        user_to_shard[user] = answer["ShardId"]
    return user_to_shard
