# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""PutRecords first; what it rejects goes through PutRecord, before any later event."""

import random

throttled = "ProvisionedThroughputExceededException"


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    mapping = {}

    def patiently(call, **arguments):
        for attempt in range(30):
            try:
                return call(StreamName=stream_name, **arguments)
            except kinesis.exceptions.ClientError as error:
                if error.response["Error"]["Code"] != throttled:
                    raise
                time.sleep(random.uniform(0.1, 1.0) * (attempt + 1))
        raise TimeoutError("throttled for too long")

    for first in range(0, num_events, 5):
        batch = []
        for number in range(first, min(first + 5, num_events)):
            user = USERS[number % 5]
            event = dict(eventId=number, userId=user, action=ACTIONS[number % 4])
            event["timestamp"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            batch.append(dict(Data=json.dumps(event), PartitionKey=user))
        results = patiently(kinesis.put_records, Records=batch)["Records"]
        for record, result in zip(batch, results):
            if result.get("ErrorCode"):
                result = patiently(kinesis.put_record, **record)
            mapping[record["PartitionKey"]] = result["ShardId"]
    return mapping
