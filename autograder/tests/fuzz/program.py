"""Programs in place of a student's function: steps that a fuzzer can read, write and change.

A step is a line of JSON such as `["kinesis.DeleteStream", {"StreamName": "s"}]`. Steps of a service
are requests, in which `s` and `q` are the stream and queue of the function's arguments. Steps of
the student are:

    ["student.honest", null]                            act as right code does; return its value
    ["student.return", [1, {"$repeat": ["x", 9000]}]]   return this value
    ["student.edit", {"at": 3, "how": "drop"}]          change a part of the value, counted through
    ["student.put", {"data": "{", "key": "k", "count": 3}]    store records in the stream
    ["student.raise", {"type": "KeyError", "message": "m", "code": null}]
    ["student.stop", "cpu"]                             the call ends without an answer

Steps of the notebook are:

    ["notebook.raw", "{}"]                              the notebook's file is this
    ["notebook.code", "c4 = 'B'"]                       another code cell at its end
    ["notebook.edit", {"at": 3, "how": "replace", "by": null}]

A last step chooses the test to run, if not all of them:

    ["test", 17]
"""

import json
import random
from collections.abc import Iterator
from typing import Any

from autograder.sandbox import StopReason
from autograder.tests.fuzz import conversation
from autograder.tests.fuzz.conversation import Step
from autograder.tests.fuzz.target import MutateBytes

LARGEST_MADE = 1 << 20
"""The most bytes of an expanded text: the limits on return values and on notebooks."""
MOST_PARTS = 30_000
"""The most values of an expanded value: more than any reader looks at. More would only cost time of
the wire, which is limited by the size of return values."""
TEST = "test"
MOST_TESTS = 1000
"""More than a suite has; larger numbers begin again at its first test."""
EDITS = ("drop", "double", "swap", "nest", "replace", "reverse", "rename", "text", "repeat")

_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e308, 10**18, 10**19, "", "0", "x", [], {}, [[]], [[], []], [{}],
    "\u0661", "\ud800", "\x00", "event 1", "shardId-000000000000", "NaN",
    {"$repeat": ["x", 100_000]}, {"$repeat": [0, 100_000]}, {"$repeat": [[], 300_000]},
    {"$repeat": [["1", {"eventId": 1}], 6000]}, {"$deep": 20}, {"$deep": 30}, {"$deep": 5000},
    {"$digits": 90}, {"$digits": 5000},
    [["1", {}]], [["1", {"eventId": 0}], ["1", {"eventId": 0}]], {"alice": "shardId-000000000000"},
    {"shardId-000000000000": []}, [["shardId-000000000000", []]], [["a"], ["a"]],
)  # fmt: skip
_DATA: tuple[Any, ...] = (
    "", "{}", "null", "x", '{"eventId": 0}', '{"eventId": "1"}', '{"eventId": -1}',
    '{"eventId": 1e400}', '{"eventId": NaN}', '{"eventId": 10000000000000000000}',
    '{"eventId": true, "userId": ["alice"]}', '{"eventId": 0, "userId": {"a": 1}, "action": []}',
    '{"eventId": 3, "userId": "\\ud800", "timestamp": "\\ud800"}', '"{\\"eventId\\": 2}"',
    '{"eventId": 1, "timestamp": "2026-03-01T12:34:56Z"}',
    '{"eventId": 1, "timestamp": "0001-01-01T00:00:00Z"}',
    '{"eventId": 1, "timestamp": "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661T1Z"}',
    "{'eventId': 4}", "{'eventId': 0x" + "f" * 900 + "}", "{1: 2, None: 3}", "{'a': {1, 2}}",
    {"$repeat": ["[", 60_000]}, {"$repeat": ["(", 2000]}, {"$repeat": ["-", 2000]},
    {"$repeat": ["9", 60_000]}, {"$repeat": ["\u0661", 9]}, {"$repeat": ["x", 900_000]},
    {"$repeat": ['{"a":', 9000]}, "f'{1}'", "\\N{", "'\\ud800'", "\x00",
)  # fmt: skip
_KEYS = ("alice", "eve", "k", "a" * 256, "\u2603" * 256, "0", " ", "event 1", "\x1b[31m")
_CODE: tuple[Any, ...] = (
    "c4 = 'B'", "c4 = 0x" + "f" * 4000, "c4 = [", "c4 = c4", "c1 = {}", "c1['photos'] = 1e999",
    "c1 = {'photos': {'photos': None}, None: 1}", "c1 = dict(photos='log', balances=[])",
    "c3 = -(-(-(1)))", "c3 = 9 ** 9 ** 9", "c3 = '9' * 9", "c3 = 1 / 0", "c3 = 10 % 0.0",
    "c3 = '1_000,0.5'", "c3 = '\u0661'", "c2 = '\\ud800'", "c2 = f'{c4}'", "c4: str = 'a'",
    "c4 = c1 = 'b'", "c4[0] = 1", "c4['x']['y'] = 1", "%magic\nc4 = 'C'", "c4 = 'C' ?",
    "c4 = int('7')", "c4 = math.floor(1e300)", "c4 = round(True)", "c5 = {[]: 1}", "\x00c4 = 1",
    {"$repeat": ["(", 4900]}, {"$repeat": ["\n", 20_000]}, {"$repeat": ["c4 = 1\n", 700]},
    {"$repeat": ["c4 =", 1200]}, {"$repeat": [" ", 20_000]}, {"$repeat": ["c4 = 1;" * 9, 70]},
)  # fmt: skip
_STOPS = tuple(StopReason)
_ERRORS = (
    "ValueError", "KeyError", "NotImplementedError", "MemoryError", "SystemExit", "SyntaxError",
    "ClientError", "", "\x1b[31m", "E" * 4000,
)  # fmt: skip
_CODES = (None, "ResourceNotFoundException", "ProvisionedThroughputExceededException", "", "C" * 99)


