"""Every seed of the fuzzers is checked in every run of the tests, without a fuzzer."""

import random
import socket
import threading
from collections.abc import Callable

import pytest

from autograder.aws.server import answer_one
from autograder.aws.simulated import Cloud
from autograder.aws.wire.protocols import JsonProtocol
from autograder.tests.fuzz.__main__ import TARGETS
from autograder.tests.fuzz.calls import CallsTarget
from autograder.tests.fuzz.gate import SEEDS as GATE_SEEDS
from autograder.tests.fuzz.gate import GateTarget, parsed, request
from autograder.tests.fuzz.inspect import InspectTarget
from autograder.tests.fuzz.target import BrokenGuaranteeError, Target
from autograder.tests.fuzz.wire import WireTarget

MADE: dict[str, Callable[[], Target]] = {
    "calls": CallsTarget,
    "gate": GateTarget,
    "inspect": InspectTarget,
    "wire": WireTarget,
}
SEEDS = [(name, seed) for name, make in MADE.items() for seed in make().seeds]


def shuffled(data: bytes, size: int) -> bytes:
    """Mutate bytes in place of the fuzzer."""
    return data[::-1][:size]


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    """Return one target of each kind for all seeds."""
    return {name: make() for name, make in MADE.items()}


@pytest.mark.parametrize(("name", "seed"), SEEDS, ids=range(len(SEEDS)))
def test_each_seed_is_handled(targets: dict[str, Target], name: str, seed: bytes) -> None:
    """This includes inputs that once broke something."""
    targets[name](seed)


@pytest.mark.parametrize("seed", GATE_SEEDS, ids=range(len(GATE_SEEDS)))
def test_the_gate_handles_each_seed_on_a_socket(seed: bytes) -> None:
    """Each seed of raw bytes gets a valid response, or a closed connection."""
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
    """The command line offers the targets that are tested here."""
    assert {name: type(make()).__name__ for name, make in MADE.items()} == TARGETS


def test_a_failure_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the targets above can fail."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(JsonProtocol, "parameters_in", fail)

    with pytest.raises(BrokenGuaranteeError, match="ZeroDivisionError"):
        GateTarget()(request("kinesis.ListStreams", b"{}"))


@pytest.mark.parametrize("name", MADE)
def test_mutants_of_seeds_are_handled_too(name: str) -> None:
    """This tries a few mutants of each seed, made like the fuzzer's."""
    target = MADE[name]()
    rng = random.Random(0)

    for seed in target.seeds:
        data = seed
        for _ in range(5):
            data = target.mutate(data, 16 << 10, rng, shuffled)
            target(data)
