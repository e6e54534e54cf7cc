# /// submission
# file = "kinesis_read_shards.py"
# ///
"""An iterator class, NamedTuples, and waiting after each empty page."""

from typing import Any, NamedTuple


class Entry(NamedTuple):
    sequence_number: str
    event: Any


class Shard:
    def __init__(self, stream_name, shard_id, **start):
        self.client = boto3.client("kinesis")
        self.iterator = self.client.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, **start
        )["ShardIterator"]

    def __iter__(self):
        while self.iterator:
            page = self._page()
            for record in page["Records"]:
                yield Entry(record["SequenceNumber"], json.loads(record["Data"]))
            if not page["Records"]:
                if page["MillisBehindLatest"] == 0:
                    return
                time.sleep(0.2)
            self.iterator = page.get("NextShardIterator")

    def _page(self):
        for pause in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, None):
            try:
                return self.client.get_records(ShardIterator=self.iterator, Limit=100)
            except self.client.exceptions.ProvisionedThroughputExceededException:
                if pause is None:
                    raise
                time.sleep(pause)


def _take(shard, count):
    entries = []
    for entry in shard:
        if len(entries) >= count:
            break
        entries.append(entry)
    return entries


def read_from_shard(stream_name, shard_id, max_records=50):
    return _take(Shard(stream_name, shard_id, ShardIteratorType="TRIM_HORIZON"), max_records)


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    start = {
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "StartingSequenceNumber": starting_sequence_number,
    }
    return _take(Shard(stream_name, shard_id, **start), max_records)
