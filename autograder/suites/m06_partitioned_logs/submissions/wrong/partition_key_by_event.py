# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/partition_key_is_the_user",
#   "writer/each_users_events_are_in_order",
#   "writer/more_events_than_one_batch_holds",
#   "writer/throttled_calls_lose_nothing",
#   "writer/rejected_records_are_sent_again_in_order",
#   "writer/mapping_names_the_users_that_sent",
#   "writer/mapping_is_what_kinesis_reported",
# ]
# ///
"""Takes the event number as partition key, which spreads one user over all shards."""

from botocore.config import Config


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis", config=Config(retries={"max_attempts": 12}))
    mapping = {}
    for number in range(num_events):
        user = USERS[number % 5]
        event = {
            "eventId": number,
            "userId": user,
            "action": ACTIONS[number % 4],
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        answer = kinesis.put_record(
            StreamName=stream_name, Data=json.dumps(event), PartitionKey=str(number)
        )
        mapping[user] = answer["ShardId"]
    return mapping
