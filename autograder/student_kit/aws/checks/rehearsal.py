"""Plays a case: arranges its scene in the simulated AWS, and calls your function as the test did.

A case holds what a hidden test arranged and called. It does not hold what the test expected.
"""

import contextlib
import functools
import hashlib
import importlib
import io
import json
import os
import pdb
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn, Protocol

from checks import cases
from checks.cloud import Cloud, StoredRecord
from checks.faults import (
    EmptyPages,
    LateRecord,
    PageSize,
    ReceiveSize,
    RejectRecords,
    ShardPageSize,
    Throttle,
    faults,
)
from checks.hand_in import ROOT, graded_files, installed_as_where_graded
from checks.patched_moto import patched_moto
from checks.request_log import Request, recorded_requests
from checks.student_code import is_yours, relative
from checks.time_limit import TimeLimit
from checks.virtual_time import virtual_time

HERE = Path(__file__).parent
LONGEST_PRINT = 20_000
"""Bytes."""
MISFIT = "The steps of the case do not fit together: copy the whole word again."


@dataclass(frozen=True)
class LogShard:
    """A shard and its records."""

    shard_id: str
    is_open: bool
    parents: tuple[str, ...]
    records: tuple[StoredRecord, ...]


@dataclass(frozen=True)
class LogStream:
    """A stream at one moment."""

    name: str
    status: str
    shards: tuple[LogShard, ...]


@dataclass(frozen=True)
class QueueDepth:
    """A queue at one moment."""

    name: str
    visible: int
    in_flight: int


@dataclass(frozen=True)
class Snapshot:
    """The streams and queues at one moment."""

    streams: tuple[LogStream, ...]
    queues: tuple[QueueDepth, ...]


@dataclass(frozen=True)
class PlayedCall:
    """A call of your function, and what came of it."""

    text: str
    """The call, as Python writes it."""
    before: Snapshot
    after: Snapshot
    requests: tuple[Request, ...]
    printed: str
    value: Any = None
    error: BaseException | None = None
    lines: tuple[str, ...] = ()
    """The lines of your files that the error went through, the last call last."""


class LeftDebuggerError(Exception):
    """The debugger was left before a call came to its end."""


class Announcer(Protocol):
    """Tells what happens while somebody debugs."""

    def call(self, text: str, scene: Snapshot) -> None:
        """Tell the call, as Python writes it, and the scene before it."""

    def request(self, request: Request) -> None:
        """Tell a request and its answer."""


