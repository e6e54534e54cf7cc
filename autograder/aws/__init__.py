"""The simulated AWS: moto behind a gate, corrected where it departs from AWS, with faults.

A name is imported when it is first asked for: the process that starts a grade needs no moto.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from autograder.aws.kinesis.backstage import KinesisBackstage, StoredRecord
    from autograder.aws.server import Server
    from autograder.aws.simulated import Cloud, warm_up
    from autograder.aws.sqs.backstage import Depth, SqsBackstage

PRELOAD = Path(__file__).parent / "inside" / "boto3_adapter.py"
"""What a sandbox preloads: its code finds boto3 ready, and has the same time as a `Cloud`."""

_MODULES = {
    "calls": (
        "CallBudget",
        "CallLog",
        "LoggedCall",
    ),
    "clock": ("AwsClock",),
    "faults": (
        "EmptyPages",
        "Fail",
        "Faults",
        "LateRecord",
        "PageSize",
        "ReceiveSize",
        "RejectRecords",
        "ShardPageSize",
        "Throttle",
    ),
    "kinesis.backstage": (
        "KinesisBackstage",
        "StoredRecord",
    ),
    "server": ("Server",),
    "simulated": (
        "Cloud",
        "warm_up",
    ),
    "sqs.backstage": (
        "Depth",
        "SqsBackstage",
    ),
}
"""Where the names are defined, by module."""

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


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
