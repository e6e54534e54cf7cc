"""Cases: a written word reads as the same case, and an invented one is refused in one line."""

import base64
import json
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import cases
from autograder.cases import CaseError, read_case, write_case

STEPS: tuple[cases.Step, ...] = (
    cases.MakeStream("meters-1", 3, "CREATING"),
    cases.PutRecord("meters-1", "shardId-000000000001", '{"name": "Zoë"}', "Zoë"),
    cases.SplitShard("meters-1", "shardId-000000000001"),
    cases.MergeShards("meters-1", "shardId-000000000003", "shardId-000000000004"),
    cases.MakeQueue("parcels", {"FifoQueue": "false"}),
    cases.SendMessage("parcels", "two\nlines"),
    cases.Throttle("GetRecords", "meters-1", 7, 2, "shardId-000000000001"),
    cases.RejectPuts("meters-1", [0, 3], 2),
    cases.ServeEmptyPages("meters-1", None, 4, 2),
    cases.LimitPages("meters-1", 3),
    cases.LimitShardPages("meters-1", 3),
    cases.LimitReceives("parcels", 5),
    cases.AppendLate("meters-1", "shardId-000000000001", "late", "eve"),
    cases.Call("module", "read", ["meters-1", {"$number": ["meters-1", "x", 0]}], {"n": 3}, [[1]]),
)


def packed(steps: object) -> str:
    """Write anything that looks like a case from outside."""
    text = steps if isinstance(steps, bytes) else json.dumps(steps).encode()
    packer = zlib.compressobj(9, zdict=cases._COMMON_TEXT)
    data = packer.compress(text) + packer.flush()
    return in_a_word(b"\0\0" + data)


def in_a_word(data: bytes) -> str:
    """Write bytes as a word."""
    return cases.PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_each_kind_of_step_comes_back_as_it_was_written() -> None:
    """In the same order."""
    assert {type(step) for step in STEPS} == set(cases.Step.__args__)

    word = write_case(STEPS)

    assert word is not None
    assert read_case(word) == STEPS


def event(rng: random.Random) -> dict[str, object]:
    """Make an event with some forty digits that nobody can guess."""
    return {
        "eventId": rng.randrange(10**4),
        "userId": f"{rng.choice(('rider', 'Zoë'))}-{rng.randrange(10**6):06}",
        "action": f"{rng.choice(('brake', 'zoom'))} {rng.randrange(10**4)}",
        "timestamp": f"2026-0{rng.randint(1, 9)}-{rng.randint(10, 28)}T08:00:00Z",
        "reading": rng.randrange(10**9),
    }


@pytest.mark.parametrize("seed", range(20))
def test_seventy_random_events_fit_into_a_word(seed: int) -> None:
    """Reading fifty records by default can be judged with no fewer."""
    rng = random.Random(seed)
    events = [event(rng) for _ in range(70)]
    steps: tuple[cases.Step, ...] = (
        cases.MakeStream(f"meters-{seed}", 1),
        *(
            cases.PutRecord("meters", "shardId-000000000000", json.dumps(each), str(each["userId"]))
            for each in events
        ),
        cases.Call("module", "read", ["meters", "shardId-000000000000"], {}, []),
    )

    word = write_case(steps)

    assert word is not None
    assert read_case(word) == steps


