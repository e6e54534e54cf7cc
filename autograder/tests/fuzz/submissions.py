"""Random submissions, made from the corpus and the attacks, and graded for real.

    python -m autograder.tests.fuzz.submissions --count 1000 --seed 0

No test of any submission may be the grader's fault. Each submission follows from its number; grade
one again with `--seed NUMBER --count 1`.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.grading.grade import Outcome
from autograder.submission import Submission, read_submission
from autograder.tests.fuzz.hidden_suite import ID, notebook_of
from autograder.tests.fuzz.program import made_up_notebook_step
from autograder.tests.hostile.corpus import read_attacks
from autograder.validation.corpus import corpus_folder, read_corpus
from autograder.validation.trials import Candidate, Trial, try_all

MEDDLING = Path(__file__).with_name("meddling.py")
TIRESOME = "wear_down/"
"""Attacks that use up their time on purpose; another test measures their time."""


@dataclass(frozen=True)
class Base:
    """A submission to meddle with, and its characteristic graded file."""

    name: str
    submission: Submission
    file: str


@cache
def bases() -> tuple[Base, ...]:
    """Read the corpus and the attacks."""
    course = Course.of_this_checkout()
    assignment = course.load(ID)
    solution = read_submission(course.solutions / ID, assignment)
    found = [
        Base(declared.name, declared.assemble(solution), declared.file)
        for declared in read_corpus(corpus_folder(course, assignment), assignment)
    ]
    for attack in read_attacks():
        if not attack.name.startswith(TIRESOME):
            with tempfile.TemporaryDirectory() as folder:
                attack.lay_out(Path(folder))
                submission = read_submission(Path(folder), assignment)
            found.append(Base(attack.name, submission, attack.declared.file))
    return tuple(found)


def random_submission(number: int) -> Candidate:
    """Return the random submission of a number."""
    rng = random.Random(number)
    base = rng.choice(bases())
    files = dict(base.submission.files)
    if base.file.endswith(".ipynb"):
        steps = [made_up_notebook_step(rng) for _ in range(rng.randint(1, 4))]
        files[base.file] = notebook_of(steps, json.loads(files[base.file]))
    else:
        files[MEDDLING.name] = MEDDLING.read_bytes()
        call = f"\n\nfrom meddling import meddle\n\nmeddle(globals(), {number})\n"
        files[base.file] += call.encode()
    submission = Submission(files, base.submission.graded, base.submission.refused)
    return Candidate(f"{number} {base.name}", submission, frozenset({base.file}), seed=str(number))


def grade_random(
    numbers: Sequence[int], assignment: Assignment, course: Course, workers: int
) -> list[Trial]:
    """Grade the random submissions of these numbers."""
    return try_all(map(random_submission, numbers), assignment, course, workers=workers)


def report(trials: Sequence[Trial]) -> tuple[str, bool]:
    """Return the counts of outcomes and the unexpected outcomes as text.

    Returns:
        The report, and whether no test was the grader's fault.
    """
    counts = Counter(outcome.value for trial in trials for outcome in trial.outcomes.values())
    lines = [f"{count:7} {outcome}" for outcome, count in counts.most_common()]
    for trial in trials:
        for odd in (Outcome.GRADER_ERROR, Outcome.UNREADABLE):
            tests = [test for test, outcome in trial.outcomes.items() if outcome is odd]
            if tests:
                lines += [
                    f"{odd.value}: {trial.candidate.name}: {', '.join(tests)}",
                    trial.grader_log,
                ]
    return "\n".join(lines), not counts[Outcome.GRADER_ERROR.value]


def main() -> None:
    """Read the command line, grade and report; exit with 1 if the grader failed."""
    parser = argparse.ArgumentParser(prog="autograder.tests.fuzz.submissions")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="number of the first")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    course = Course.of_this_checkout()
    numbers = range(options.seed, options.seed + options.count)
    text, is_sound = report(grade_random(numbers, course.load(ID), course, options.workers))
    sys.stdout.write(f"{text}\n")
    sys.exit(not is_sound)


if __name__ == "__main__":
    main()
