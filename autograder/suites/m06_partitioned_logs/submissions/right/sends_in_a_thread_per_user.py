# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""One thread and one client for each user, so that each user's events keep their order."""

from concurrent.futures import ThreadPoolExecutor

from botocore.config import Config


def send_events_to_shards(stream_name, num_events=30):
    def send_all_of(user):
        kinesis = boto3.client("kinesis", config=Config(retries={"total_max_attempts": 20}))
        shard = None
        for number in range(USERS.index(user), num_events, 5):
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            event = {
                "eventId": number,
                "userId": user,
                "action": ACTIONS[number % 4],
                "timestamp": now.replace("+00:00", "Z"),
            }
            answer = kinesis.put_record(
                StreamName=stream_name, Data=json.dumps(event), PartitionKey=user
            )
            shard = answer["ShardId"]
        return user, shard

    with ThreadPoolExecutor(5) as pool:
        return {user: shard for user, shard in pool.map(send_all_of, USERS) if shard}
