# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/rejected_records_are_sent_again_in_order"]
# ///
"""Sends batches of 500 and sends again what was rejected: behind later events of the same user."""


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    waiting = []
    for number in range(num_events):
        user = USERS[number % 5]
        event = {
            "eventId": number,
            "userId": user,
            "action": ACTIONS[number % 4],
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        waiting.append({"Data": json.dumps(event), "PartitionKey": user})
    mapping = {}
    while waiting:
        batch, rest = waiting[:500], waiting[500:]
        try:
            results = kinesis.put_records(StreamName=stream_name, Records=batch)["Records"]
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        again = []
        for record, result in zip(batch, results):
            if "ErrorCode" in result:
                again.append(record)
            else:
                mapping[record["PartitionKey"]] = result["ShardId"]
        waiting = again + rest
    return mapping
