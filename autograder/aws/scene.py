"""What a hidden test arranges: streams, queues, and the faults that are to strike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.aws.fault_kinds import Fault
from autograder.aws.kinesis.backstage import StoredRecord
from autograder.aws.kinesis.streams import StreamStatus


class KinesisScene(Protocol):
    """The streams of a scene. `Seen` shows what happened to them."""

    def create_stream(self, name: str, shards: int, status: StreamStatus = "ACTIVE") -> None:
        """Make a stream, ACTIVE unless another status is given."""

    def put(
        self, stream: str, data: bytes, partition_key: str, explicit_hash_key: str | None = None
    ) -> StoredRecord:
        """Append a record to the shard that its key leads to."""

    def put_in_shard(
        self, stream: str, shard_id: str, data: bytes, partition_key: str
    ) -> StoredRecord:
        """Append a record to one open shard."""

    def shards(self, stream: str) -> Sequence[dict[str, Any]]:
        """List the shards as Kinesis describes them."""

    def shard_for(self, stream: str, partition_key: str) -> str:
        """Name the open shard that a partition key leads to."""

    def split(self, stream: str, shard_id: str) -> None:
        """Split a shard in the middle of its range."""

    def merge(self, stream: str, shard_id: str, adjacent: str) -> None:
        """Merge two adjacent shards."""


class SqsScene(Protocol):
    """The queues of a scene."""

    def create_queue(self, name: str, **attributes: str) -> None:
        """Make a queue."""

    def send(self, name: str, body: str) -> None:
        """Send a message."""


class FaultsScene(Protocol):
    """The faults of a scene."""

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""


@dataclass(frozen=True)
class Scene:
    """A simulated AWS to arrange."""

    kinesis: KinesisScene
    sqs: SqsScene
    faults: FaultsScene
