"""What Kinesis hands out for clients to bring back: shard iterators and tokens of a listing.

Both carry their meaning in base64, so that nothing is kept of them. A client may forge them: each
is parsed strictly.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from autograder.aws.errors import AwsError, invalid_argument

MAX_TOKEN = 4096
"""Characters; a stream's name has 128 at most."""
TOKEN_SECONDS = 300
MOST_EMPTY_PAGES = 10_000
LATEST = 1e12
"""Seconds since the epoch that no clock here reaches."""


@dataclass(frozen=True)
class ShardIterator:
    """A place in a shard from which GetRecords reads on."""

    stream: str
    shard_id: str
    last: int
    """The sequence number behind which it reads on."""
    born: float
    """Virtual time at which it was made, in seconds since the epoch."""
    empty_pages: int = 0
    """How many scripted empty pages were answered at this place."""

    @classmethod
    def parse(cls, token: str) -> Self:
        """Read an iterator; it may be in quotes.

        Source: LocalStack's test of GetRecords, which was validated on AWS.

        Raises:
            AwsError: It is not valid.
        """
        match _parse(unquoted(token)):
            case [str(stream), str(shard_id), str(last), float(born), int(empty)] if (
                re.fullmatch(r"\d{1,150}", last, re.ASCII)
                and 0 <= born < LATEST
                and 0 <= empty < MOST_EMPTY_PAGES
                and type(empty) is int
            ):
                return cls(stream, shard_id, int(last), born, empty)
        raise invalid_argument("Invalid ShardIterator.")

    def moved(self, last: int, now: float, empty_pages: int = 0) -> Self:
        """Make the iterator that follows."""
        return replace(self, last=last, born=now, empty_pages=empty_pages)

    def encoded(self) -> str:
        """Write the iterator as clients see it."""
        return _encode([self.stream, self.shard_id, str(self.last), self.born, self.empty_pages])


@dataclass(frozen=True)
class ListingToken:
    """Where ListShards continues."""

    stream: str
    after: str
    """The id of the last shard that was listed."""
    shard_filter: dict[str, Any] | None
    """The ShardFilter of the first request."""
    born: float
    """Virtual time at which it was made, in seconds since the epoch."""

    @classmethod
    def parse(cls, token: str) -> Self:
        """Read a token.

        Raises:
            AwsError: It is not valid.
        """
        match _parse(token):
            case [str(name), str(after), None, float(born)]:
                return cls(name, after, None, born)
            case [
                str(name), str(after), {"Type": str(), **members} as chosen, float(born)
            ] if _are_plain(members):  # fmt: skip
                return cls(name, after, chosen, born)
        raise AwsError("ExpiredNextTokenException", "The NextToken is not valid.")

    def expect_fresh(self, now: float) -> None:
        """Check that the token is not too old.

        Source: Kinesis API Reference, ListShards, NextToken: it expires after 300 seconds.

        Raises:
            AwsError: It is.
        """
        if not self.born <= now <= self.born + TOKEN_SECONDS:
            raise AwsError("ExpiredNextTokenException", "The NextToken has expired.")

    def encoded(self) -> str:
        """Write the token as clients see it."""
        return _encode([self.stream, self.after, self.shard_filter, self.born])


def unquoted(token: str) -> str:
    """Return an iterator without the quotes that AWS lets pass."""
    return token.removeprefix('"').removesuffix('"')


def stream_named_in(parameters: Mapping[str, Any]) -> str:
    """Name the stream of a request that was answered; empty where it names none."""
    try:
        if "ShardIterator" in parameters:
            return ShardIterator.parse(parameters["ShardIterator"]).stream
        name = parameters.get("StreamName") or parameters.get("StreamARN", "").rsplit("/", 1)[-1]
        if not name and "NextToken" in parameters:
            return ListingToken.parse(parameters["NextToken"]).stream
    except AwsError:
        return ""
    return str(name)


def _encode(parts: list[Any]) -> str:
    return base64.b64encode(json.dumps(parts).encode()).decode()


def _parse(token: str) -> Any:
    if len(token) > MAX_TOKEN:
        return None
    try:
        return json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _are_plain(members: Mapping[Any, Any]) -> bool:
    """Tell whether the members of a shard filter have their types."""
    moment = members.get("Timestamp", 0.0)
    return (
        set(members) <= {"ShardId", "Timestamp"}
        and isinstance(members.get("ShardId", ""), str)
        and isinstance(moment, int | float)
        and not isinstance(moment, bool)
    )
