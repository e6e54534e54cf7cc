# /// script
# dependencies = ["awscli==1.46.2"]
# ///
"""The AWS CLI: a stream that is split, and a queue, from creation to deletion."""

import base64
import contextlib
import io
import json
import os
from typing import Any

from awscli.clidriver import create_clidriver

DRIVER = create_clidriver()
"""In this process: the program takes a second to start."""


def aws(*words: str) -> Any:
    """Run a command and return its answer."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = DRIVER.main(
            [*words, "--output", "json", "--endpoint-url", os.environ["AWS_ENDPOINT_URL"]]
        )
    assert code == 0, (words, code)
    return json.loads(printed.getvalue() or "{}")


STREAM = ("--stream-name", "cli")
aws("kinesis", "create-stream", *STREAM, "--shard-count", "1", "--tags", "by=cli")
aws("kinesis", "wait", "stream-exists", *STREAM)
put = aws("kinesis", "put-record", *STREAM, "--partition-key", "k", "--data", "hello")
shard = put["ShardId"]
middle = str(1 << 127)
aws("kinesis", "split-shard", *STREAM, "--shard-to-split", shard, "--new-starting-hash-key", middle)
iterator = aws(
    "kinesis", "get-shard-iterator", *STREAM, "--shard-id", shard,
    "--shard-iterator-type", "TRIM_HORIZON",
)["ShardIterator"]  # fmt: skip
page = aws("kinesis", "get-records", "--shard-iterator", iterator)
assert [record["Data"] for record in page["Records"]] == [base64.b64encode(b"hello").decode()]
assert [child["ShardId"][-1] for child in page["ChildShards"]] == ["1", "2"]
assert len(aws("kinesis", "list-shards", *STREAM)["Shards"]) == 3
aws("kinesis", "wait", "stream-exists", *STREAM)
arn = aws("kinesis", "describe-stream-summary", *STREAM)["StreamDescriptionSummary"]["StreamARN"]
tags = aws("kinesis", "list-tags-for-resource", "--resource-arn", arn)["Tags"]
assert tags == [{"Key": "by", "Value": "cli"}]
aws("kinesis", "delete-stream", *STREAM)
aws("kinesis", "wait", "stream-not-exists", *STREAM)

url = aws("sqs", "create-queue", "--queue-name", "cli")["QueueUrl"]
aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello")
(message,) = aws("sqs", "receive-message", "--queue-url", url)["Messages"]
assert message["Body"] == "hello"
aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
aws("sqs", "delete-queue", "--queue-url", url)
