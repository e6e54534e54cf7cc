# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/partition_key_is_the_user"]
# ///
"""Makes a partition key of its own from the user."""

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
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        answer = kinesis.put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey="user-" + user
        )
        user_to_shard[user] = answer["ShardId"]
    return user_to_shard
