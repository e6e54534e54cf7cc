"""Every key and header that plain moto answers with is there in the simulated AWS as well.

Code that was tried out on plain moto, as students' laptops have it, must not fail here for a key
that is missing.
"""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import create_loader
from moto.kinesis.responses import KinesisResponse
from moto.sqs.responses import SQSResponse

from autograder.aws.simulated import Cloud
from autograder.conformance.emulators import MOTO, running

ONCE = Config(retries={"total_max_attempts": 1, "mode": "standard"}, parameter_validation=False)

NOT_OURS = {
    # Of moto and the server that it runs in; AWS does not send them.
    "headers.server",
    "headers.status",
    "headers.connection",
    "headers.access-control-allow-origin",
    # AWS's JSON protocols have the type of an error in the body: botocore reads it there.
    "headers.x-amzn-errortype",
}
"""What moto has and the simulated AWS has not, with the reason."""


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """Serve plain moto; return its address."""
    with running(MOTO) as address:
        yield address


def keys_of(value: Any, place: str) -> set[str]:
    """List the places of all keys in an answer; a list's members share theirs."""
    if isinstance(value, dict):
        own = {f"{place}.{key}" for key in value}
        return own.union(*(keys_of(member, f"{place}.{key}") for key, member in value.items()))
    if isinstance(value, list):
        return set().union(*(keys_of(member, f"{place}[]") for member in value))
    return set()


class Client:
    """Does a script's requests at one endpoint and collects the keys of the answers."""

    def __init__(self, address: str) -> None:
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        self._clients = {
            service: session.client(service, endpoint_url=address, config=ONCE)
            for service in ("kinesis", "sqs")
        }
        self.keys: set[str] = set()
        self.asked: set[str] = set()
        """The operations, as `kinesis.put_record`."""

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        """Do a request; return its answer, or that of its error."""
        request: Callable[..., Any] = getattr(self._clients[service], operation)
        place = f"{service}.{operation}"
        self.asked.add(place)
        try:
            answer = request(**parameters)
        except ClientError as error:
            answer, place = error.response, f"{place}.error"
        metadata = answer.pop("ResponseMetadata")
        self.keys |= {place} | keys_of(answer, place)
        self.keys |= {f"metadata.{key}" for key in metadata}
        self.keys |= {f"headers.{name}" for name in metadata["HTTPHeaders"]}
        return answer


