import json
import time


def collect(kinesis, stream_name, shard_id, count, **start):
    answer = kinesis.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **start)
    iterator = answer["ShardIterator"]
    found = []
    while iterator and len(found) < count:
        try:
            page = kinesis.get_records(ShardIterator=iterator, Limit=min(count - len(found), 500))
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(0.3)
            continue
        found.extend((one["SequenceNumber"], json.loads(one["Data"])) for one in page["Records"])
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return found
