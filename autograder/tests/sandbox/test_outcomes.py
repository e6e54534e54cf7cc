"""Hostile reports and answers from the runner give a bounded result or a WireError."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox import StopReason, UnsendableReason
from autograder.sandbox.inside.wire import WireError, encode
from autograder.sandbox.outcomes import (
    CallResult,
    MissingFunction,
    Raised,
    Returned,
    Stopped,
    Unsendable,
    Usage,
    read_result,
)

LIMIT = 1000

REPORT: dict[str, Any] = {
    "reason": None, "imported": True, "signal": 0, "exit_code": 0, "cpu_seconds": 0.5,
    "printed_bytes": 3,
}  # fmt: skip
ANSWERS: dict[str, dict[str, Any]] = {
    "returned": {"kind": "returned", "value": [1, "a"], "virtual_seconds": 2.0},
    "unsendable": {"kind": "unsendable", "where": "[0]", "type": "set", "reason": "type"},
    "raised": {
        "kind": "raised", "type": "KeyError", "bases": ["KeyError", "object"], "message": "'a'",
        "frames": [["f.py", 3, "f", "x['a']"]], "code": None, "during_import": False,
    },
    "missing_function": {"kind": "missing_function", "similar": None},
    "stopped": {"kind": "stopped"},
}  # fmt: skip

bounded = settings(max_examples=100, derandomize=True, deadline=None)

odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**99, 10**100, -(10**4000), 1 << 62, 1e308, -1, "\ud800", "x" * 5000])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=70) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=100,
)


def read(report: object, answer: object) -> CallResult:
    """Read a report and an answer, given as JSON."""
    return read_result(encode(report), json.dumps(answer).encode(), "module", "function", LIMIT)


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_honest_answer_is_read(kind: str) -> None:
    """Each kind of answer becomes a different result."""
    usage = Usage(0.5, 0.0, 3)
    frames = read(REPORT, ANSWERS["raised"])

    expected = {
        "returned": Returned([1, "a"], Usage(0.5, 2.0, 3)),
        "unsendable": Unsendable("[0]", "set", UnsendableReason.TYPE, usage),
        "raised": frames,
        "missing_function": MissingFunction("module", "function", None),
        "stopped": Stopped(StopReason.VIRTUAL_TIME, usage),
    }
    assert read(REPORT, ANSWERS[kind]) == expected[kind]
    assert isinstance(frames, Raised)


@pytest.mark.parametrize(
    "report",
    [
        [],
        None,
        {},
        REPORT | {"imported": 1},
        REPORT | {"reason": []},
        REPORT | {"reason": {}},
        REPORT | {"reason": "memory"},
        REPORT | {"reason": 1},
        REPORT | {"reason": "wall", "signal": True},
        REPORT | {"reason": "wall", "exit_code": -1},
        REPORT | {"cpu_seconds": -1},
        REPORT | {"cpu_seconds": True},
        REPORT | {"cpu_seconds": 10**4000},
        REPORT | {"printed_bytes": 1.5},
    ],
)
def test_an_invalid_report_is_refused(report: object) -> None:
    """An invalid report means that the runner was taken over."""
    with pytest.raises(WireError):
        read(report, ANSWERS["returned"])


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"kind": ["returned"]},
        {"kind": "returned"},
        {"kind": "returned", "value": 1, "virtual_seconds": "1"},
        ANSWERS["unsendable"] | {"reason": ["type"]},
        ANSWERS["unsendable"] | {"reason": "other"},
        ANSWERS["unsendable"] | {"where": "x" * 5000},
        ANSWERS["raised"] | {"type": None},
        ANSWERS["raised"] | {"type": "\ud800"},
        ANSWERS["raised"] | {"bases": ["x"] * 100},
        ANSWERS["raised"] | {"frames": [["f.py", 3, "f"]]},
        ANSWERS["raised"] | {"frames": [["f.py", "3", "f", "x"]]},
        ANSWERS["raised"] | {"code": 3},
        ANSWERS["missing_function"] | {"similar": {}},
    ],
)
def test_a_forged_answer_ends_the_call(answer: object) -> None:
    """The result is as if the process had exited."""
    assert read(REPORT, answer) == Stopped(StopReason.EXITED, Usage(0.5, 0.0, 3))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (10**100, "huge_int"),
        ("\ud800", "bad_text"),
        ({"\ud800": 1}, "bad_text"),
        (["x" * 300] * 4, "too_large"),
        ([0] * 1001, "too_large"),
        (json.loads("[" * 34 + "]" * 34), "cycle_or_depth"),
    ],
    ids=range(6),
)
def test_a_forged_value_is_bounded_like_an_honest_one(value: object, reason: str) -> None:
    """So code that compares, prints or stores it never gets a larger or deeper value."""
    result = read(REPORT, {"kind": "returned", "value": value})

    assert isinstance(result, Unsendable)
    assert result.reason == reason


def test_an_infinite_number_is_not_a_value() -> None:
    """Python reads JSON's 1e999 as infinity."""
    answer = b'{"kind": "returned", "value": [1e999]}'

    result = read_result(encode(REPORT), answer, "module", "function", LIMIT)

    assert isinstance(result, Unsendable)
    assert result.reason == "nan"


@bounded
@given(st.binary(max_size=100), st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(report: bytes, answer: bytes) -> None:
    """A refusal is a WireError, never another exception."""
    with pytest.raises(WireError):
        read_result(report, answer, "module", "function", LIMIT)

    assert read_result(encode(REPORT), answer, "module", "function", LIMIT) is not None


@bounded
@given(
    st.dictionaries(st.sampled_from([*REPORT, "other"]), odd_values, max_size=2),
    st.sampled_from(sorted(ANSWERS)),
    st.dictionaries(
        st.sampled_from(["kind", "value", "where", "type", "reason", "bases", "message", "frames",
                         "code", "similar", "virtual_seconds"]),
        odd_values,
        max_size=3,
    ),
)  # fmt: skip
def test_the_result_of_any_changed_answer_is_bounded(
    report: dict[str, Any], kind: str, changes: dict[str, Any]
) -> None:
    """Values are within the limit, and texts are as short as those in feedback."""
    raw = json.dumps(REPORT | report).encode()
    try:
        result = read_result(
            raw, json.dumps(ANSWERS[kind] | changes).encode(), "module", "function", LIMIT
        )
    except WireError:
        return

    if isinstance(result, Returned):
        assert len(json.dumps(result.value)) <= 101 * LIMIT
    else:
        assert len(repr(result)) <= 64 * 5 * 4200
