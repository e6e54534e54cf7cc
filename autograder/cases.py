"""A case: the scene of a hidden test and its calls of the student's functions, as one word of text.

A case holds what a test arranged and called, and nothing of the verdict. A student rehearses it at
home: `checks/rehearse.py` arranges the same scene in the simulated AWS of the checks, and calls the
same function. This file is laid into the student repository, so both sides write and read alike.

A word is `c2`, for the version, and base64 of compressed JSON: a list of steps, each a list of its
kind and its fields. Digits that seldom recur are kept apart, as one large number before the rest,
since they would compress badly. Anybody can make up a word: `read_case` checks its size, depth and
types.
"""

import base64
import binascii
import dataclasses
import itertools
import json
import re
import types
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

PREFIX = "c2"
LONGEST_WORD = 2000
"""Characters, as a word must fit into a comment and onto a command line."""
LARGEST_TEXT = 256 << 10
"""Bytes of JSON that a word may become: few characters can become gigabytes."""
DEEPEST = 50
MOST_STEPS = 5000
MOST_SHARDS = 100
MOST_SHARDS_TOGETHER = 500
"""As many as an account of the checks may have; each call shows them all."""
MOST_MESSAGES = 400
"""In all queues. The simulated AWS of the checks looks at all earlier ones for each."""
MOST_CALLS = 20
"""Of functions, those in a row included: each may take its whole time."""
MOST_REPEATED = 10_000
"""A limit on numbers that tell how often something happens."""

LARGEST_STEADY = 1e9
"""Numbers above are taken for times, in seconds or milliseconds since 1970."""

LONGEST_RUN = 9
"""Digits in a row that are kept apart. The control character of that number replaces them, as JSON
has no such characters."""
MOST_APART = 4000
"""Digits of a case that are kept apart. Python reads numbers of at most 4,300 digits."""
_LENGTH = 2
"""Bytes for the length of the number that holds these digits."""

_WORD = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{1,{LONGEST_WORD - len(PREFIX)}}}")
_ATTRIBUTES = frozenset(
    {
        "ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue",
        "FifoThroughputLimit", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId",
        "MaximumMessageSize", "MessageRetentionPeriod", "Policy", "ReceiveMessageWaitTimeSeconds",
        "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout",
    }
)  # fmt: skip
"""Of a queue. moto takes any name for a variable of its own."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"  # times
    r"|(?<!shardId-)(?<!\d)\d{10,}(\.\d+)?"  # sequence numbers and seconds since 1970
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # ids of messages
)
_COMMON_TEXT = (
    b',"ACTIVE"],["queue","send","split","merge","reject",["throttle","PutRecords",'
    b'["empty_pages","shard_page_size","receive_size",["page_size","GetRecords",'
    b'"{\\"timestamp\\":\\"2026-\2-\2T\2:\2:\2.000000Z\\"}","]],["call","$number":null],{},[]]]'
    b'[["stream",","shardId-000000000001",["put","","shardId-000000000000","{\\"'
)
"""What most cases have in them, which makes them shorter. A change needs another prefix."""


class CaseError(Exception):
    """A word that is not a case; the message is one line that says why."""


@dataclass(frozen=True)
class MakeStream:
    """Make a stream."""

    kind: ClassVar[str] = "stream"
    name: str
    shards: int
    status: str = "ACTIVE"


@dataclass(frozen=True)
class PutRecord:
    """Append a record to a shard."""

    kind: ClassVar[str] = "put"
    stream: str
    shard: str
    data: str
    """Text; other bytes cannot be in a case."""
    partition_key: str


@dataclass(frozen=True)
class SplitShard:
    """Split a shard in the middle of its range."""

    kind: ClassVar[str] = "split"
    stream: str
    shard: str


@dataclass(frozen=True)
class MergeShards:
    """Merge two adjacent shards."""

    kind: ClassVar[str] = "merge"
    stream: str
    shard: str
    adjacent: str


@dataclass(frozen=True)
class MakeQueue:
    """Make a queue."""

    kind: ClassVar[str] = "queue"
    name: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class SendMessage:
    """Send a message."""

    kind: ClassVar[str] = "send"
    queue: str
    body: str


@dataclass(frozen=True)
class Throttle:
    """Refuse an operation `times` times, after letting `after` requests through."""

    kind: ClassVar[str] = "throttle"
    operation: str
    target: str
    """The stream or queue."""
    times: int
    after: int
    shard: str | None


@dataclass(frozen=True)
class RejectPuts:
    """Reject some of the records that are put, each `times_each` times."""

    kind: ClassVar[str] = "reject"
    stream: str
    chosen: list[int]
    """Which: 0 is the first record that is put, and one that is put again is not counted again."""
    times_each: int


@dataclass(frozen=True)
class ServeEmptyPages:
    """Answer empty pages before a shard's record `before_record`, on every reading."""

    kind: ClassVar[str] = "empty_pages"
    stream: str
    shard: str | None
    before_record: int
    pages: int


