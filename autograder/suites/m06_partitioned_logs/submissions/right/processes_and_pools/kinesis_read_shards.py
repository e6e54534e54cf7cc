"""A process for each shard: ProcessPoolExecutor for all shards, multiprocessing for a replay."""

import json
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import boto3


def _read(stream_name, shard_id, max_records, **start):
    kinesis = boto3.session.Session().client("kinesis")
    it = kinesis.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **start)[
        "ShardIterator"
    ]
    out = []
    while it and len(out) < max_records:
        try:
            resp = kinesis.get_records(
                ShardIterator=it, Limit=max(1, min(max_records - len(out), 10_000))
            )
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(0.2)
            continue
        for r in resp["Records"]:
            out.append((r["SequenceNumber"], json.loads(r["Data"])))
        if len(resp["Records"]) == 0 and resp["MillisBehindLatest"] == 0:
            break
        it = resp.get("NextShardIterator")
    return out


def read_from_shard(stream_name, shard_id, max_records=50):
    return _read(stream_name, shard_id, max_records, ShardIteratorType="TRIM_HORIZON")


def read_all_shards(stream_name):
    kinesis = boto3.client("kinesis")
    resp = kinesis.list_shards(StreamName=stream_name)
    ids = [s["ShardId"] for s in resp["Shards"]]
    while resp.get("NextToken"):
        resp = kinesis.list_shards(NextToken=resp["NextToken"])
        ids.extend(s["ShardId"] for s in resp["Shards"])
    with ProcessPoolExecutor(max_workers=2) as pool:
        return dict(zip(ids, pool.map(read_from_shard, repeat(stream_name), ids)))


def _replay(args):
    stream_name, shard_id, offset, max_records = args
    return _read(
        stream_name,
        shard_id,
        max_records,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=offset,
    )


def _replay_into(pipe, args):
    try:
        pipe.send((_replay(args), None))
    except Exception as e:
        pipe.send((None, str(e)))
    finally:
        pipe.close()


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    args = (stream_name, shard_id, starting_sequence_number, max_records)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_replay_into, args=(theirs, args))
    process.start()
    theirs.close()
    records, error = ours.recv()
    process.join()
    if error is not None:
        raise RuntimeError(f"cannot replay {shard_id}: {error}")
    return records


if __name__ == "__main__":
    for shard_id, records in read_all_shards("iot-sensor-data").items():
        print(shard_id, len(records))
