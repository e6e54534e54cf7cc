"""Shared code of the three programs."""

from .aws.clients import kinesis, sqs
from .aws.shards import all_shards, wait_until_active
from .cursor import Cursor

__all__ = ["Cursor", "all_shards", "kinesis", "sqs", "wait_until_active"]
__version__ = "1.0.0"
