"""The simulated AWS: moto behind a gate, corrected where it departs from AWS, with faults."""

from pathlib import Path

from autograder.aws.calls import CallBudget, CallLog, LoggedCall
from autograder.aws.clock import AwsClock
from autograder.aws.faults import (
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
from autograder.aws.inside import boto3_adapter
from autograder.aws.kinesis.backstage import KinesisBackstage, StoredRecord
from autograder.aws.server import Server
from autograder.aws.simulated import Cloud, warm_up
from autograder.aws.sqs.backstage import Depth, SqsBackstage

PRELOAD = Path(boto3_adapter.__file__)
"""What a sandbox preloads: its code finds boto3 ready, and has the same time as a `Cloud`."""

__all__ = [
    "PRELOAD",
    "AwsClock",
    "CallBudget",
    "CallLog",
    "Cloud",
    "Depth",
    "EmptyPages",
    "Fail",
    "Faults",
    "KinesisBackstage",
    "LateRecord",
    "LoggedCall",
    "PageSize",
    "ReceiveSize",
    "RejectRecords",
    "Server",
    "ShardPageSize",
    "SqsBackstage",
    "StoredRecord",
    "Throttle",
    "warm_up",
]
