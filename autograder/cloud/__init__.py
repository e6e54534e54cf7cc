"""The AWS that the grader owns: moto behind a gate, closer to Kinesis, with faults on demand."""

from autograder.cloud.calls import Call, CallBudget, CallLog
from autograder.cloud.clock import Clock
from autograder.cloud.cloud import Cloud
from autograder.cloud.faults import (
    EmptyPages,
    Fail,
    Faults,
    LateRecord,
    PageSize,
    ReceiveSize,
    RejectRecords,
    ShardPageSize,
    Throttle,
)
from autograder.cloud.kinesis_backstage import KinesisBackstage, StoredRecord
from autograder.cloud.server import Server
from autograder.cloud.sqs import Depth, SqsBackstage

__all__ = [
    "Call",
    "CallBudget",
    "CallLog",
    "Clock",
    "Cloud",
    "Depth",
    "EmptyPages",
    "Fail",
    "Faults",
    "KinesisBackstage",
    "LateRecord",
    "PageSize",
    "ReceiveSize",
    "RejectRecords",
    "Server",
    "ShardPageSize",
    "SqsBackstage",
    "StoredRecord",
    "Throttle",
]
