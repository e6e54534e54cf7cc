# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/events_cycle_through_users_and_actions"]
# ///
"""Takes turns through three of the four actions."""

from botocore.config import Config


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis", config=Config(retries={"max_attempts": 12}))
    user_to_shard = {}
    for number in range(num_events):
        user = USERS[number % 5]
        event = {
            "eventId": number,
            "userId": user,
            "action": ACTIONS[number % 3],
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        answer = kinesis.put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=user
        )
        user_to_shard[user] = answer["ShardId"]
    return user_to_shard
