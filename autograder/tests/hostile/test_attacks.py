"""No attack of the corpus gains points, learns secrets or breaks anything; its feedback is true."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.grading.grade import Grade, Outcome, Status
from autograder.tests.hostile.arena import HONEST_SCORE, LONGEST_SECONDS, Arena
from autograder.tests.hostile.corpus import AIMS, Attack, read_attacks
from autograder.tests.hostile.intake import INTAKE
from autograder.tests.hostile.record import chosen
from autograder.tests.hostile.shown import every_form_of, harm_in

LONGEST_LINE = 2100
"""Characters: a case to rehearse has 2,000, after the command."""
BUSY = {Outcome.TIMED_OUT.value}
"""Outcomes of any attack on a busy machine: a call in the arena has one second."""
LARGEST_GRADE = 256 << 10
"""Bytes of JSON, for one checkpoint."""
LARGEST_PROCESS = 320
"""MiB that a grader's process holds at most: twice 64 for the simulated AWS, and Python's own."""

PEAK_OF = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A program that runs a command and prints the peak of its largest process, in KiB."""

pytestmark = pytest.mark.hostile
ATTACKS = [*read_attacks(), *INTAKE]


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """A checkout with secrets in it, in which attacks are graded."""
    arena = Arena(tmp_path_factory.mktemp("checkout"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(arena.temporary))
        for name, value in arena.environment.items():
            patch.setenv(name, value)
        arena.open()
        yield arena
        arena.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the attacks: see `record`."""
    if "attack" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--all-attacks")
        attacks = ATTACKS if everything else chosen(ATTACKS)
        metafunc.parametrize("attack", attacks, ids=lambda attack: attack.name)


def test_an_attack_gets_nothing(
    attack: Attack,
    arena: Arena,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    """No points, no secrets, no harm, a true outcome in time; and later grades are right."""
    folder = tmp_path / "submission"
    folder.mkdir()
    tmp_path.chmod(0o755)

    after = arena.grade(attack, folder)

    record_property("attack", f"{attack.name} | {outcomes(after.grade)} | {after.seconds:.1f} s")
    printed = "".join(capfd.readouterr())
    shown = every_form_of(after.grade) | {"terminal": printed, "grader log": after.grader_log}
    seen = [
        (form, canary)
        for form, text in shown.items()
        for canary in after.canaries
        if canary in text
    ]
    assert after.grade.score <= attack.declared.earns
    assert seen == []
    unexpected = outcomes(after.grade) - {outcome.value for outcome in attack.declared.outcomes}
    assert unexpected <= BUSY
    assert unexpected or attack.declared.says in said(after.grade)
    assert after.grader_log == ""
    assert all(checkpoint.status is not Status.INCOMPLETE for checkpoint in after.grade.checkpoints)
    assert harm_in(shown["text"]) == set()
    assert max(len(line) for line in shown["text"].splitlines()) <= LONGEST_LINE
    assert len(shown["json"].encode()) <= LARGEST_GRADE
    assert after.left_behind == ()
    assert after.honest_score in (None, HONEST_SCORE)
    assert after.seconds < LONGEST_SECONDS


def test_what_the_cloud_is_sent_does_not_make_the_grader_grow(tmp_path: Path) -> None:
    """The largest process of a grade stays small, its descendants included."""
    name = "wear_down/memory_bomb_in_the_queues_of_the_cloud"
    (attack,) = [attack for attack in ATTACKS if attack.name == name]
    attack.lay_out(tmp_path)
    command = [sys.executable, "-m", "autograder", "grade", str(tmp_path), "--checkpoint", "reader"]

    # A process starts with the peak of the one that forked it, so a small one forks it.
    ran = subprocess.run(
        [sys.executable, "-c", PEAK_OF, *command], check=True, stdout=subprocess.PIPE, text=True
    )

    assert int(ran.stdout.splitlines()[-1]) / 1024 < LARGEST_PROCESS


def outcomes(grade: Grade) -> set[str]:
    """Return the names of the outcomes of a grade's tests."""
    return {test.outcome.value for checkpoint in grade.checkpoints for test in checkpoint.tests}


def said(grade: Grade) -> str:
    """Return all texts of the feedback about what came back."""
    return "\n".join(
        test.feedback.came_back
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.feedback is not None
    )


def test_the_corpus_is_large_and_has_every_aim() -> None:
    """At least 70 attacks, and at least 8 for each aim."""
    aims = [attack.name.split("/")[0] for attack in ATTACKS]

    assert len(ATTACKS) >= 70
    assert all(aims.count(aim) >= 8 for aim in AIMS)
