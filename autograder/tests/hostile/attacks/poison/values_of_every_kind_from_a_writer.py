# /// attack
# outcomes = ["wrong", "crashed", "passed"]
# solution = true
# earns = 26.0
# file = "kinesis_multi_shard.py"
# ///
"""Returns values of every kind and shape, to make the tests themselves stumble."""

import zlib


EVIL = "\x1b[31m\n::error::forged|`</code><img src=x onerror=alert(1)>@everyone=1+1\u202e\0"
VALUES = (
    None,
    True,
    0,
    -1,
    10**99,
    1.5,
    "",
    EVIL,
    [],
    {},
    [[]],
    [None],
    [[EVIL, EVIL]],
    [[EVIL, {}]],
    [["1", None]],
    [[1, {"eventId": 1}]],
    [["1", {"eventId": [EVIL]}]],
    [[[EVIL], {EVIL: EVIL}]],
    [["9" * 5000, {"eventId": 10**99}]],
    {EVIL: EVIL},
    {EVIL: [[EVIL, {EVIL: EVIL}]]},
    {"shardId-000000000000": None},
    {"shardId-000000000000": [[[], []]]},
    {"shardId-000000000000": [[None, {"eventId": {}}]]},
    {"alice": ["shardId-000000000000"]},
    {"alice": {}},
    [{"ShardId": EVIL}],
    [{"ShardId": [EVIL]}],
    [{"ShardId": None, "HashKeyRange": EVIL}],
    [{"HashKeyRange": [EVIL]}],
)


def some_value(*args):
    return VALUES[zlib.crc32(repr(args).encode()) % len(VALUES)]


_send = send_events_to_shards


def send_events_to_shards(*args, **kwargs):
    _send(*args, **kwargs)
    return some_value(1, args, kwargs)


def get_shard_info(*args, **kwargs):
    return some_value(2, args, kwargs)