@dataclass
class _Player:
    """Plays the steps of a case, one after the other."""

    requests: list[Request]
    announcer: Announcer | None
    """With it, each call is announced and then run in a debugger."""
    cloud: Cloud = field(default_factory=Cloud)
    limit: TimeLimit = field(default_factory=TimeLimit)
    """Of all calls: once one took too long, the others have less time."""
    printed: "_Printed" = field(default_factory=lambda: _Printed())
    """One for all calls: what logs remembers the stream of the first call."""

    def play(self, steps: Sequence[cases.Step]) -> Iterator[PlayedCall]:
        self.cloud.empty()
        for step in steps:
            if isinstance(step, cases.Call):
                yield self._call(step)
            else:
                self._arrange(step)

    def _arrange(self, step: cases.Step) -> None:
        """Do one step of the scene.

        Raises:
            CaseError: It does not fit what the other steps made, so somebody has changed the case.
        """
        try:
            self._do(step)
        except Exception as error:
            raise cases.CaseError(f"{MISFIT} ({type(error).__name__})") from None

    def _do(self, step: cases.Step) -> None:
        match step:
            case cases.MakeStream():
                self.cloud.create_stream(step.name, step.shards, step.status)
            case cases.PutRecord():
                self.cloud.put_data(step.stream, step.shard, step.data.encode(), step.partition_key)
            case cases.SplitShard():
                self.cloud.split(step.stream, step.shard)
            case cases.MergeShards():
                self.cloud.merge(step.stream, step.shard, step.adjacent)
            case cases.MakeQueue():
                self.cloud.create_queue(step.name, step.attributes)
            case cases.SendMessage():
                self.cloud.send(step.queue, step.body)
            case cases.Throttle():
                faults.add(
                    Throttle(step.operation, step.times, step.target, step.after, step.shard)
                )
            case cases.RejectPuts():
                order = _Order(frozenset(step.chosen))
                faults.add(
                    RejectRecords(order.is_chosen, step.times_each, step.stream, cases.steady_data)
                )
            case cases.ServeEmptyPages():
                faults.add(EmptyPages(step.shard, step.before_record, step.pages, step.stream))
            case cases.LimitPages():
                faults.add(PageSize(step.records, step.stream))
            case cases.LimitShardPages():
                faults.add(ShardPageSize(step.shards, step.stream))
            case cases.LimitReceives():
                faults.add(ReceiveSize(step.messages, step.queue))
            case cases.AppendLate():
                faults.add(
                    LateRecord(step.shard, step.data.encode(), step.partition_key, step.stream)
                )

    def _call(self, step: cases.Call) -> PlayedCall:
        if f"{step.module}.py" not in graded_files():
            raise cases.CaseError(f"{step.module}.py is not a graded file of this repository.")
        if not _is_checked(step.function):
            raise cases.CaseError(f"No check calls a function {step.function}.")
        try:
            put = _Places(self.cloud).put
            arguments, again = put(step.arguments), put(step.again)
            named = {key: put(value) for key, value in step.named.items()}
        except (KeyError, IndexError, ValueError, TypeError):
            raise cases.CaseError(MISFIT) from None
        text = f"{step.function}({_listed(arguments, named)})"
        before, seen = self.snapshot(), len(self.requests)
        value, error, lines = None, None, ()

        def run() -> Any:
            found = getattr(_imported(step.module), step.function, None)
            if not callable(found) or not _is_your_own(found):
                raise cases.CaseError(f"{step.module}.py has no function {step.function}.")
            if self.announcer is not None:
                self.announcer.call(text, before)
            call = found if self.announcer is None else functools.partial(_in_debugger, found)
            value = call(*arguments, **named)
            return [value, *(call(*each) for each in again)] if again else value

        try:
            if self.announcer is not None:
                with installed_as_where_graded(), virtual_time():
                    value = run()
            else:
                stream = self.printed.stream()
                with (
                    contextlib.redirect_stdout(stream),
                    contextlib.redirect_stderr(stream),  # what is logged, for example
                    installed_as_where_graded(),
                    _without_exit(),
                ):
                    value = self.limit.run(run)
        except (cases.CaseError, LeftDebuggerError, KeyboardInterrupt):
            raise
        except BaseException as raised:
            error, lines = raised, tuple(_your_lines(raised))
        return PlayedCall(
            text, before, self.snapshot(), tuple(self.requests[seen:]),
            self.printed.take(), value, error, lines,
        )  # fmt: skip

    def snapshot(self) -> Snapshot:
        return Snapshot(
            tuple(
                LogStream(name, self.cloud.status(name) or "", tuple(self._shards(name)))
                for name in self.cloud.stream_names()
            ),
            tuple(
                QueueDepth(name, *self.cloud.left_in_queue(name))
                for name in self.cloud.queue_names()
            ),
        )

    def _shards(self, stream: str) -> Iterator[LogShard]:
        records = self.cloud.records(stream)
        for shard_id, is_open, parents in self.cloud.shards(stream):
            in_shard = tuple(record for record in records if record.shard_id == shard_id)
            yield LogShard(shard_id, is_open, parents, in_shard)


