# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""Turns on the metrics of shards and prints all descriptions: stream, summary, limits, consumers."""


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    limits = kinesis.describe_limits()
    print(f"{limits['OpenShardCount']} of {limits['ShardLimit']} shards are in use.")
    try:
        kinesis.create_stream(
            StreamName=stream_name,
            ShardCount=shard_count,
            StreamModeDetails={"StreamMode": "PROVISIONED"},
        )
        is_new = True
    except kinesis.exceptions.ResourceInUseException as error:
        print(error.response["Error"]["Message"], error.response["ResponseMetadata"]["RequestId"])
        is_new = False
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    if is_new:
        metrics = kinesis.enable_enhanced_monitoring(
            StreamName=stream_name, ShardLevelMetrics=["IncomingRecords", "IncomingBytes"]
        )
        print("Metrics from now on:", sorted(metrics["DesiredShardLevelMetrics"]))
        kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)


def get_shard_info(stream_name):
    kinesis = boto3.client("kinesis")
    summary = kinesis.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"]
    print(
        summary["StreamARN"],
        summary["StreamStatus"],
        summary["StreamModeDetails"]["StreamMode"],
        f"{summary['OpenShardCount']} open shards, {summary['ConsumerCount']} consumers,",
        f"kept for {summary['RetentionPeriodHours']} hours since",
        summary["StreamCreationTimestamp"].isoformat(),
    )
    shards, start = [], {}
    while True:
        page = kinesis.describe_stream(StreamName=stream_name, **start)["StreamDescription"]
        shards += page["Shards"]
        if not page["HasMoreShards"]:
            return shards
        start = {"ExclusiveStartShardId": shards[-1]["ShardId"]}