def made(value: Any) -> Any:
    """Expand a short value: `{"$repeat": [x, n]}`, `{"$deep": n}`, `{"$digits": n}`.

    Giants are reduced: together they have at most `MOST_PARTS` parts of `LARGEST_MADE` bytes.
    """
    return _Maker().make(value)


class _Maker:
    def __init__(self) -> None:
        self._parts_left = MOST_PARTS
        self._bytes_left = LARGEST_MADE

    def make(self, value: Any) -> Any:
        match value:
            case {"$repeat": [str(text), int(times)]}:
                times = min(times, self._bytes_left // max(1, len(text.encode(errors="replace"))))
                self._bytes_left -= max(0, times) * len(text)
                return text * times
            case {"$repeat": [part, int(times)]}:
                size = len(json.dumps(part))
                times = max(0, min(times, self._parts_left, self._bytes_left // size))
                self._parts_left -= times
                self._bytes_left -= times * size
                return [part] * times
            case {"$deep": int(depth)}:
                nested: list[Any] = []
                for _ in range(min(depth, 10_000)):
                    nested = [nested]
                return nested
            case {"$digits": int(digits)}:
                return 10 ** max(0, min(digits, 10_000))
            case list():
                return [self.make(part) for part in value]
            case dict():
                return {key: self.make(part) for key, part in value.items()}
        return value


def edited(value: Any, parameters: Any) -> Any:
    """Return a value with one part changed as a step says; `value` itself is not changed."""
    if not isinstance(parameters, dict):
        return value
    holder = [json.loads(json.dumps(value))]
    places = list(_places(holder))
    at = parameters.get("at")
    container, key = places[at % len(places) if isinstance(at, int) else 0]
    part = container[key]
    by = made(parameters.get("by"))
    match parameters.get("how"):
        case "drop" if container is not holder:
            del container[key]
        case "double" if isinstance(container, list):
            container.insert(key, part)
        case "swap" if isinstance(container, list) and container is not holder:
            container[key], container[0] = container[0], part
        case "nest":
            container[key] = [part]
        case "reverse" if isinstance(part, list | str):
            container[key] = part[::-1]
        case "rename" if isinstance(container, dict):
            container[str(by)] = container.pop(key)
        case "text":
            container[key] = json.dumps(part)[:LARGEST_MADE]
        case "repeat" if isinstance(part, list | str) and part:
            size = len(json.dumps(part))
            container[key] = part * max(2, min(MOST_PARTS, LARGEST_MADE // 8) // size)
        case _:
            container[key] = by
    return holder[0]


def _places(holder: list[Any]) -> Iterator[tuple[Any, Any]]:
    """List each part of a value as its container and its key there, level by level."""
    level: list[Any] = [holder]
    while level:
        following: list[Any] = []
        for container in level[:2000]:
            keys = range(len(container)) if isinstance(container, list) else list(container)
            for key in keys:
                yield container, key
                if isinstance(container[key], list | dict):
                    following.append(container[key])
        level = following


def changed(steps: list[Step], rng: random.Random, mutate_bytes: MutateBytes) -> list[Step]:
    """Return a changed program, nearly always for a single test.

    All tests together take a hundred times longer; they run with each seed.
    """
    if rng.random() < 0.5:
        steps = conversation.changed(steps, rng, mutate_bytes)
    else:
        steps = list(steps)
        for _ in range(rng.choice((1, 1, 2, 3))):
            steps.insert(rng.randrange(len(steps) + 1), _made_up(rng))
    chosen = [step for step in steps if step[0] == TEST][:1]
    if not chosen or rng.random() < 0.2:
        chosen = [(TEST, rng.randrange(MOST_TESTS))]
    steps = [step for step in steps if step[0] != TEST][1 - conversation.MAX_STEPS :]
    return steps if rng.random() < 0.01 else chosen + steps


def _made_up(rng: random.Random) -> Step:
    put = {
        "data": rng.choice(_DATA),
        "key": rng.choice(_KEYS),
        "count": rng.choice((1, 1, 2, 40, 800)),
    }
    error = {
        "type": rng.choice(_ERRORS),
        "message": rng.choice(_VALUES),
        "code": rng.choice(_CODES),
    }
    return rng.choice(
        (
            ("student.honest", None),
            ("student.edit", _edit(rng)),
            ("student.edit", _edit(rng)),
            ("student.return", rng.choice(_VALUES)),
            ("student.put", put),
            ("student.raise", error),
            ("student.stop", rng.choice(_STOPS)),
            ("kinesis.DeleteStream", {"StreamName": "s"}),
            ("sqs.DeleteQueue", {"QueueUrl": "q"}),
            made_up_notebook_step(rng),
        )
    )


def made_up_notebook_step(rng: random.Random) -> Step:
    """Return a random step that changes the notebook."""
    return rng.choice(
        (
            ("notebook.code", rng.choice(_CODE)),
            ("notebook.edit", _edit(rng)),
            ("notebook.edit", _edit(rng)),
        )
    )


def _edit(rng: random.Random) -> dict[str, Any]:
    return {
        "at": rng.randrange(rng.choice((3, 30, 300))),
        "how": rng.choice(EDITS),
        "by": rng.choice(_VALUES),
    }
