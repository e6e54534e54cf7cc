# /// submission
# file = "kinesis_read_shards.py"
# ///
"""Pages through the shards with ShardFilter AFTER_SHARD_ID, a few at a time."""


def read_all_shards(stream_name):
    kinesis = boto3.client("kinesis")
    everything = kinesis.list_shards(
        StreamName=stream_name, ShardFilter={"Type": "FROM_TRIM_HORIZON"}, MaxResults=3
    )
    found = everything["Shards"]
    while True:
        page = kinesis.list_shards(
            StreamName=stream_name,
            ShardFilter={"Type": "AFTER_SHARD_ID", "ShardId": found[-1]["ShardId"]},
            MaxResults=3,
        )["Shards"]
        if not page:
            break
        found += page
    still_open = kinesis.list_shards(StreamName=stream_name, ShardFilter={"Type": "AT_LATEST"})
    print(len(found), "shards, open on the first page:", len(still_open["Shards"]))
    return {shard["ShardId"]: read_from_shard(stream_name, shard["ShardId"]) for shard in found}
