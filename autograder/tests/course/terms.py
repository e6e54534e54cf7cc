"""Plays random terms, and compares what comes of them with the oracle.

    python -m autograder.tests.course.terms --count 10000 --seed 1

A term is one student's repository over some weeks, in which the student, instructors, GitHub and
the grader do things in any order: late first pushes, forced pushes, other branches, fixes, merged
solutions, renamed accounts, changed deadlines, changed clocks, runs that are killed.

Terms are played in memory, or, with `--real`, with git and HTTP.

The same seed gives the same term. A failure names its seed: add it to `test_terms.py`.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from autograder.tests.course.random_term import DisagreementError, Term
from autograder.tests.github_stand_in import StandIn
from autograder.tests.github_stand_in.memory import MemoryGitHub
from autograder.tests.github_stand_in.state import GitHubState


@dataclass(frozen=True)
class Played:
    """What came of a term."""

    report: str
    """What happened, if the oracle disagrees; else empty."""
    facts: frozenset[str] = frozenset()
    """What was special about it."""


def play_term(seed: str, *, real: bool = False) -> Played:
    """Play a term."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        github: GitHubState = MemoryGitHub()
        if real:
            github = opened.enter_context(StandIn(Path(folder) / "github"))
        term = None
        try:
            term = Term(Random(seed), github, Path(folder))
            term.play()
        except Exception as error:
            text = str(error) if isinstance(error, DisagreementError) else traceback.format_exc()
            return Played("\n".join([f"seed {seed}", *(term.log if term else ()), text]))
    return Played("", frozenset(term.facts))


def main() -> int:
    """Play many terms; return 1 if the oracle disagrees with any."""
    parser = argparse.ArgumentParser(description="Compare random terms with the oracle.")
    parser.add_argument("--count", type=int, default=10_000, help="how many terms")
    parser.add_argument("--seed", default="1", help="another seed gives other terms")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--real", action="store_true", help="with git and HTTP")
    given = parser.parse_args()
    seeds = [f"{given.seed}:{number}" for number in range(given.count)]
    began, failures, facts = time.monotonic(), 0, Counter[str]()
    with ProcessPoolExecutor(given.workers) as pool:
        for played in pool.map(partial(play_term, real=given.real), seeds, chunksize=10):
            facts.update(played.facts)
            if played.report:
                failures += 1
                print(f"{played.report}\n", flush=True)  # noqa: T201 - a command
    for fact, number in facts.most_common():
        print(f"{number:6} {fact}")  # noqa: T201 - a command
    seconds = time.monotonic() - began
    print(f"{given.count} terms in {seconds:.0f} s, {failures} disagreements")  # noqa: T201 - a command
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
