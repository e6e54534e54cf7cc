"""All attacks are run if anything that they depend on has changed; else a sample is."""

import json
from pathlib import Path

import pytest

from autograder.tests.hostile import record
from autograder.tests.hostile.corpus import Attack, read_attacks

ATTACKS = list(read_attacks())


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A record by which all attacks have held."""
    path = tmp_path / "held.json"
    record.note_held(path)
    return path


def names(attacks: list[Attack]) -> set[str]:
    """Return their names."""
    return {attack.name for attack in attacks}


def test_without_a_record_all_attacks_are_run(tmp_path: Path) -> None:
    """As on the first day."""
    chosen = record.chosen(ATTACKS, tmp_path / "held.json")

    assert chosen == ATTACKS


@pytest.mark.parametrize("part", ["grader", "suite", "assignment", "attacks"])
def test_after_any_change_all_attacks_are_run(held: Path, part: str) -> None:
    """Of the code that grades, the suite, the assignment, or the attacks."""
    held.write_text(json.dumps(json.loads(held.read_text()) | {part: "sha256:changed"}))

    chosen = record.chosen(ATTACKS, held)

    assert chosen == ATTACKS


def test_where_all_have_held_each_run_takes_others(
    held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers of one run take the same; some runs together take them all."""
    samples = []
    for run in range(40):
        monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", str(run))
        samples.append(names(record.chosen(ATTACKS, held)))
    again = names(record.chosen(ATTACKS, held))

    assert {len(sample) for sample in samples} == {record.SAMPLE}
    assert again == samples[-1]
    assert set.union(*samples) == names(ATTACKS)