@dataclass(frozen=True)
class LimitPages:
    """Let GetRecords return few records."""

    kind: ClassVar[str] = "page_size"
    stream: str
    records: int


@dataclass(frozen=True)
class LimitShardPages:
    """Let DescribeStream and ListShards return few shards."""

    kind: ClassVar[str] = "shard_page_size"
    stream: str
    shards: int


@dataclass(frozen=True)
class LimitReceives:
    """Let ReceiveMessage hand out few messages."""

    kind: ClassVar[str] = "receive_size"
    queue: str
    messages: int


@dataclass(frozen=True)
class AppendLate:
    """Append a record to a shard as soon as a second reading of it begins."""

    kind: ClassVar[str] = "late_record"
    stream: str
    shard: str
    data: str
    partition_key: str


@dataclass(frozen=True)
class Call:
    """Call a function; with `again`, once more in the same process for each list of arguments.

    An argument `{"$number": [STREAM, SHARD, N]}` is the sequence number of the shard's N-th record.
    """

    kind: ClassVar[str] = "call"
    module: str
    function: str
    arguments: list[Any]
    named: dict[str, Any]
    again: list[Any]


Step = (
    MakeStream | PutRecord | SplitShard | MergeShards | MakeQueue | SendMessage | Throttle
    | RejectPuts | ServeEmptyPages | LimitPages | LimitShardPages | LimitReceives | AppendLate
    | Call
)  # fmt: skip
_KINDS = {step.kind: step for step in Step.__args__}
NUMBER = "$number"


