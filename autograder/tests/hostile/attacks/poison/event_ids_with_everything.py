# /// attack
# outcomes = ["passed", "wrong", "crashed"]
# solution = true
# earns = 17.0
# file = "kinesis_multi_shard.py"
# ///
"""Writes events whose ids, users, times and partition keys do harm wherever a record is named."""

EVIL = "\x1b[31m\n::error::forged|`</code><img src=x onerror=alert(1)>@everyone=1+1\u202e\0"
VALUES = (
    EVIL,
    [EVIL],
    {EVIL: EVIL},
    None,
    True,
    10**4000,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    "\u0661\u0662",
    "9" * 9,
    "9999-99-99T99:99:99Z",
    "0000-00-00T00:00:00.000000000000Z",
    "2026-01-01T00:00:00+99:99Z",
    "Z",
    EVIL * 999,
)


def send_events_to_shards(stream_name, num_events=30):
    kinesis = boto3.client("kinesis")
    records = []
    for number in range(num_events):
        odd = VALUES[number % len(VALUES)]
        event = {
            "eventId": odd if number % 3 else number,
            "userId": odd if number % 2 else EVIL,
            "action": odd,
            "timestamp": odd,
        }
        data = json.dumps(event).encode() if number % 7 else b"\xff\x00" + b"[" * 5000
        key = (f"{number % 5}{EVIL}", "alice", "=1+1")[number % 3]
        records.append({"Data": data, "PartitionKey": key})
    for start in range(0, num_events, 20):
        kinesis.put_records(StreamName=stream_name, Records=records[start : start + 20])
    return {EVIL: EVIL, "alice": [EVIL], "bob": {EVIL: None}, "eve": None, "": 10**99}
