import json
import shelve
import tempfile
import time
from contextlib import ExitStack, redirect_stdout, suppress
from pathlib import Path

from kinesis_multi_shard import get_shard_info, kinesis_client


class ShardReader:
    def __init__(self, stream_name, shard_id, **start):
        self.where = dict(StreamName=stream_name, ShardId=shard_id, **start)

    def __enter__(self):
        with ExitStack() as stack:
            self.kinesis = stack.enter_context(kinesis_client())
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reader-"))
            self.offsets = stack.enter_context(shelve.open(str(Path(folder) / "offsets")))
            self.notes = stack.enter_context((Path(folder) / "notes.txt").open("w"))
            self.iterator = self.kinesis.get_shard_iterator(**self.where)["ShardIterator"]
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self.stack.__exit__(*error)

    def read(self, max_records):
        pairs = []
        while self.iterator and len(pairs) < max_records:
            with suppress(self.kinesis.exceptions.ProvisionedThroughputExceededException):
                page = self.kinesis.get_records(
                    ShardIterator=self.iterator, Limit=min(10_000, max_records - len(pairs))
                )
                for record in page["Records"]:
                    pairs.append((record["SequenceNumber"], json.loads(record["Data"])))
                    self.offsets[self.where["ShardId"]] = record["SequenceNumber"]
                    with redirect_stdout(self.notes):
                        print(record["SequenceNumber"])
                if not page["Records"] and page["MillisBehindLatest"] == 0:
                    break
                self.iterator = page.get("NextShardIterator")
                continue
            time.sleep(0.5)
        return pairs


def read_from_shard(stream_name, shard_id, max_records=50):
    with ShardReader(stream_name, shard_id, ShardIteratorType="TRIM_HORIZON") as reader:
        return reader.read(max_records)


def read_all_shards(stream_name):
    shard_ids = [shard["ShardId"] for shard in get_shard_info(stream_name)]
    with ExitStack() as stack:
        readers = {
            shard_id: stack.enter_context(
                ShardReader(stream_name, shard_id, ShardIteratorType="TRIM_HORIZON")
            )
            for shard_id in shard_ids
        }
        return {shard_id: reader.read(50) for shard_id, reader in readers.items()}


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    with ShardReader(
        stream_name,
        shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    ) as reader:
        return reader.read(max_records)
