"""Notes what a hidden test arranges and calls, for a case that a student can rehearse."""

from collections.abc import Mapping, Sequence
from typing import Any

from autograder import cases
from autograder.aws import fault_kinds
from autograder.aws.calls import LoggedCall
from autograder.aws.fault_kinds import Fault
from autograder.aws.kinesis.backstage import StoredRecord
from autograder.aws.kinesis.streams import StreamStatus
from autograder.aws.scene import FaultsScene, KinesisScene, Scene, SqsScene
from autograder.aws.simulated import Cloud
from autograder.aws.sqs.backstage import Depth

MOST_STEPS = cases.MOST_STEPS
TOO_LARGE = "its scene is too large to be passed on"
NOT_TEXT = "its scene has data that are not text"
OWN_ERROR = "its scene has an error that the checks cannot repeat"
_THROTTLES = frozenset({"LimitExceededException", "ProvisionedThroughputExceededException"})


class Recorder:
    """Takes notes while a test arranges its scene and calls the student's functions.

    Args:
        cloud: The simulated AWS of the test, just emptied.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._faults = cloud.faults
        self._calls_before = 0
        self._steps: list[cases.Step | Fault] = []
        self._places: dict[str, tuple[str, str, int]] = {}
        self._lengths: dict[tuple[str, str], int] = {}
        self._why_none: str | None = None
        self.scene = Scene(
            _RecordedKinesis(cloud.kinesis, self),
            _RecordedSqs(cloud.sqs, self),
            _RecordedFaults(cloud.faults, self),
        )

    @property
    def has_called(self) -> bool:
        """Whether the student's code was called."""
        return any(isinstance(step, cases.Call) for step in self._steps)

    def note(self, step: cases.Step | Fault) -> None:
        """Note what happens next."""
        if len(self._steps) < MOST_STEPS:
            self._steps.append(step)
        else:
            self._why_none = TOO_LARGE

    def note_record(self, stored: StoredRecord, stream: str) -> None:
        """Note a record that the test put."""
        shard = (stream, stored.shard_id)
        self._places[stored.sequence_number] = (*shard, self._lengths.setdefault(shard, 0))
        self._lengths[shard] += 1
        data = self._text(stored.data)
        self.note(cases.PutRecord(stream, stored.shard_id, data, stored.partition_key))

    def note_call(
        self,
        module: str,
        function: str,
        arguments: Sequence[Any],
        named: Mapping[str, Any],
        again: Sequence[Sequence[Any]],
    ) -> None:
        """Note a call of the student's code."""
        call = (list(arguments), dict(named), [list(each) for each in again])
        self.note(cases.Call(module, function, *map(self._with_places, call)))

    def observed(self, value: Any, error: str | None) -> dict[str, Any]:
        """Return how a call ended, as `checks/rehearsal.py` does, with None for a missing value.

        Args:
            value: What it returned.
            error: The type of what it raised, or what ended it.
        """
        kinesis, sqs = self._cloud.kinesis, self._cloud.sqs
        logs = {name: kinesis.records(name) for name in sorted(kinesis.stream_names())}
        places = {
            record.sequence_number: f"{shard}[{number}] of {name}"
            for name, shards in logs.items()
            for shard, records in shards.items()
            for number, record in enumerate(records)
        }
        calls = self._cloud.calls.all()
        new, self._calls_before = calls[self._calls_before :], len(calls)
        return {
            "error": error,
            "value": cases.steady(value, places),
            "streams": [
                [name, kinesis.status(name), [
                    [shard, [
                        [cases.steady(record.partition_key, {}), cases.steady_data(record.data)]
                        for record in records
                    ]]
                    for shard, records in sorted(shards.items())
                ]]
                for name, shards in logs.items()
            ],
            "queues": [[name, _depth(sqs.depth(name))] for name in sorted(sqs.names())],
            "answers": sorted({f"{each.operation} {_kind(each)}" for each in new}),
        }  # fmt: skip

    def case(self) -> tuple[str | None, str | None]:
        """Write what happened so far as a case.

        Returns:
            The case, or else why there is none.
        """
        steps = [self._step_of(step) for step in self._steps]
        if self._why_none is not None:
            return None, self._why_none
        word = cases.write_case([step for step in steps if step is not None])
        return (word, None) if word is not None else (None, TOO_LARGE)

    def _with_places(self, value: Any) -> Any:
        """Put the place of a record for its sequence number, which is another one at home."""
        if isinstance(value, str) and value in self._places:
            return {cases.NUMBER: list(self._places[value])}
        if isinstance(value, list | tuple):
            return [self._with_places(each) for each in value]
        if isinstance(value, dict):
            return {key: self._with_places(each) for key, each in value.items()}
        return value

    def _text(self, data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError:
            self._why_none = NOT_TEXT
            return ""

    def _step_of(self, step: cases.Step | Fault) -> cases.Step | None:
        match step:
            case fault_kinds.Fail():
                if step.error not in _THROTTLES:
                    self._why_none = OWN_ERROR
                target = self._faults.target_of(step)
                return cases.Throttle(step.operation, target, step.times, step.after, step.shard)
            case fault_kinds.RejectRecords():
                chosen = self._faults.chosen_records(step)
                return cases.RejectPuts(self._faults.target_of(step), chosen, step.times_each)
            case fault_kinds.EmptyPages():
                return cases.ServeEmptyPages(
                    self._faults.target_of(step), step.shard_id, step.before_record, step.pages
                )
            case fault_kinds.PageSize():
                return cases.LimitPages(self._faults.target_of(step), step.records)
            case fault_kinds.ShardPageSize():
                return cases.LimitShardPages(self._faults.target_of(step), step.shards)
            case fault_kinds.ReceiveSize():
                return cases.LimitReceives(self._faults.target_of(step), step.messages)
            case fault_kinds.LateRecord():
                target, data = self._faults.target_of(step), self._text(step.data)
                return cases.AppendLate(target, step.shard_id, data, step.partition_key)
            case _:
                return step


def _depth(depth: Depth) -> int:
    return depth.visible + depth.in_flight + depth.delayed


def _kind(call: LoggedCall) -> str:
    """In a word what the answer of a request is."""
    if call.error is not None:
        return call.error
    if call.response.get("FailedRecordCount"):
        return "rejected"
    if call.operation in ("GetRecords", "ReceiveMessage"):
        return "some" if call.response.get("Records") or call.response.get("Messages") else "empty"
    return "done"


class _RecordedKinesis:
    """The streams of a scene, each step of which is noted."""

    def __init__(self, kinesis: KinesisScene, recorder: Recorder) -> None:
        self._kinesis = kinesis
        self._recorder = recorder

    def create_stream(self, name: str, shards: int, status: StreamStatus = "ACTIVE") -> None:
        self._kinesis.create_stream(name, shards, status)
        self._recorder.note(cases.MakeStream(name, shards, status))

    def put(
        self, stream: str, data: bytes, partition_key: str, explicit_hash_key: str | None = None
    ) -> StoredRecord:
        stored = self._kinesis.put(stream, data, partition_key, explicit_hash_key)
        self._recorder.note_record(stored, stream)
        return stored

    def put_in_shard(
        self, stream: str, shard_id: str, data: bytes, partition_key: str
    ) -> StoredRecord:
        stored = self._kinesis.put_in_shard(stream, shard_id, data, partition_key)
        self._recorder.note_record(stored, stream)
        return stored

    def shards(self, stream: str) -> Sequence[dict[str, Any]]:
        return self._kinesis.shards(stream)

    def shard_for(self, stream: str, partition_key: str) -> str:
        return self._kinesis.shard_for(stream, partition_key)

    def split(self, stream: str, shard_id: str) -> None:
        self._kinesis.split(stream, shard_id)
        self._recorder.note(cases.SplitShard(stream, shard_id))

    def merge(self, stream: str, shard_id: str, adjacent: str) -> None:
        self._kinesis.merge(stream, shard_id, adjacent)
        self._recorder.note(cases.MergeShards(stream, shard_id, adjacent))


class _RecordedSqs:
    """The queues of a scene, each step of which is noted."""

    def __init__(self, sqs: SqsScene, recorder: Recorder) -> None:
        self._sqs = sqs
        self._recorder = recorder

    def create_queue(self, name: str, **attributes: str) -> None:
        self._sqs.create_queue(name, **attributes)
        self._recorder.note(cases.MakeQueue(name, attributes))

    def send(self, name: str, body: str) -> None:
        self._sqs.send(name, body)
        self._recorder.note(cases.SendMessage(name, body))


class _RecordedFaults:
    """The faults of a scene, each of which is noted."""

    def __init__(self, faults: FaultsScene, recorder: Recorder) -> None:
        self._faults = faults
        self._recorder = recorder

    def add(self, fault: Fault) -> None:
        self._faults.add(fault)
        self._recorder.note(fault)
