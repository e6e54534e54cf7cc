# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/rejected_records_are_sent_again_in_order"]
# ///
"""Never looks at FailedRecordCount: what Kinesis rejects is lost."""


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    mapping = {}
    for start in range(0, num_events, 5):
        records = []
        for number in range(start, min(start + 5, num_events)):
            user = USERS[number % 5]
            event = {
                "eventId": number,
                "userId": user,
                "action": ACTIONS[number % 4],
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            records.append({"Data": json.dumps(event), "PartitionKey": user})
        while True:
            try:
                answer = kinesis.put_records(StreamName=stream_name, Records=records)
                break
            except kinesis.exceptions.ProvisionedThroughputExceededException:
                time.sleep(1)
        for record, result in zip(records, answer["Records"]):
            if "ShardId" in result:
                mapping[record["PartitionKey"]] = result["ShardId"]
    return mapping
