# /// submission
# file = "kinesis_multi_shard.py"
# fails = ["writer/deleting_what_never_was_is_no_error"]
# ///
"""Deletes every stream whose name begins like the one given."""

_delete = delete_stream


def delete_stream(stream_name):
    for name in boto3.client("kinesis").list_streams()["StreamNames"]:
        if name.startswith(stream_name):
            _delete(name)
