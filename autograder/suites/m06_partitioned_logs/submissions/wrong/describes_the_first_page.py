# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/shard_info_follows_all_pages"]
# ///
"""Never looks at HasMoreShards."""


def get_shard_info(stream_name):
    answer = boto3.client("kinesis").describe_stream(StreamName=stream_name)
    return answer["StreamDescription"]["Shards"]
