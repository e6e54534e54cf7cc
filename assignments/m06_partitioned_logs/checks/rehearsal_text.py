"""Writes a rehearsed call as lines for a terminal: the scene, the requests, what came back."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

from moto.kinesis.utils import decompose_shard_iterator

from checks.cloud import StoredRecord
from checks.rehearsal import LogShard, LogStream, PlayedCall, Snapshot
from checks.request_log import Request
from checks.student_code import show

MOST_REQUESTS = 60
MOST_RECORDS = 8
"""Of a longer list, the first and the last half as many."""
MOST_PRINTED = 30
"""Lines."""
WIDTH = 100
THROTTLED = "THROTTLED"
"""The mark of a request that was refused for its rate."""
TIMES_OF_BOTO3 = 5
"""As often boto3 sends a request that is throttled, unless a client has other settings."""
LONGEST_BODY = 40
"""Characters of a message."""
LAST_DIGITS = 12
"""Of a sequence number: these differ within a scene."""

Item = TypeVar("Item")


def shown_call(call: PlayedCall, *, with_scene: bool = True) -> Iterator[str]:
    """Write all there is to say about a call, or all but what there was before."""
    if with_scene:
        yield from shown_scene(call.before)
    yield f"\nYour code: {_cut(call.text, 2 * WIDTH)}"
    yield from _indented(_requests(call.requests))
    if call.printed:
        yield "\nPrinted"
        lines = call.printed.splitlines()
        yield from _indented(_cut(line, 2 * WIDTH) for line in lines[:MOST_PRINTED])
        if len(lines) > MOST_PRINTED:
            yield f"  ... and {len(lines) - MOST_PRINTED} more lines"
    if call.error is None:
        yield "\nReturned"
        yield from _indented(_value(call.value))
    else:
        yield f"\nRaised {type(call.error).__name__}: {_cut(_text_of(call.error), 4 * WIDTH)}"
        yield from _indented(call.lines[-8:])
    yield "\nAfter the call"
    if call.after == call.before:
        yield "  as before"
    else:
        yield from _indented(_scene(call.after))


def shown_scene(scene: Snapshot) -> Iterator[str]:
    """Write what there is before a call."""
    yield "Before the call"
    yield from _indented(_scene(scene))


def _indented(lines: Any) -> Iterator[str]:
    for line in lines:
        yield f"  {line}"


def _scene(scene: Snapshot) -> Iterator[str]:
    for stream in scene.streams:
        yield f"stream {stream.name} ({stream.status})"
        yield from _indented(_lanes(stream))
    for queue in scene.queues:
        yield f"queue {queue.name}: {queue.visible} messages visible, {queue.in_flight} in flight"
    if not scene.streams and not scene.queues:
        yield "nothing: no stream and no queue"


def _lanes(stream: LogStream) -> Iterator[str]:
    """Draw each shard as a lane of numbered records, and list some of them."""
    for shard in stream.shards:
        cells = "".join(f"[{number}]" for number in range(len(shard.records)))
        state = "" if shard.is_open else " closed"
        origin = f" from {' and '.join(map(_short, shard.parents))}" if shard.parents else ""
        end = ">" if shard.is_open else "|"
        yield f"{_short(shard.shard_id)}{state}{origin} |{_cut(cells, WIDTH - 30)}{end}"
    for shard in stream.shards:
        yield from _records(shard)


def _records(shard: LogShard) -> Iterator[str]:
    for number, record in _ends(shard.records):
        if record is None:
            yield f"{_short(shard.shard_id)} ... {number} more records ..."
            continue
        place = f"{_short(shard.shard_id)}[{number}] {_last_digits(record.sequence_number)}"
        yield f"{place} key {record.partition_key!r}: {_data(record)}"


def _last_digits(sequence_number: str) -> str:
    return f"...{sequence_number[-LAST_DIGITS:]}"


def _ends(items: Sequence[Item]) -> Iterator[tuple[int, Item | None]]:
    """Yield items with their numbers; of many, in place of the middle, how many it has."""
    half = MOST_RECORDS // 2
    hidden = max(len(items) - MOST_RECORDS, 0)
    for number, item in enumerate(items):
        if hidden <= 1 or not half <= number < half + hidden:
            yield number, item
        elif number == half:
            yield hidden, None


def _data(record: StoredRecord) -> str:
    text = record.data.decode("utf-8", "backslashreplace")
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return _cut(text, WIDTH - 20)


def _short(shard_id: str) -> str:
    """Return `shard 3` for shardId-000000000003."""
    number = shard_id.rpartition("-")[2].lstrip("0") or "0"
    return f"shard {number}"


_SHOWN_PARAMETERS = (
    "ShardIteratorType", "StartingSequenceNumber", "Limit", "MaxNumberOfMessages",
    "WaitTimeSeconds", "VisibilityTimeout", "DelaySeconds", "ShardCount", "MaxResults",
)  # fmt: skip


def _requests(requests: Sequence[Request]) -> Iterator[str]:
    """Write a line for each request; equal ones in a row are counted, but not those that store."""
    lines = [
        (shown_request(request), number if _stores(request) else None)
        for number, request in enumerate(requests)
    ]
    grouped = [(line, len(list(same))) for (line, _), same in groupby(lines)]
    for line, times in grouped[:MOST_REQUESTS]:
        yield f"{line}{_repeated(line, times)}"
    if len(grouped) > MOST_REQUESTS:
        yield f"... and {len(grouped) - MOST_REQUESTS} more lines"
    if not grouped:
        yield "no request"


def _repeated(line: str, times: int) -> str:
    if times == 1:
        return ""
    may_be_boto3 = THROTTLED in line and not times % TIMES_OF_BOTO3
    by_boto3 = f"; boto3 itself asks {TIMES_OF_BOTO3} times" if may_be_boto3 else ""
    return f"  ({times} times{by_boto3})"


def _stores(request: Request) -> bool:
    """Tell whether a request stores data, which may be other data in each of them."""
    return request.error is None and any(
        key in request.parameters for key in ("Records", "Entries", "Data", "MessageBody")
    )


def shown_request(request: Request) -> str:
    """Write a request and its answer."""
    return f"{request.operation} {_asked(request)}-> {_answered(request)}"


def _asked(request: Request) -> str:
    asked = request.parameters
    shown = []
    if "ShardIterator" in asked:
        shown.append(_shard_of(str(asked["ShardIterator"])))
    if "ShardId" in asked:
        shown.append(_short(str(asked["ShardId"])))
    for key in _SHOWN_PARAMETERS:
        if key in asked:
            value = str(asked[key])
            is_number = key == "StartingSequenceNumber" and len(value) > LAST_DIGITS
            shown.append(f"{key}={_last_digits(value) if is_number else value}")
    for key in ("Records", "Entries"):
        if isinstance(asked.get(key), list):
            shown.append(_count(asked[key], key.lower()))
            shown += [repr(part["PartitionKey"]) for part in asked[key] if "PartitionKey" in part]
    if "PartitionKey" in asked:
        shown.append(f"key {asked['PartitionKey']!r}")
    if "MessageBody" in asked:
        shown.append(_cut(repr(asked["MessageBody"]), LONGEST_BODY))
    return f"{_cut(' '.join(shown))} " if shown else ""


def _shard_of(iterator: str) -> str:
    try:
        return _short(decompose_shard_iterator(iterator.partition("~")[0])[1])
    except (ValueError, IndexError):
        return "an iterator that Kinesis did not give"


_UNITS = {
    "Shards": "shards", "StreamNames": "streams", "Records": "records", "Successful": "done",
}  # fmt: skip


def _count(items: Sequence[Any], unit: str) -> str:
    """Return `1 record` or `3 records`."""
    return f"{len(items)} {unit[:-1] if len(items) == 1 and unit.endswith('s') else unit}"


def _answered(request: Request) -> str:
    answer = request.answer
    if (error := request.error) is not None:
        message = _cut(str(answer.get("message") or answer.get("Message") or ""))
        mark = THROTTLED if "Exceeded" in error else "ERROR"
        return f"{mark} {error}: {message}"
    if request.operation == "GetRecords":
        return _page(answer)
    if answer.get("FailedRecordCount"):
        records = answer.get("Records", [])
        numbers = [number for number, record in enumerate(records) if record.get("ErrorCode")]
        which = _cut(", ".join(map(str, numbers)), 40)
        return f"REJECTED {len(numbers)} of {len(records)} records: {which}"
    if request.operation == "ReceiveMessage":
        return _count(answer.get("Messages") or [], "messages")
    summary = answer.get("StreamDescription") or answer.get("StreamDescriptionSummary")
    listed = summary if isinstance(summary, dict) else answer
    parts = [str(summary["StreamStatus"])] if isinstance(summary, dict) else []
    parts += [_count(listed[key], _UNITS[key]) for key in _UNITS if key in listed]
    if listed.get("NextToken") or listed.get("HasMoreShards") or listed.get("HasMoreStreams"):
        parts.append("more follow")
    return ", ".join(parts) or "done"


def _page(answer: dict[str, Any]) -> str:
    records, behind = answer.get("Records", []), answer.get("MillisBehindLatest")
    count = _count(records, "records") if records or not behind else "EMPTY PAGE"
    end = "" if answer.get("NextShardIterator") else ", no next iterator"
    return f"{count}, {behind} ms behind{end}"


def _value(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple | dict) and value:
        yield f"a {type(value).__name__} of {len(value)}"
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for number, item in _ends(list(items)):
            if item is None:
                yield f"  ... {number} more ..."
            else:
                count = f"({len(item[1])}) " if isinstance(item[1], list | tuple | dict) else ""
                yield f"  {_cut(show(item[0]))}: {count}{_cut(show(item[1]), 2 * WIDTH)}"
    else:
        yield _cut(show(value), 4 * WIDTH)


def _text_of(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())
    except Exception:
        return "(its text cannot be shown)"


def _cut(text: str, length: int = WIDTH) -> str:
    begin = text[: length + 1]
    plain = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in begin)
    return plain if len(plain) <= length else f"{plain[: length - 3]}..."