def use_kinesis(client: Client) -> None:
    """Do what a student may do with a stream."""

    def ask(operation: str, **parameters: Any) -> Any:
        return client.ask("kinesis", operation, **parameters)

    def wait() -> None:
        for _ in range(4):
            ask("describe_stream_summary", StreamName="s")

    ask("create_stream", StreamName="s", ShardCount=2, Tags={"a": "b"})
    wait()
    described = ask("describe_stream", StreamName="s")["StreamDescription"]
    arn, shard = described["StreamARN"], described["Shards"][0]["ShardId"]
    ask("list_streams")
    ask("list_shards", StreamName="s", MaxResults=1)
    ask("put_record", StreamName="s", Data=b"x", PartitionKey="k", ExplicitHashKey="1")
    ask("put_records", StreamName="s", Records=[{"Data": b"x", "PartitionKey": "k"}])
    start = ask(
        "get_shard_iterator", StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    ask("get_records", ShardIterator=start)
    ask("add_tags_to_stream", StreamName="s", Tags={"c": "d"})
    ask("list_tags_for_stream", StreamName="s")
    ask("remove_tags_from_stream", StreamName="s", TagKeys=["c"])
    ask("increase_stream_retention_period", StreamName="s", RetentionPeriodHours=48)
    ask("decrease_stream_retention_period", StreamName="s", RetentionPeriodHours=24)
    ask("enable_enhanced_monitoring", StreamName="s", ShardLevelMetrics=["ALL"])
    ask("disable_enhanced_monitoring", StreamName="s", ShardLevelMetrics=["ALL"])
    ask("start_stream_encryption", StreamName="s", EncryptionType="KMS", KeyId="k")
    wait()
    ask("describe_stream", StreamName="s")
    ask("stop_stream_encryption", StreamName="s", EncryptionType="KMS", KeyId="k")
    wait()
    ask("register_stream_consumer", StreamARN=arn, ConsumerName="c")
    ask("list_stream_consumers", StreamARN=arn)
    ask("describe_stream_consumer", StreamARN=arn, ConsumerName="c")
    ask("deregister_stream_consumer", StreamARN=arn, ConsumerName="c")
    ask("split_shard", StreamName="s", ShardToSplit=shard, NewStartingHashKey="99")
    wait()
    children = {
        "ShardToMerge": "shardId-000000000002",
        "AdjacentShardToMerge": "shardId-000000000003",
    }
    ask("merge_shards", StreamName="s", **children)
    wait()
    ask("describe_stream", StreamName="s")
    ask("put_resource_policy", ResourceARN=arn, Policy='{"Statement": []}')
    ask("get_resource_policy", ResourceARN=arn)
    ask("delete_resource_policy", ResourceARN=arn)
    ask("describe_limits")
    ask("update_shard_count", StreamName="s", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    wait()
    ask("update_stream_mode", StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    ask("put_record", StreamName="never-was", Data=b"x", PartitionKey="k")
    ask("get_records", ShardIterator="garbage")
    ask("delete_stream", StreamName="s")


def use_sqs(client: Client) -> None:
    """Do what a student may do with a queue."""

    def ask(operation: str, **parameters: Any) -> Any:
        return client.ask("sqs", operation, **parameters)

    url = ask("create_queue", QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    fifo = {"MessageGroupId": "g", "MessageDeduplicationId": "1"}
    words = {"a": {"DataType": "String", "StringValue": "b"}}
    ask("send_message", QueueUrl=url, MessageBody="m", MessageAttributes=words, **fifo)
    fifo["MessageDeduplicationId"] = "2"
    ask(
        "send_message_batch",
        QueueUrl=url,
        Entries=[{"Id": "1", "MessageBody": "m", "MessageAttributes": words, **fifo}],
    )
    everything = {"MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"]}
    messages = ask("receive_message", QueueUrl=url, MaxNumberOfMessages=2, **everything)
    handle = messages["Messages"][0]["ReceiptHandle"]
    entry = {"Id": "1", "ReceiptHandle": handle}
    ask("change_message_visibility", QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=9)
    ask(
        "change_message_visibility_batch", QueueUrl=url, Entries=[{**entry, "VisibilityTimeout": 9}]
    )
    ask("delete_message_batch", QueueUrl=url, Entries=[entry, {"Id": "2", "ReceiptHandle": "x"}])
    ask("delete_message", QueueUrl=url, ReceiptHandle="garbage")
    ask("get_queue_url", QueueName="q.fifo")
    ask("get_queue_url", QueueName="never-was")
    ask("get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
    ask("set_queue_attributes", QueueUrl=url, Attributes={"VisibilityTimeout": "9"})
    ask("tag_queue", QueueUrl=url, Tags={"a": "b"})
    ask("list_queue_tags", QueueUrl=url)
    ask("untag_queue", QueueUrl=url, TagKeys=["a"])
    ask("list_queues")
    ask("list_dead_letter_source_queues", QueueUrl=url)
    ask("add_permission", QueueUrl=url, Label="l", AWSAccountIds=["1"], Actions=["*"])
    ask("remove_permission", QueueUrl=url, Label="l")
    ask("receive_message", QueueUrl=url, MaxNumberOfMessages=11)
    ask("purge_queue", QueueUrl=url)
    ask("delete_queue", QueueUrl=url)


def operations_of_moto(service: str) -> set[str]:
    """List the operations of a service that moto has, as `kinesis.put_record`."""
    responses: type = KinesisResponse if service == "kinesis" else SQSResponse
    names = create_loader().load_service_model(service, "service-2")["operations"]
    return {
        f"{service}.{xform_name(name)}" for name in names if hasattr(responses, xform_name(name))
    }


@pytest.mark.parametrize(("service", "use"), [("kinesis", use_kinesis), ("sqs", use_sqs)])
def test_no_key_that_moto_has_is_missing(
    cloud: Cloud,
    served: tuple[Cloud, str],
    moto: str,
    service: str,
    use: Callable[[Client], None],
) -> None:
    """The same script at both; what succeeds at moto succeeds here."""
    ours, theirs = Client(served[1]), Client(moto)

    use(ours)
    use(theirs)

    assert operations_of_moto(service) - theirs.asked == set()
    assert sorted(theirs.keys - ours.keys - NOT_OURS) == []
    assert all(call.internal_error is None for call in cloud.calls.all())
