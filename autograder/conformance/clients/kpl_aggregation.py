# /// script
# dependencies = ["aws-kinesis-agg==1.2.3", "boto3==1.44.5", "setuptools<81"]
# ///
"""KPL's format: many small records in few large ones, with the explicit hash keys it makes."""

import base64
import hashlib

import boto3
from aws_kinesis_agg.aggregator import RecordAggregator
from aws_kinesis_agg.deaggregator import deaggregate_records

kinesis = boto3.client("kinesis")
kinesis.create_stream(StreamName="kpl", ShardCount=2)
kinesis.get_waiter("stream_exists").wait(StreamName="kpl")


def send(aggregate: RecordAggregator) -> None:
    """Put an aggregated record; the hash key of its first member decides the shard."""
    key, _, data = aggregate.get_contents()
    hash_key = str(int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest()))
    kinesis.put_record(StreamName="kpl", Data=data, PartitionKey="a", ExplicitHashKey=hash_key)


aggregator = RecordAggregator(max_size=400)
aggregator.on_record_complete(send, execute_on_new_thread=False)
for number in range(50):
    aggregator.add_user_record(f"k{number}", f"record {number}".encode())
send(aggregator.clear_and_get())

found = []
for shard in kinesis.list_shards(StreamName="kpl")["Shards"]:
    iterator = kinesis.get_shard_iterator(
        StreamName="kpl", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    assert len(records) < 25
    as_lambda_gets_them = [
        {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "data": base64.b64encode(record["Data"]),
                "partitionKey": record["PartitionKey"],
                "sequenceNumber": record["SequenceNumber"],
                "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
            }
        }
        for record in records
    ]
    for record in deaggregate_records(as_lambda_gets_them):
        found.append(base64.b64decode(record["kinesis"]["data"]).decode())
assert sorted(found) == sorted(f"record {number}" for number in range(50))
kinesis.delete_stream(StreamName="kpl")
kinesis.get_waiter("stream_not_exists").wait(StreamName="kpl")
