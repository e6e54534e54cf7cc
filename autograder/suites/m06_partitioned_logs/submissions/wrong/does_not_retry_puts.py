# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/throttled_calls_lose_nothing",
#   "writer/rejected_records_are_sent_again_in_order",
# ]
# ///
"""Leaves throttling to boto3's few retries."""


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
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
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=user
        )
        user_to_shard[user] = answer["ShardId"]
    return user_to_shard
