"""Every seed of the fuzzers, on every run of the tests: with no fuzzer at hand."""

import random
import socket
import threading
from collections.abc import Callable

import pytest

from autograder.aws import Cloud
from autograder.aws.server import answer_one
from autograder.tests.fuzz.__main__ import TARGETS
from autograder.tests.fuzz.calls import CallsTarget
from autograder.tests.fuzz.gate import SEEDS as GATE_SEEDS
from autograder.tests.fuzz.gate import GateTarget, parsed, request
from autograder.tests.fuzz.inspect import InspectTarget
from autograder.tests.fuzz.target import NotHeldError, Target
from autograder.tests.fuzz.wire import WireTarget

MADE: dict[str, Callable[[], Target]] = {
    "calls": CallsTarget,
    "gate": GateTarget,
    "inspect": InspectTarget,
    "wire": WireTarget,
}
SEEDS = [(name, seed) for name, make in MADE.items() for seed in make().seeds]


def shuffled(data: bytes, size: int) -> bytes:
    """Take the place of the fuzzer's own mutation."""
    return data[::-1][:size]


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    """Give one target of each kind for all seeds."""
    return {name: make() for name, make in MADE.items()}


@pytest.mark.parametrize(("name", "seed"), SEEDS, ids=range(len(SEEDS)))
def test_each_seed_is_held_against(targets: dict[str, Target], name: str, seed: bytes) -> None:
    """Those that once broke something among them."""
    targets[name](seed)


@pytest.mark.parametrize("seed", GATE_SEEDS, ids=range(len(GATE_SEEDS)))
def test_the_gate_holds_on_a_socket(seed: bytes) -> None:
    """Against each seed of raw bytes: an answer that can be read, or a closed connection."""
    ours, theirs = socket.socketpair()
    with Cloud() as cloud, ours:

        def serve() -> None:
            with theirs:
                try:
                    answer_one(theirs, cloud.gate, cloud.gate.admit(), 5.0, lambda: False)
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        ours.sendall(seed)
        ours.shutdown(socket.SHUT_WR)
        heard = b"".join(iter(lambda: ours.recv(1 << 16), b""))
        thread.join()

    answer = heard.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert answer == b"" or parsed(answer)[0] > 0


def test_each_target_has_its_command() -> None:
    """What the command line offers is what is tested here."""
    assert {name: type(make()).__name__ for name, make in MADE.items()} == TARGETS


def test_a_failure_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The targets can fail."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("autograder.aws.gate._parse", fail)

    with pytest.raises(NotHeldError, match="ZeroDivisionError"):
        GateTarget()(request("kinesis.ListStreams", b"{}"))


@pytest.mark.parametrize("name", MADE)
def test_mutants_of_seeds_are_held_against_too(name: str) -> None:
    """A few of each, made as the fuzzer makes them."""
    target = MADE[name]()
    rng = random.Random(0)

    for seed in target.seeds:
        data = seed
        for _ in range(5):
            data = target.mutate(data, 16 << 10, rng, shuffled)
            target(data)
