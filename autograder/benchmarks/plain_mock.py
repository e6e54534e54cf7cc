"""A pytest plugin for comparison: the suite in one process, with plain mock_aws and no sandbox.

It gives the suite's fixtures the same names. The student's module is imported into the test's own
process, as most graders do; moto's own backend answers, and sleeping takes its time. Tests that
need our simulated AWS fail here; the comparison is of time.
"""

import base64
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.kinesis.models import kinesis_backends

from autograder.aws.calls import LoggedCall
from autograder.aws.kinesis.backstage import StoredRecord
from autograder.aws.simulated import Cloud
from autograder.grading.foreman.plugin import pytest_addoption, pytest_configure, rng

__all__ = ["cloud", "pytest_addoption", "pytest_configure", "rng", "student"]

ACCOUNT, REGION = "123456789012", "us-east-1"


class _Kinesis:
    """The backstage's verbs on moto's own backend."""

    @property
    def _backend(self) -> Any:
        return kinesis_backends[ACCOUNT][REGION]

    def create_stream(self, name: str, shards: int, status: str = "ACTIVE") -> None:
        self._backend.create_stream(name, shards)
        self._backend.streams[name].status = "ACTIVE" if status == "CREATING" else status

    def put(
        self, stream: str, data: bytes, partition_key: str, explicit_hash_key: str | None = None
    ) -> StoredRecord:
        content = base64.b64encode(data).decode()
        number, shard = self._backend.streams[stream].put_record(
            partition_key, explicit_hash_key or "", content
        )
        return StoredRecord(shard, number, partition_key, data, time.time())

    def put_in_shard(
        self, stream: str, shard_id: str, data: bytes, partition_key: str
    ) -> StoredRecord:
        shard = self._backend.streams[stream].shards[shard_id]
        return self.put(stream, data, partition_key, str(shard.starting_hash))

    def records(self, stream: str) -> dict[str, tuple[StoredRecord, ...]]:
        return {
            shard_id: tuple(
                StoredRecord(
                    shard_id, str(number), record.partition_key, base64.b64decode(record.data), 0
                )
                for number, record in shard.records.items()
            )
            for shard_id, shard in self._backend.streams[stream].shards.items()
        }

    def shards(self, stream: str) -> tuple[dict[str, Any], ...]:
        return tuple(shard.to_json() for shard in self._backend.streams[stream].shards.values())

    def shard_for(self, stream: str, partition_key: str) -> str:
        return str(self._backend.streams[stream].get_shard_for_key(partition_key, "").shard_id)

    def split(self, stream: str, shard_id: str) -> None:
        shard = self._backend.streams[stream].shards[shard_id]
        middle = (shard.starting_hash + shard.ending_hash) // 2
        self._backend.streams[stream].split_shard(shard_id, str(middle))

    def status(self, stream: str) -> str | None:
        found = self._backend.streams.get(stream)
        return found.status if found else None


class _NoFaults:
    def add(self, fault: object) -> None:
        """Plain moto has none."""


class _NoCalls:
    def all(self) -> tuple[LoggedCall, ...]:
        return ()


class _PlainCloud:
    def __init__(self) -> None:
        self.kinesis = _Kinesis()
        self.sqs = Cloud().sqs
        self.faults = _NoFaults()
        self.calls = _NoCalls()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[_PlainCloud]:
    """Give moto as it is."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield _PlainCloud()


class _Module:
    """A module of the student's, imported here; what it returns goes through JSON all the same."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getattr__(self, function: str) -> Callable[..., Any]:
        target = getattr(self._module, function)
        return lambda *args: json.loads(json.dumps(target(*args)))

    def error_of(self, function: str, *args: Any) -> Exception | None:
        try:
            getattr(self._module, function)(*args)
        except Exception as error:
            return error
        return None


class _Student:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def module(self, name: str) -> _Module:
        sys.path.insert(0, str(self._folder))
        try:
            sys.modules.pop(name, None)
            return _Module(importlib.import_module(name))
        finally:
            sys.path.pop(0)


@pytest.fixture
def student(request: pytest.FixtureRequest, cloud: _PlainCloud) -> _Student:  # noqa: ARG001 - started first
    """Import the student's modules here."""
    return _Student(Path(request.config.getoption("submission")))
