"""Calls of AWS operations as data that a fuzzer can change: lines of `["kinesis.PutRecord", {}]`.

A text such as `$ShardIterator` is replaced by the last value of that name in a response.
"""

import json
import random
import string
from collections.abc import Iterator
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from autograder.tests.fuzz.target import MutateBytes

Step = tuple[str, Any]
"""An operation, as `service.Operation`, and its parameters."""

MAX_STEPS = 12

_SERVICES = {
    name: ServiceModel(create_loader().load_service_model(name, "service-2"), name)
    for name in ("kinesis", "sqs")
}
OPERATIONS = tuple(
    f"{name}.{operation}"
    for name, model in _SERVICES.items()
    for operation in model.operation_names
)

_TEXTS = (
    "", "s", "q", "f.fifo", "k", "a" * 129, "a" * 2049, "\u00b2", "\u0661", "\ud800", "\x00",
    "m\n", "0", "1", "-1", "340282366920938463463374607431768211455", "9" * 400, "1e3", "0x7",
    "NaN", "true",
    "shardId-000000000000", "shardId-000000000001", "shardId-000000000002",
    "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER",
    "AT_LATEST", "UNIFORM_SCALING", "ON_DEMAND", "PROVISIONED", "ALL", "All", ".*", "(a+)+$", "[",
    "String", "Binary", "Number", "String.custom", "<RequestId>" * 20, "&Action=DeleteQueue&",
    "eA==",
    "VisibilityTimeout", "FifoQueue", "ContentBasedDeduplication", "Policy", "RedrivePolicy",
    "DelaySeconds", "MaximumMessageSize", "ReceiveMessageWaitTimeSeconds", "MessageRetentionPeriod",
    "$ShardIterator", "$NextShardIterator", "$ReceiptHandle", "$NextToken", "$SequenceNumber",
    "$StreamARN", "$ConsumerARN", "$StartingSequenceNumber", "$StartingHashKey", "$EndingHashKey",
    "http://127.0.0.1/123456789012/q", "arn:aws:kinesis:us-east-1:123456789012:stream/s",
    "[" * 2000,
)  # fmt: skip
_NUMBERS = (
    -(1 << 63), -(1 << 31), -1, 0, 1, 2, 4, 10, 20, 24, 48, 100, 500, 501, 900, 8760, 10_000,
    43_200,
    (1 << 31) - 1, 1 << 31, 1 << 64, 10**300,
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, False, 0.5, -1e300, 1e15, [], {}, [[]], [{}], {"a": 1}, {"": None}, [None], [0],
)  # fmt: skip


def steps_of(data: bytes) -> list[Step]:
    """Read a conversation; lines that are not a call are left out."""
    steps: list[Step] = []
    for line in data.split(b"\n")[:MAX_STEPS]:
        try:
            match json.loads(line):
                case [str(operation), parameters]:
                    steps.append((operation, parameters))
        except (ValueError, RecursionError):
            continue
    return steps


def written(steps: list[Step]) -> bytes:
    """Return a conversation as lines."""
    return b"\n".join(json.dumps(step).encode() for step in steps)


def filled_in(value: Any, known: dict[str, str]) -> Any:
    """Replace names such as `$ShardIterator` by values of earlier responses."""
    if isinstance(value, str) and value.startswith("$"):
        return known.get(value[1:], value)
    if isinstance(value, list):
        return [filled_in(part, known) for part in value]
    if isinstance(value, dict):
        return {key: filled_in(part, known) for key, part in value.items()}
    return value


def texts_in(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of a response with their names."""
    if isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, str):
                yield key, part
            else:
                yield from texts_in(part)


def changed(steps: list[Step], rng: random.Random, mutate_bytes: MutateBytes) -> list[Step]:
    """Return a random change of a conversation."""
    steps = list(steps)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        kind = rng.randrange(8) if steps else 0
        at = rng.randrange(len(steps) + 1)
        if kind == 0:
            steps.insert(at, made_up(rng))
        elif kind == 1:
            steps.insert(at, rng.choice(steps))
        elif kind == 2:
            del steps[rng.randrange(len(steps))]
        else:
            at = rng.randrange(len(steps))
            operation, parameters = steps[at]
            holder = [json.loads(json.dumps(parameters))]
            _change(holder, rng, mutate_bytes)
            steps[at] = (operation, holder[0])
    return steps[-MAX_STEPS:]


def made_up(rng: random.Random) -> Step:
    """Return a random call whose parameters have the right types."""
    operation = rng.choice(OPERATIONS)
    shape = shape_of(operation)
    return operation, _value(shape, rng) if shape else {}


def shape_of(operation: str) -> StructureShape | None:
    """Return botocore's model of an operation's parameters; None if it takes nothing."""
    service, _, name = operation.partition(".")
    return _SERVICES[service].operation_model(name).input_shape


def _value(shape: Shape, rng: random.Random) -> Any:
    if isinstance(shape, StructureShape):
        return {
            name: _value(member, rng)
            for name, member in shape.members.items()
            if name in shape.required_members or rng.random() < 0.4
        }
    if isinstance(shape, ListShape):
        return [_value(shape.member, rng) for _ in range(rng.randrange(4))]
    if isinstance(shape, MapShape):
        return {
            str(_value(shape.key, rng)): _value(shape.value, rng) for _ in range(rng.randrange(4))
        }
    if shape.type_name == "string":
        enum = getattr(shape, "enum", ())
        usual = {"StreamName": "s", "QueueUrl": "q", "StreamARN": "$StreamARN"}.get(shape.name)
        return rng.choice((*enum, *_TEXTS[:60], *([usual] * 60 if usual else ())))
    if shape.type_name == "blob":
        return rng.choice(("", "eA==", "eHh4", "?", "e"))
    if shape.type_name == "boolean":
        return rng.random() < 0.5
    if shape.type_name == "timestamp":
        return rng.choice((0, 1.5, 1e9, 4e9, -1e9))
    return rng.choice(_NUMBERS)


def _change(holder: list[Any], rng: random.Random, mutate_bytes: MutateBytes) -> None:
    """Return a value that is changed at one place."""
    places: list[tuple[Any, Any]] = [(holder, 0)]
    for container, key in places:
        inner = container[key]
        if isinstance(inner, dict):
            places += [(inner, key) for key in inner]
        elif isinstance(inner, list):
            places += [(inner, index) for index in range(len(inner))]
    container, key = rng.choice(places)
    value = container[key]
    kind = rng.randrange(8)
    if kind == 0 and container is not holder:
        del container[key]
    elif kind == 1 and isinstance(value, list):
        value += value[:1] * rng.choice((1, 9, 499))
    elif kind == 2 and isinstance(value, dict):
        value[rng.choice((*_TEXTS[:20], "Tags", "Attributes"))] = rng.choice(_ODD)
    elif kind == 3:
        container[key] = rng.choice(_ODD)
    elif isinstance(value, str) and kind < 6:
        mutated = mutate_bytes(value.encode("utf-8", "surrogatepass"), 300)
        container[key] = mutated.decode("utf-8", "replace")
    elif isinstance(value, int) and kind < 7:
        container[key] = rng.choice(_NUMBERS)
    elif kind == 7:
        container[key] = "".join(rng.choices(string.printable, k=rng.randrange(30)))
    else:
        container[key] = rng.choice(_TEXTS)
