# /// submission
# file = "kinesis_multi_shard.py"
# ///
"""Gives a new stream tags at once, others later by its ARN, and prints them."""


def create_multi_shard_stream(stream_name, shard_count):
    kinesis = boto3.client("kinesis")
    try:
        kinesis.create_stream(
            StreamName=stream_name,
            ShardCount=shard_count,
            Tags={"course": "Module 6", "made-by": "kinesis_multi_shard.py"},
        )
    except kinesis.exceptions.ResourceInUseException:
        kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
        return
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
    arn = kinesis.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    kinesis.tag_resource(ResourceARN=arn, Tags={"shards": str(shard_count)})
    kinesis.add_tags_to_stream(StreamName=stream_name, Tags={"owner": "the writer"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["made-by"])
    tags = kinesis.list_tags_for_stream(StreamName=stream_name)
    by_arn = kinesis.list_tags_for_resource(ResourceARN=arn)
    assert not tags["HasMoreTags"]
    assert tags["Tags"] == by_arn["Tags"]
    for tag in tags["Tags"]:
        print(f"{tag['Key']} = {tag['Value']}")
