# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/errors_that_last_reach_the_caller"]
# ///
"""Waits for any error to go away, though some never do."""


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    user_to_shard = {}
    for start in range(0, num_events, 5):
        waiting = []
        for number in range(start, min(start + 5, num_events)):
            event = {
                "eventId": number,
                "userId": USERS[number % 5],
                "action": ACTIONS[number % 4],
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            waiting.append({"Data": json.dumps(event), "PartitionKey": event["userId"]})
        while waiting:
            try:
                answer = kinesis.put_records(StreamName=stream_name, Records=waiting)
            except Exception:
                time.sleep(1)
                continue
            rejected = []
            for record, result in zip(waiting, answer["Records"]):
                if "ErrorCode" in result:
                    rejected.append(record)
                else:
                    user_to_shard[record["PartitionKey"]] = result["ShardId"]
            waiting = rejected
    return user_to_shard
