"""Fuzz a parser of hostile bytes, guided by coverage: `python -m autograder.tests.fuzz gate`.

It ends after the given time, or at the first input that breaks the target; the last line of
atheris names the file with that input. Add such inputs to the target's seeds.
"""

import argparse
import importlib
import random
import sys
import tempfile
from pathlib import Path

TARGETS = {
    "calls": "CallsTarget",
    "gate": "GateTarget",
    "inspect": "InspectTarget",
    "wire": "WireTarget",
}
_CLOUD = ("autograder.aws", "autograder.sandbox", "h11", "moto.kinesis", "moto.sqs")
WATCHED = {
    "calls": _CLOUD,
    "gate": _CLOUD,
    "inspect": (
        "autograder.suites",
        "autograder.notebook",
        "autograder.aws.seen",
        "autograder.logs.anomalies",
        "autograder.logs.picture",
        "autograder.grading.judge.verdict",
    ),
    "wire": _CLOUD,
}
"""The packages whose coverage guides the fuzzer; watching more would slow it down."""
LARGEST_INPUT = 16 << 10
HANG_SECONDS = 600
"""The limit on real time for an input: the slowest takes five seconds of processor time, and the
machine is busy."""


def main() -> None:
    """Read the command line and fuzz."""
    parser = argparse.ArgumentParser(prog="autograder.tests.fuzz")
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, help="folder of inputs that reach new code")
    options = parser.parse_args()
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is missing: uv run --group fuzz ... (it is made for Linux on x86-64)")
    with atheris.instrument_imports(include=[*WATCHED[options.target]]):
        module = importlib.import_module(f"autograder.tests.fuzz.{options.target}")
    target = getattr(module, TARGETS[options.target])()

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        return bytes(target.mutate(data, size, random.Random(seed), atheris.Mutate))

    corpus = options.corpus or Path(tempfile.mkdtemp(prefix="fuzz-"))
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = Path(tempfile.mkdtemp(prefix="fuzz-seeds-"))
    for number, seed in enumerate(target.seeds):
        (seeds / str(number)).write_bytes(seed)
    arguments = [
        f"-max_total_time={options.seconds}", f"-max_len={LARGEST_INPUT}",
        f"-timeout={HANG_SECONDS}", "-rss_limit_mb=2048", "-print_final_stats=1",
        f"-artifact_prefix={corpus}/broken-", str(corpus), str(seeds),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *arguments], target, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