@given(
    st.lists(
        st.builds(
            cases.PutRecord,
            st.just("meters"),
            st.from_regex(r"shardId-[0-9]{1,12}", fullmatch=True),
            st.one_of(
                st.text(st.characters(codec="utf-8")),
                st.dictionaries(st.text(), st.one_of(st.integers(), st.text("01")), max_size=3).map(
                    json.dumps
                ),
            ),
            st.text(st.sampled_from("01a\n\x01\x09")),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_data_come_back_as_they_were(steps: list[cases.PutRecord]) -> None:
    """Whatever digits and control characters are in them."""
    word = write_case(steps)

    assert word is None or read_case(word) == tuple(steps)


def test_a_word_may_be_broken_by_the_terminal_that_it_is_copied_from() -> None:
    """Blanks and line ends within it do not matter."""
    word = write_case(STEPS) or ""

    assert read_case(f" {word[:40]}\n  {word[40:]}\n") == STEPS


@pytest.mark.parametrize(
    "step",
    [
        cases.LimitShardPages("meters", 1000),
        cases.SendMessage("parcels", "\ud800"),
        cases.Call("module", "read", [10**5000], {}, []),
        cases.Call("module", "read", [b"bytes"], {}, []),
        cases.Call("module", "read", json.loads("[" * 300 + "]" * 300), {}, []),
    ],
    ids=["shards", "half a character", "a long number", "bytes", "deep"],
)
def test_what_could_not_be_read_is_not_written(step: cases.Step) -> None:
    """A word in feedback always plays."""
    assert write_case([step]) is None


def test_a_scene_that_does_not_fit_into_a_word_has_none() -> None:
    """Rather than a part of it."""
    rng = random.Random(1)
    steps = [
        cases.SendMessage("parcels", "".join(chr(rng.randrange(0x20, 0x7F)) for _ in range(50)))
        for _ in range(60)
    ]

    assert write_case(steps) is None


CALL = ["call", "module", "read", [], {}, []]


@pytest.mark.parametrize(
    "word",
    [
        "",
        "hello",
        "c2",
        "c2!!!!",
        "c2" + "A" * 1998,
        "c2" + "A" * 5000,
        "c1" + "A" * 20,
        in_a_word(b"\xff\xff"),
        packed(b'[["stream","meters",\x01,"ACTIVE"],["stream","meters",\x0f,"ACTIVE"]]'),
        packed(b"[" + b"\x09" * 200_000 + b"]"),
        packed([["put", "meters", "x", '{"a": "b"}', 1]]),
        packed([["put", "meters", "x", '{"a": 7}', 0]]),
        packed([["put", "meters", "x", "no json", 0]]),
        packed([["put", "meters", "x", "[" * 100_000, 0]]),
        packed([["put", "meters", "x", '{"a": "b"}', -1]]),
        packed(b"no json"),
        packed({}),
        packed([]),
        packed([1]),
        packed([[]]),
        packed([["run", "rm"]]),
        packed([["stream", "meters"]]),
        packed([["stream", "../etc/passwd\n", 1, "ACTIVE"]]),
        packed([["stream", "meters", 10**9, "ACTIVE"]]),
        packed([["stream", "meters", -1, "ACTIVE"]]),
        packed([["stream", "meters", True, "ACTIVE"]]),
        packed([["queue", "parcels", {"A": 1}]]),
        packed([["reject", "meters", ["0"], 1]]),
        packed([["page_size", "meters", 10**6]]),
        packed([["call", "os", "system.__call__", ["rm"], {}, []]]),
        packed([["call", "../module", "read", [], {}, []]]),
        packed([["call", "module", "__import__", ["os"], {}, []]]),
        packed([["call", "module", "read", {}, {}, []]]),
        packed([["call", "module", "read", [], {}, [1]]]),
        packed([CALL] * (cases.MOST_STEPS + 1)),
        packed([CALL] * (cases.MOST_CALLS + 1)),
        packed([["call", "module", "read", [], {}, [[]] * cases.MOST_CALLS]]),
        packed([["call", "module", "read", [], {"$number": ["meters", "x", 0]}, []]]),
        packed([["call", "module", "read", [], {"a b": 1}, []]]),
        packed([["call", "module", "read", [], {}, [json.loads("[" * 100 + "]" * 100)]]]),
        packed([["stream", f"meters-{number}", 100, "ACTIVE"] for number in range(6)]),
        packed([["queue", "parcels", {"_messages": "1"}]]),
        packed([CALL, *[["send", "parcels", ""]] * (cases.MOST_MESSAGES + 1)]),
        packed([["put"]]),
        packed([["late_record", "meters"]]),
        packed([CALL]) + "AAAA",
        packed(b"[" * 100_000),
        packed(b"[" + b"[" * 300 + b"]" * 300 + b"]"),
        packed(b'[["call","module","read",[' + b"[" * 900 + b"]" * 900 + b"],{},[]]]"),
        packed(b"[" + b" " * (1 << 28) + b"]"),
    ],
    ids=lambda word: word[:24],
)
def test_what_somebody_made_up_is_refused_in_one_line(word: str) -> None:
    """Whatever it would do or become."""
    with pytest.raises(CaseError) as refused:
        read_case(word)

    assert str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("data", [b"[" * 2500 + b"]" * 2500, b'{"1e999": [1e999]}', b"\xff"])
def test_any_data_of_a_record_can_be_compared(data: bytes) -> None:
    """However deep, and whatever is in them."""
    assert cases.steady_data(data) == cases.steady_data(data)


def test_any_key_of_a_value_can_be_compared() -> None:
    """Also a number that Python does not write."""
    assert cases.steady({10**5000: 1}, {}) == {"(changes)": 1}


def test_a_word_that_was_cut_off_or_changed_is_refused() -> None:
    """At whatever place."""
    word = write_case(STEPS) or ""
    rng = random.Random(2)
    damaged = [word[:length] for length in range(len(word))]
    damaged += [
        f"{word[:at]}{'A' if word[at] != 'A' else 'B'}{word[at + 1 :]}"
        for at in [*rng.sample(range(2, len(word) - 1), 100), len(word) - 1]
    ]

    for text in damaged:
        with pytest.raises(CaseError):
            read_case(text)
