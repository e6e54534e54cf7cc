"""The record of the last run of all attacks: where all held, a sample of them is run again.

All attacks take minutes, and their results depend on the code that grades, the suite and the
attacks. As long as these stay the same, `held.json` says that all attacks held. Then each run of
the tests takes other attacks, which tells whether they hold on this machine too.

    python -m autograder.tests.hostile        # runs all attacks, and renews the record
"""

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path

from autograder.assignment import Course
from autograder.grading.code_digest import CODE, digest_of
from autograder.tests.hostile.corpus import ID, Attack

RECORD = Path(__file__).parent / "held.json"
SAMPLE = 60
"""How many attacks are run where all have held."""


def chosen(attacks: Sequence[Attack], record: Path = RECORD) -> list[Attack]:
    """Choose the attacks to run: all unless they have held, or else a random sample.

    All workers of a run of pytest choose the same.
    """
    if not has_held(record):
        return list(attacks)
    drawn = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID", ""))
    return sorted(drawn.sample(attacks, SAMPLE), key=lambda attack: attack.name)


def has_held(record: Path = RECORD) -> bool:
    """Return whether all attacks held with exactly this code."""
    try:
        return bool(json.loads(record.read_text("utf-8")) == _state())
    except (OSError, ValueError):
        return False


def note_held(record: Path = RECORD) -> None:
    """Note that all attacks held with this code."""
    record.write_text(json.dumps(_state(), indent=1) + "\n", encoding="utf-8")


def _state() -> dict[str, str]:
    """Digest what the results of the attacks depend on."""
    course = Course.of_this_checkout()
    root = course.suites.parents[1]
    suite, here = course.suites / ID, Path(__file__).parent
    return {
        "grader": digest_of(root, [root / "autograder" / part for part in CODE]),
        "suite": digest_of(root, [*suite.glob("*.py"), *suite.glob("*.toml")]),
        "assignment": digest_of(
            root, [course.assignments / ID / "assignment.toml", course.solutions / ID]
        ),
        "attacks": digest_of(root, [path for path in here.iterdir() if path.suffix != ".json"]),
    }
