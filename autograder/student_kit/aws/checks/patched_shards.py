"""The shards of the simulated AWS: moto's, patched where AWS behaves differently."""

import itertools
import math
import re
from collections import OrderedDict

from moto.kinesis.exceptions import InvalidArgumentError
from moto.kinesis.models import Shard, Stream

from checks.virtual_time import now

FIRST_NUMBER = 49670000000000000000000000000000000000000000000000000000
"""Sequence numbers have 56 digits, as on AWS. They are not consecutive: they are STEP apart."""
STEP = 1 << 40

_plain_init = Shard.__init__
_plain_merge_shards = Stream.merge_shards
_plain_split_shard = Stream.split_shard
_numbers = itertools.count(1)


def next_number():
    """Return a sequence number that is larger than all before."""
    return FIRST_NUMBER + next(_numbers) * STEP


def parents_of(shard):
    """Return the ids of the shards that a shard replaced, each of them an id or None."""
    return shard.parent, shard.adjacent_parent


def full_id(shard_id):
    """Return the id of a shard that is named by its number: `0` is shardId-000000000000."""
    number = shard_id.rpartition("-")[2]
    is_short = shard_id in (number, f"shardId-{number}") and re.fullmatch("[0-9]{1,12}", number)
    return f"shardId-{int(number):012}" if is_short else shard_id


def is_open_at(stream, shard, moment):
    """Tell whether a shard was open at a time."""
    return _opened_at(stream, shard) <= moment <= shard.closed_at


def _opened_at(stream, shard):
    return stream.shards[shard.parent].closed_at if shard.parent else -math.inf


def _init(self, *details, **more):
    """A shard has its first sequence number before it has a record."""
    _plain_init(self, *details, **more)
    self.starting_number, self.ending_number = next_number(), None
    self.closed_at = math.inf


def _get_min_sequence_number(self):
    return self.starting_number


def _get_max_sequence_number(self):
    """The last number of a closed shard is larger than that of each of its records."""
    return self.ending_number or next(reversed(self.records), self.starting_number)


def _split_shard(self, shard_to_split, new_starting_hash_key):
    """The first of the new shards has at least two hash keys."""
    if int(new_starting_hash_key) == self.shards[shard_to_split].starting_hash + 1:
        raise InvalidArgumentError("NewStartingHashKey is too close to the shard's start.")
    _replace(self, [shard_to_split], _plain_split_shard, shard_to_split, new_starting_hash_key)


def _merge_shards(self, shard_to_merge, adjacent_shard_to_merge):
    """Only open shards can be merged, the one with the smaller hash keys first."""
    pair = [shard_to_merge, adjacent_shard_to_merge]
    first, second = (self.shards[shard_id] for shard_id in pair)
    if not (first.is_open and second.is_open and first.ending_hash + 1 == second.starting_hash):
        raise InvalidArgumentError(f"{' and '.join(pair)} are not a pair of adjacent open shards.")
    _replace(self, pair, _plain_merge_shards, *pair)


def _replace(stream, shard_ids, plain, *details):
    """Replace shards by new ones. The old ones keep their records; moto would move them."""
    parents = [stream.shards[shard_id] for shard_id in shard_ids]
    kept = [parent.records for parent in parents]
    ends = [next_number() for _ in parents]  # before the first numbers of the new shards
    try:
        for parent in parents:
            parent.records = OrderedDict()
        plain(stream, *details)
        for parent, end in zip(parents, ends, strict=True):
            parent.ending_number, parent.closed_at = end, now()
    finally:
        for parent, records in zip(parents, kept, strict=True):
            parent.records = records


PATCHES = (
    (Shard, "__init__", _init),
    (Shard, "get_min_sequence_number", _get_min_sequence_number),
    (Shard, "get_max_sequence_number", _get_max_sequence_number),
    (Stream, "merge_shards", _merge_shards),
    (Stream, "split_shard", _split_shard),
)
"""What is replaced by what."""
