# /// submission
# file = "kinesis_read_shards.py"
# ///
"""One client made at import, the stream named by its ARN, records from a generator, big pages."""

from collections import namedtuple
from itertools import islice

from botocore.config import Config

Row = namedtuple("Row", "offset event")
client = boto3.client("kinesis", config=Config(retries={"max_attempts": 10, "mode": "standard"}))


def _records(stream_name, shard_id, **start):
    arn = client.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    iterator = client.get_shard_iterator(StreamARN=arn, ShardId=shard_id, **start)["ShardIterator"]
    while iterator is not None:
        page = client.get_records(StreamARN=arn, ShardIterator=iterator)
        for record in page["Records"]:
            yield Row(record["SequenceNumber"], json.loads(record["Data"].decode("utf-8")))
        if not page["Records"] and not page["MillisBehindLatest"]:
            return
        iterator = page.get("NextShardIterator")


def read_from_shard(stream_name, shard_id, max_records=50):
    rows = _records(stream_name, shard_id, ShardIteratorType="TRIM_HORIZON")
    return list(islice(rows, max_records))


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    rows = _records(
        stream_name,
        shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )
    # The first page is asked for in any case, so that a rejected offset is seen.
    found = list(islice(rows, max(max_records, 1)))
    return found[:max_records]
