# /// submission
# file = "kinesis_multi_shard.py"
# fails = [
#   "writer/more_events_than_one_batch_holds",
#   "writer/rejected_records_are_sent_again_in_order",
# ]
# ///
"""Puts all records into one batch: more than 500 are refused, and order goes with a rejected one."""


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    user_to_shard = {}
    for start in range(0, num_events, 5000):
        waiting = []
        for number in range(start, min(start + 5000, num_events)):
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
            except kinesis.exceptions.ProvisionedThroughputExceededException:
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
