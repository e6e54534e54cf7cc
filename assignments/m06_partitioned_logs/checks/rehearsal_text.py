"""Writes a rehearsed call as lines for a terminal: the scene, the requests, what came back."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from moto.kinesis.utils import decompose_shard_iterator

from checks.cloud import StoredRecord
from checks.rehearsal import LogShard, LogStream, PlayedCall, Snapshot
from checks.request_log import Request
from checks.student_code import show

MOST_REQUESTS = 60
MOST_RECORDS = 8
MOST_PRINTED = 30
"""Lines."""
WIDTH = 100


def shown_call(call: PlayedCall) -> Iterator[str]:
    """Write all there is to say about a call."""
    yield "Before the call"
    yield from _indented(_scene(call.before))
    yield f"\nYour code: {_cut(call.text, 2 * WIDTH)}"
    yield from _indented(_requests(call.requests))
    if call.printed:
        yield "\nPrinted"
        lines = call.printed.splitlines()
        yield from _indented(_cut(line) for line in lines[:MOST_PRINTED])
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
    """Draw each shard as a lane of numbered records, and list the first few of them."""
    for shard in stream.shards:
        cells = "".join(f"[{number}]" for number in range(len(shard.records)))
        state = "" if shard.is_open else " closed"
        origin = f" from {' and '.join(map(_short, shard.parents))}" if shard.parents else ""
        end = ">" if shard.is_open else "|"
        yield f"{_short(shard.shard_id)}{state}{origin} |{_cut(cells, WIDTH - 30)}{end}"
    for shard in stream.shards:
        yield from _records(shard)


def _records(shard: LogShard) -> Iterator[str]:
    for number, record in enumerate(shard.records[:MOST_RECORDS]):
        yield f"{_short(shard.shard_id)}[{number}] key {record.partition_key!r}: {_data(record)}"
    if len(shard.records) > MOST_RECORDS:
        yield f"{_short(shard.shard_id)} ... and {len(shard.records) - MOST_RECORDS} more records"


def _data(record: StoredRecord) -> str:
    text = record.data.decode("utf-8", "backslashreplace")
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return _cut(text, WIDTH - 20)


def _short(shard_id: str) -> str:
    """Return `shard 3` for shardId-000000000003."""
    number = shard_id.rpartition("-")[2].lstrip("0") or "0"
    return f"shard {number}"


def _requests(requests: Sequence[Request]) -> Iterator[str]:
    """Write a line for each request; equal ones in a row are counted."""
    grouped = [(line, len(list(same))) for line, same in groupby(map(_request, requests))]
    for line, times in grouped[:MOST_REQUESTS]:
        yield f"{line}{f'  ({times} times)' if times > 1 else ''}"
    if len(grouped) > MOST_REQUESTS:
        yield f"... and {len(grouped) - MOST_REQUESTS} more lines"
    if not grouped:
        yield "no request"


def _request(request: Request) -> str:
    return f"{request.operation} {_asked(request)}-> {_answered(request)}"


def _asked(request: Request) -> str:
    asked = request.parameters
    shown = []
    if "ShardIterator" in asked:
        shown.append(_shard_of(str(asked["ShardIterator"])))
    if "ShardId" in asked:
        shown.append(_short(str(asked["ShardId"])))
    for key in ("ShardIteratorType", "StartingSequenceNumber", "Limit", "MaxNumberOfMessages"):
        if key in asked:
            shown.append(f"{key}={asked[key]}")
    for key in ("Records", "Entries"):
        if isinstance(asked.get(key), list):
            shown.append(f"{len(asked[key])} {key.lower()}")
    if "PartitionKey" in asked:
        shown.append(f"key {asked['PartitionKey']!r}")
    return f"{_cut(' '.join(shown))} " if shown else ""


def _shard_of(iterator: str) -> str:
    try:
        return _short(decompose_shard_iterator(iterator.partition("~")[0])[1])
    except (ValueError, IndexError):
        return "an iterator that Kinesis did not give"


def _answered(request: Request) -> str:
    answer = request.answer
    if (error := request.error) is not None:
        message = _cut(str(answer.get("message") or answer.get("Message") or ""))
        mark = "THROTTLED" if "Exceeded" in error else "ERROR"
        return f"{mark} {error}: {message}"
    if request.operation == "GetRecords":
        return _page(answer)
    if answer.get("FailedRecordCount"):
        return f"REJECTED {answer['FailedRecordCount']} of {len(answer.get('Records', []))} records"
    if isinstance(answer.get("Messages"), list):
        return f"{len(answer['Messages'])} messages"
    for key in ("Shards", "StreamNames", "Records", "Successful"):
        if isinstance(answer.get(key), list):
            return f"{len(answer[key])} {key.lower()}"
    summary = answer.get("StreamDescription") or answer.get("StreamDescriptionSummary")
    if isinstance(summary, dict):
        return str(summary.get("StreamStatus"))
    return "done"


def _page(answer: dict[str, Any]) -> str:
    records, behind = answer.get("Records", []), answer.get("MillisBehindLatest")
    count = f"{len(records)} records" if records else "EMPTY PAGE"
    end = "" if answer.get("NextShardIterator") else ", no next iterator"
    return f"{count}, {behind} ms behind{end}"


def _value(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple) and value:
        yield f"a {type(value).__name__} of {len(value)}"
        for number, each in enumerate(value[:MOST_RECORDS]):
            yield f"  {number}: {_cut(show(each), 2 * WIDTH)}"
        if len(value) > MOST_RECORDS:
            yield f"  ... and {len(value) - MOST_RECORDS} more"
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
