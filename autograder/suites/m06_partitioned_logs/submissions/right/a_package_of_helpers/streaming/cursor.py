import importlib

from . import aws

OLDEST = {"ShardIteratorType": "TRIM_HORIZON"}


class Cursor:
    """A position in a shard. Iterate over it to read on."""

    def __init__(self, stream_name, shard_id, offset=None):
        clients = importlib.import_module(".clients", aws.__name__)
        self._kinesis = clients.kinesis()
        start = OLDEST
        if offset is not None:
            start = {
                "ShardIteratorType": "AT_SEQUENCE_NUMBER",
                "StartingSequenceNumber": offset,
            }
        answer = self._kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, **start
        )
        self._iterator = answer["ShardIterator"]
        self._buffer = []

    def __iter__(self):
        return self

    def __next__(self):
        while not self._buffer:
            if self._iterator is None:
                raise StopIteration
            page = self._kinesis.get_records(ShardIterator=self._iterator)
            self._buffer = page["Records"][::-1]
            self._iterator = page.get("NextShardIterator")
            if not self._buffer and page["MillisBehindLatest"] == 0:
                raise StopIteration
        return self._buffer.pop()
