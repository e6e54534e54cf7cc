# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""A class that keeps the client, the mapping and its own retries together."""

from botocore.exceptions import ClientError


class Writer:
    def __init__(self, stream_name):
        self.stream_name = stream_name
        self.client = boto3.session.Session().client("kinesis")
        self.shards = {}
        self.last = {}

    def put(self, event):
        user = event["userId"]
        order = {"SequenceNumberForOrdering": self.last[user]} if user in self.last else {}
        for attempt in range(20):
            try:
                answer = self.client.put_record(
                    StreamName=self.stream_name,
                    Data=json.dumps(event).encode("utf-8"),
                    PartitionKey=user,
                    **order,
                )
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code != "ProvisionedThroughputExceededException" or attempt == 19:
                    raise
                time.sleep(0.1 * 2**attempt)
            else:
                self.shards[user] = answer["ShardId"]
                self.last[user] = answer["SequenceNumber"]
                return


def send_events_to_shards(stream_name, num_events=30):
    writer = Writer(stream_name)
    for number in range(num_events):
        writer.put(
            dict(
                eventId=number,
                userId=USERS[number % len(USERS)],
                action=ACTIONS[number % len(ACTIONS)],
                timestamp=datetime.utcnow().isoformat() + "Z",
            )
        )
    return writer.shards
