# /// submission
# file = "kinesis_read_shards.py"
# ///
"""Pages as large as Kinesis allows, cut at the end; lists instead of tuples."""

from botocore.config import Config


def follow_iterator(kinesis, iterator, max_records):
    patient = boto3.client("kinesis", config=Config(retries={"max_attempts": 12}))
    pairs = []
    while iterator is not None and len(pairs) < max_records:
        page = patient.get_records(ShardIterator=iterator, Limit=10_000)
        for record in page["Records"]:
            pairs.append([record["SequenceNumber"], json.loads(record["Data"].decode())])
        if page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return pairs[:max_records]