class _Places:
    """Puts the sequence numbers of this scene for the places that a case has instead."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._records: dict[str, list[StoredRecord]] = {}

    def put(self, value: Any) -> Any:
        """Return a value with numbers for its places.

        Raises:
            KeyError, IndexError, ValueError, TypeError: There is no such place.
        """
        if isinstance(value, list):
            return [self.put(each) for each in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {cases.NUMBER}:
            stream, shard_id, at = value[cases.NUMBER]
            if stream not in self._records:
                self._records[stream] = self._cloud.records(stream)
            in_shard = [record for record in self._records[stream] if record.shard_id == shard_id]
            return in_shard[at].sequence_number
        return {key: self.put(each) for key, each in value.items()}


class _Order:
    """Chooses records by the order in which they are first put.

    A record that is put again may have a new time in it: times do not tell records apart.
    """

    def __init__(self, chosen: frozenset[int]) -> None:
        self._chosen = chosen
        self._seen: dict[str, int] = {}

    def is_chosen(self, data: bytes) -> bool:
        return self._seen.setdefault(cases.steady_data(data), len(self._seen)) in self._chosen


class _Printed(io.BytesIO):
    """The beginning of what your code prints, even if it closes or wraps the stream."""

    def stream(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self, "utf-8", errors="backslashreplace", write_through=True)

    def take(self) -> str:
        """Return what was printed since the last time."""
        text = self.getvalue().decode("utf-8", "replace")
        self.seek(0)
        self.truncate()
        return text

    def write(self, data: Any) -> int:
        size = len(memoryview(data).cast("B"))
        super().write(bytes(data)[: max(0, LONGEST_PRINT - self.tell())])
        return size

    def close(self) -> None:
        """Keep the text."""


def _is_checked(function: str) -> bool:
    """Tell whether a check calls a function. Others are your own, and no case calls them."""
    called = re.compile(rf"\.{function}\(|[\"']{function}[\"']")
    texts = (path.read_text("utf-8", "replace") for path in HERE.glob("test_*.py"))
    return any(map(called.search, texts))


def _is_your_own(function: Any) -> bool:
    """Tell whether a function, or what decorates it, is in a file of yours."""
    while isinstance(function, functools.partial):
        function = function.func
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    return is_yours(getattr(module, "__file__", None) or "")


class EndedProcessError(BaseException):
    """Your code wanted to end the process."""


@contextlib.contextmanager
def _without_exit() -> Iterator[None]:
    """Turn an end of the process into an error, so that the rest is still shown."""

    def leave(status: int) -> NoReturn:
        if os.getpid() != this:
            end(status)
        raise EndedProcessError(f"your code ended the process with os._exit({status})")

    this, end = os.getpid(), os._exit
    setattr(os, "_exit", leave)  # noqa: B010 - a replacement
    try:
        yield
    finally:
        setattr(os, "_exit", end)  # noqa: B010 - a replacement


def _imported(module: str) -> ModuleType:
    """Import a file of yours again: each call of a test runs in its own process."""
    for name, loaded in list(sys.modules.items()):
        file = getattr(loaded, "__dict__", {}).get("__file__")
        if isinstance(file, str) and is_yours(file):
            del sys.modules[name]
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(module)


def _your_lines(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        if is_yours(frame.filename):
            yield f"{relative(frame.filename)}, line {frame.lineno}: {frame.line or ''}"
    if isinstance(error, SyntaxError) and error.filename and is_yours(error.filename):
        yield f"{relative(error.filename)}, line {error.lineno}: {(error.text or '').strip()}"


def _listed(arguments: Sequence[Any], named: dict[str, Any]) -> str:
    return ", ".join([*map(repr, arguments), *(f"{key}={each!r}" for key, each in named.items())])


def play(word: str, announcer: Announcer | None = None) -> tuple[PlayedCall, ...]:
    """Play a case in a new simulated AWS; with an announcer, each call in a debugger.

    Raises:
        cases.CaseError: The word is not a case, or belongs to another repository.
        LeftDebuggerError: The debugger was left.
    """
    steps = cases.read_case(word)
    if not any(isinstance(step, cases.Call) for step in steps):
        raise cases.CaseError("This is not a case.")
    on_request = announcer.request if announcer else lambda _: None
    with recorded_requests(on_request) as requests, patched_moto():
        faults.clear()
        try:
            return tuple(_Player(requests, announcer).play(steps))
        finally:
            faults.clear()


def observed(call: PlayedCall) -> dict[str, Any]:
    """Return how a call ended, as plain JSON; the same whenever your code does the same again."""
    places = {
        record.sequence_number: f"{shard.shard_id}[{number}] of {stream.name}"
        for stream in call.after.streams
        for shard in stream.shards
        for number, record in enumerate(shard.records)
    }
    try:
        value = cases.steady(call.value, places)
    except RecursionError:  # it holds itself
        value = type(call.value).__name__
    return {
        "error": None if call.error is None else type(call.error).__name__,
        "value": value,
        "streams": [
            [stream.name, stream.status, [
                [shard.shard_id, [
                    [cases.steady(record.partition_key, {}), cases.steady_data(record.data)]
                    for record in shard.records
                ]]
                for shard in stream.shards
            ]]
            for stream in call.after.streams
        ],
        "queues": [[queue.name, queue.visible + queue.in_flight] for queue in call.after.queues],
        "answers": sorted({f"{each.operation} {each.kind}" for each in call.requests}),
    }  # fmt: skip


def outcome_of(calls: Sequence[PlayedCall]) -> str:
    """Return a digest of how a case ended."""
    text = json.dumps([*map(observed, calls)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class _Debugger(pdb.Pdb):
    """Stops in your files alone. Notes whether it was left before the call came to its end."""

    was_left = False

    def stop_here(self, frame: FrameType) -> bool:
        return is_yours(frame.f_code.co_filename) and super().stop_here(frame)

    def set_quit(self) -> None:
        self.was_left = True
        super().set_quit()


def _in_debugger(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Stop at the first line of the function: in the debugger of an editor, or else in pdb."""
    if "debugpy" in sys.modules:
        breakpoint()
        return function(*arguments, **named)
    debugger = _Debugger()
    debugger.rcLines += ["step"]  # over the line that calls the function
    value = debugger.runcall(lambda: function(*arguments, **named))
    if debugger.was_left:
        raise LeftDebuggerError
    return value
