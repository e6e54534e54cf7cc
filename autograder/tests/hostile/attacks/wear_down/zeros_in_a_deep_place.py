# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["wrong", "missing"]
# ///
"""Returns many items whose place is long to write down."""


def get_shard_info(stream_name):
    value = [0] * 300_000
    for _ in range(31):
        value = {"\U000e0001" * 40: value}
    return value
