# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/exactly_so_many_events_are_sent",
#   "writer/no_events_at_all",
#   "writer/each_users_events_are_in_order",
#   "writer/more_events_than_one_batch_holds",
#   "writer/events_cycle_through_users_and_actions",
# ]
# ///
"""Looks away from num_events."""

from botocore.config import Config


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis", config=Config(retries={"max_attempts": 12}))
    user_to_shard = {}
    for number in range(30):
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
