"""Consumers with enhanced fan-out: register, describe, list, deregister.

moto's lack a status, the time in their ARN and limits, and moto registers one name twice.
Nothing is delivered to them: SubscribeToShard, which speaks HTTP/2, is not simulated.
"""

from collections.abc import Callable, Mapping
from typing import Any

from autograder.aws.errors import AwsError, invalid_argument, not_found
from autograder.aws.kinesis.streams import FaithfulBackend, StreamConsumer
from autograder.aws.kinesis.tags import check_tags
from autograder.aws.moto_adapter import ACCOUNT

MAX_CONSUMERS = 20
MAX_CREATING = 5
"""Of one stream, and of an account at a time. Source: RegisterStreamConsumer."""
LIST_PAGE = 100

Parameters = dict[str, Any]
Answer = dict[str, Any]


class Consumers:
    """Answers the requests that concern consumers."""

    def __init__(self, backend: FaithfulBackend) -> None:
        self._backend = backend
        self.operations: Mapping[str, Callable[[Parameters], Answer]] = {
            "DeregisterStreamConsumer": self._deregister,
            "DescribeStreamConsumer": self._describe,
            "ListStreamConsumers": self._list,
            "RegisterStreamConsumer": self._register,
        }
        """What does each operation."""

    def find(self, consumer_arn: str) -> StreamConsumer:
        """Find a consumer by its ARN.

        Raises:
            AwsError: There is none.
        """
        stream_arn = consumer_arn.partition("/consumer/")[0]
        for consumer in self._backend.describe_stream(stream_arn, None).registered_consumers:
            if consumer.consumer_arn == consumer_arn:
                return consumer
        raise not_found(f"Consumer {consumer_arn}, account {ACCOUNT} not found.")

    def _register(self, parameters: Parameters) -> Answer:
        stream = self._backend.active_stream(parameters)
        name = parameters["ConsumerName"]
        check_tags(parameters.get("Tags", {}))
        if any(consumer.consumer_name == name for consumer in stream.registered_consumers):
            raise AwsError(
                "ResourceInUseException",
                f"Consumer {name} under stream {stream.stream_name} already exists for account "
                f"{ACCOUNT}.",
            )
        creating = [
            consumer
            for other in self._backend.present_streams()
            for consumer in other.registered_consumers
            if self._status_of(consumer) == "CREATING"
        ]
        if len(stream.registered_consumers) >= MAX_CONSUMERS or len(creating) >= MAX_CREATING:
            raise AwsError(
                "LimitExceededException",
                f"A stream has {MAX_CONSUMERS} consumers at most, and {MAX_CREATING} consumers are "
                "CREATING at a time.",
            )
        settings = self._backend.settings
        consumer = StreamConsumer(
            name,
            stream.arn,
            self._backend.clock.now(),
            settings.creating_describes,
            dict(parameters.get("Tags", {})),
        )
        stream.registered_consumers.append(consumer)
        return {"Consumer": self._to_json(consumer)}

    def _describe(self, parameters: Parameters) -> Answer:
        consumer = self._named(parameters)
        consumer.describes_left -= 1
        described = self._to_json(consumer) | {"StreamARN": consumer.stream_arn}
        return {"ConsumerDescription": described}

    def _list(self, parameters: Parameters) -> Answer:
        stream = self._backend.named_stream(parameters)
        after = parameters.get("NextToken", "")
        consumers = sorted(stream.registered_consumers, key=lambda consumer: consumer.consumer_name)
        consumers = [consumer for consumer in consumers if consumer.consumer_name > after]
        page = consumers[: min(parameters.get("MaxResults", LIST_PAGE), LIST_PAGE)]
        for consumer in page:
            consumer.describes_left -= 1
        answer: Answer = {"Consumers": [self._to_json(consumer) for consumer in page]}
        if len(consumers) > len(page):
            answer["NextToken"] = page[-1].consumer_name
        return answer

    def _deregister(self, parameters: Parameters) -> Answer:
        consumer = self._named(parameters)
        stream = self._backend.describe_stream(consumer.stream_arn, None)
        stream.registered_consumers.remove(consumer)
        return {}

    def _named(self, parameters: Parameters) -> StreamConsumer:
        """Find the consumer that a request names, by its ARN or its stream's and its name."""
        arn, name = parameters.get("ConsumerARN"), parameters.get("ConsumerName")
        if arn is not None:
            return self.find(arn)
        if name is None or "StreamARN" not in parameters:
            raise invalid_argument("Give ConsumerARN, or StreamARN with ConsumerName.")
        stream = self._backend.named_stream(parameters)
        for consumer in stream.registered_consumers:
            if consumer.consumer_name == name:
                return consumer
        raise not_found(f"Consumer {name}, account {ACCOUNT} not found.")

    def _status_of(self, consumer: StreamConsumer) -> str:
        age = self._backend.clock.now() - consumer.created_at
        is_ready = consumer.describes_left <= 0 or age >= self._backend.settings.creating_seconds
        return "ACTIVE" if is_ready else "CREATING"

    def _to_json(self, consumer: StreamConsumer) -> Answer:
        return {
            "ConsumerName": consumer.consumer_name,
            "ConsumerARN": consumer.consumer_arn,
            "ConsumerStatus": self._status_of(consumer),
            "ConsumerCreationTimestamp": consumer.created_at,
        }