def steady(value: Any, places: Mapping[str, str]) -> Any:
    """Return a value as it is whenever a case is played: without times, numbers and ids of AWS.

    Args:
        value: What a function returned, or the event in a record.
        places: What to put for each sequence number of the log.
    """
    if isinstance(value, dict):
        return {_steady_key(key, places): steady(each, places) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [steady(each, places) for each in value]
    if isinstance(value, str):
        return places.get(value) or _CHANGING.sub("(changes)", value)
    if isinstance(value, bool | int | float):
        return value if abs(value) < LARGEST_STEADY else "(changes)"
    return value if value is None else type(value).__name__


def _steady_key(key: Any, places: Mapping[str, str]) -> str:
    return str(steady(key if isinstance(key, int | float) else str(key), places))


def steady_data(data: bytes) -> str:
    """Return the data of a record as they are whenever a case is played."""
    text = data.decode("utf-8", "replace")
    try:
        return json.dumps(steady(json.loads(text), {}), sort_keys=True)
    except (ValueError, RecursionError):
        return json.dumps(steady(text, {}))


def write_case(steps: Sequence[Step]) -> str | None:
    """Write steps as a word; None if it would be too long, or `read_case` would refuse it."""
    try:
        word = _packed(steps)
        if word is not None:
            read_case(word)
    except (CaseError, ValueError, TypeError, RecursionError):
        return None
    return word


def _packed(steps: Sequence[Step]) -> str | None:
    text = json.dumps(
        [_fields_of(step) for step in steps], ensure_ascii=False, separators=(",", ":")
    )
    if len(text.encode()) > LARGEST_TEXT:
        return None
    text, digits = _set_apart(text, len(steps))
    if len(digits) > MOST_APART:
        return None
    number = int(digits or "0")
    apart = number.to_bytes((number.bit_length() + 7) // 8, "big")
    # As a part of the dictionary, the digits are covered by its checksum.
    packer = zlib.compressobj(
        9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, apart + _COMMON_TEXT
    )
    packed = packer.compress(text.encode()) + packer.flush()
    packed = len(apart).to_bytes(_LENGTH, "big") + apart + packed
    word = PREFIX + _in_letters(packed)
    return word if len(word) <= LONGEST_WORD else None


def _in_letters(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _fields_of(step: Step) -> list[Any]:
    """List a step's kind and fields; a partition key that the record has too is its place there."""
    fields = [step.kind, *dataclasses.astuple(step)]
    if isinstance(step, PutRecord | AppendLate):
        values = _values_in(step.data)
        if step.partition_key in values:
            fields[-1] = values.index(step.partition_key)
    return fields


def _values_in(data: str) -> list[object]:
    """List the values of a record's event, if it is a JSON object."""
    try:
        event = json.loads(data)
    except ValueError:
        return []
    return list(event.values()) if isinstance(event, dict) else []


def _set_apart(text: str, steps: int) -> tuple[str, str]:
    """Take the digits out of a text, but for those that most steps have.

    Returns:
        The text without them, and the digits.
    """
    times = Counter(re.findall("[0-9]+", text))
    apart: list[str] = []

    def shortened(match: re.Match[str]) -> str:
        run = match[0]
        if len(run) > LONGEST_RUN or times[run] > steps / 2:
            return run
        apart.append(run)
        return chr(len(run))

    return re.sub("[0-9]+", shortened, text), "".join(apart)


def _put_back(text: str, number: int) -> str:
    """Put the digits back that were kept apart from a text.

    Raises:
        ValueError: The text has too few places for them.
    """
    places = re.compile(f"[\\x01-\\x0{LONGEST_RUN}]")
    count = sum(ord(place) for place in places.findall(text))
    if count > MOST_APART or number >= 10**count:
        raise ValueError("the digits do not fit")
    digits = iter(f"{number:0{count}}")
    return places.sub(lambda place: "".join(itertools.islice(digits, ord(place[0]))), text)


def read_case(word: str) -> tuple[Step, ...]:
    """Read a word.

    Raises:
        CaseError: It is not a case.
    """
    word = "".join(word.split())
    if not word.startswith(PREFIX):
        raise CaseError(f"A case begins with {PREFIX}: copy the whole word from your feedback.")
    if not _WORD.fullmatch(word):
        raise CaseError("This is not a case: it has characters that no case has, or is too long.")
    try:
        steps = _unpacked(word)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise CaseError("The case is damaged: copy the whole word from your feedback.") from None
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        raise CaseError("This is not a case.")
    try:
        case = tuple(_step(step) for step in steps)
    except RecursionError:
        raise CaseError("This is not a case.") from None
    shards = sum(step.shards for step in case if isinstance(step, MakeStream))
    shards += 2 * sum(isinstance(step, SplitShard | MergeShards) for step in case)
    calls = sum(1 + len(step.again) for step in case if isinstance(step, Call))
    messages = sum(isinstance(step, SendMessage) for step in case)
    if shards > MOST_SHARDS_TOGETHER or calls > MOST_CALLS or messages > MOST_MESSAGES:
        raise CaseError("The case has too many shards, messages or calls.")
    return case


def _unpacked(word: str) -> object:
    """Read the JSON in a word.

    Raises:
        CaseError: The word is incomplete.
        zlib.error, ValueError, RecursionError: It is damaged.
    """
    packed = base64.urlsafe_b64decode(word[len(PREFIX) :] + "=" * (-(len(word) - 2) % 4))
    begin = _LENGTH + int.from_bytes(packed[:_LENGTH], "big")
    apart = packed[_LENGTH:begin]
    unpacker = zlib.decompressobj(15, apart + _COMMON_TEXT)
    text = unpacker.decompress(packed[begin:], LARGEST_TEXT)
    if not unpacker.eof:
        raise CaseError("The case is incomplete: copy the whole word from your feedback.")
    if unpacker.unused_data or not word.endswith(_in_letters(packed)):
        raise ValueError("there is more than a case, or a changed last letter")
    return json.loads(_put_back(text.decode(), int.from_bytes(apart, "big")))


def _step(fields: object) -> Step:
    if not isinstance(fields, list) or not fields or not isinstance(fields[0], str):
        raise CaseError("This is not a case.")
    kind = _KINDS.get(fields[0])
    if kind is None:
        raise CaseError("The case is for another version of the checks: pull the newest ones.")
    declared = dataclasses.fields(kind)
    if len(fields) != len(declared) + 1:
        raise CaseError("This is not a case.")
    if kind in (PutRecord, AppendLate):
        fields = _with_key(fields)
    if not all(
        _fits(value, field.name, field.type)
        for value, field in zip(fields[1:], declared, strict=True)
    ):
        raise CaseError("This is not a case.")
    step: Step = kind(*fields[1:])
    return step


def _with_key(fields: list[Any]) -> list[Any]:
    """Write out a partition key that is a place in the record."""
    *others, data, place = fields
    if type(place) is not int or not isinstance(data, str):
        return fields
    values = _values_in(data)
    return [*others, data, values[place] if 0 <= place < len(values) else None]


def _fits(value: object, name: str, wanted: object) -> bool:
    """Tell whether a value that anybody may have made up can be a field."""
    if isinstance(wanted, types.UnionType):
        return value is None or _fits(value, name, wanted.__args__[0])
    if wanted is int:
        most = MOST_SHARDS if name == "shards" else MOST_REPEATED
        return type(value) is int and 0 <= value <= most
    if name in ("module", "function"):
        return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None
    if name in ("name", "stream", "queue", "target", "shard", "adjacent", "operation", "status"):
        return isinstance(value, str) and _NAME.fullmatch(value) is not None
    if name == "chosen":
        return isinstance(value, list) and all(_fits(each, "", int) for each in value)
    if name == "attributes":
        return isinstance(value, dict) and all(
            each in _ATTRIBUTES and isinstance(value[each], str) for each in value
        )
    if name == "named" and not (isinstance(value, dict) and all(map(_IDENTIFIER.fullmatch, value))):
        return False
    if name == "again" and not (isinstance(value, list) and all(type(v) is list for v in value)):
        return False
    kind = getattr(wanted, "__origin__", wanted)  # of `list[Any]`, the list
    return isinstance(kind, type) and isinstance(value, kind) and _depth(value) <= DEEPEST


def _depth(value: object) -> int:
    """Return how deep a value of JSON is; the parser has bounded the depth of all of it."""
    if not isinstance(value, dict | list):
        return 0
    parts = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(part) for part in parts), default=0)
