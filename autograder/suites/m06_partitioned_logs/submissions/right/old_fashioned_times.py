# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""time.gmtime for the timestamp, keys in another order, compact JSON, and the stream named by its ARN."""

from itertools import cycle, islice

from botocore.config import Config

client = boto3.client("kinesis", config=Config(retries={"mode": "adaptive", "max_attempts": 15}))


def send_events_to_shards(stream_name, num_events=30):
    description = client.describe_stream(StreamName=stream_name)["StreamDescription"]
    found = {}
    turns = zip(range(num_events), cycle(USERS), cycle(ACTIONS))
    for number, user, action in islice(turns, num_events):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".000000Z"
        event = {"timestamp": stamp, "action": action, "userId": user, "eventId": number}
        data = json.dumps(event, separators=(",", ":"), sort_keys=True)
        answer = client.put_record(StreamARN=description["StreamARN"], Data=data, PartitionKey=user)
        found[user] = answer["ShardId"]
    return found
