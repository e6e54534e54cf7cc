"""Grades an attack, and measures time, leaked secrets and what is left behind."""

import ctypes
import os
import shutil
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment, Course
from autograder.grading.foreman.examiner import Examiner
from autograder.grading.grade import Grade
from autograder.submission import read_submission
from autograder.tests.hostile.corpus import ID, Attack

PR_SET_CHILD_SUBREAPER = 36
LONGEST_SECONDS = 60.0
"""What a submission may cost: 10 s of answers by the simulated AWS and 20 s of inspection, and as
much again, since these are seconds of a processor that other tests use too."""
HONEST_SCORE = 10.0
HONEST_SECONDS = 2.5
"""How long the honest submission takes on an idle machine. Compared to this, we see how busy the
machine is."""
QUICK = {"wall_seconds": "3.0", "cpu_seconds": "1", "memory_total_mib": "512"}
ATTACKS_IN_A_ROW = 4
"""How many are graded before an honest submission, which takes as long as two attacks."""
SECRETS = ("GITHUB_TOKEN", "AWS_SESSION_TOKEN", "CANVAS_API_KEY")


@dataclass(frozen=True)
class Aftermath:
    """The results of an attack."""

    grade: Grade
    grader_log: str
    """What failed on the grader's side, or empty."""
    seconds: float
    """How long grading took; if that is long, at most how long on an idle machine."""
    left_behind: tuple[str, ...]
    """New processes, files, mounts, threads and descriptors."""
    honest_score: float | None
    """The score of an honest submission that was graded next; None if none was."""
    canaries: tuple[str, ...]
    """Secrets that the attack could read without the sandbox."""


class Arena:
    """A separate checkout with secrets in it, and short limits."""

    def __init__(self, root: Path) -> None:
        adopt_orphans()
        ours = Course.of_this_checkout()
        self._root = root
        canary = os.urandom(8).hex()
        for folder in ("assignments", "solutions", "autograder/suites"):
            shutil.copytree(
                ours.suites.parents[1] / folder,
                root / folder,
                ignore=shutil.ignore_patterns("submissions", "__pycache__"),
            )
        self.course = Course(root)
        settings = root / "assignments" / ID / "assignment.toml"
        settings.write_text(_quick(settings.read_text()))
        self.canaries = [f"canary-{kind}-{canary}" for kind in ("hidden", "solution", *SECRETS)]
        for path, secret in zip(
            (root / "autograder/suites" / ID / "test_brokers.py", root / "solutions" / ID /
             "compare_with_sqs.py"), self.canaries, strict=False,
        ):  # fmt: skip
            path.write_text(path.read_text() + f"\n# {secret}\n")
        self.environment = dict(zip(SECRETS, self.canaries[2:], strict=True))
        self._home = root / "home"
        for name in (".aws/credentials", ".netrc", ".ssh/id_ed25519", "other-student/answer.py"):
            (self._home / name).parent.mkdir(parents=True, exist_ok=True)
            (self._home / name).write_text(f"secret = {self.canaries[0]}\n")
        self.environment |= {"HOME": str(self._home), "TMPDIR": str(root / "temporary")}
        self.canaries += [str(root), str(Course.of_this_checkout().suites.parents[1])]
        if len(socket.gethostname()) > 5 and socket.gethostname() != "localhost":
            self.canaries.append(socket.gethostname())
        self.assignment: Assignment = self.course.load(ID)
        self._ours = ours
        self._honest = read_submission(ours.solutions / ID, self.assignment)
        self.temporary = root / "temporary"
        self.temporary.mkdir()
        self._attacks = 0

    def open(self) -> None:
        """Start the examiners that grade all attacks, in an environment with the secrets."""
        self._examiner = Examiner(self.assignment, self.course)
        self._next = Examiner(self._ours.load(ID), self._ours)
        for examiner in (self._examiner, self._next):
            examiner.grade(self._honest, checkpoints=["brokers"])

    def close(self) -> None:
        """Grade the honest submission a last time, and close the examiners."""
        last, _ = self._next.grade(self._honest, checkpoints=["brokers"])
        self._examiner.close()
        self._next.close()
        assert last.score == HONEST_SCORE

    def grade(self, attack: Attack, folder: Path) -> Aftermath:
        """Grade an attack, with the same examiner as all others.

        An honest submission follows after some attacks, and after each that took long.

        Args:
            attack: The hostile submission.
            folder: An empty folder for it.
        """
        attack.lay_out(folder)
        before = traces(self.temporary)
        began = time.monotonic()
        submission = read_submission(folder, self.assignment)
        checkpoint = next(
            checkpoint.id
            for checkpoint in self.assignment.checkpoints
            if attack.declared.file in checkpoint.files
        )
        grade, grader_log = self._examiner.grade(submission, checkpoints=[checkpoint])
        seconds = time.monotonic() - began
        self._attacks += 1
        honest_score = None
        if seconds >= LONGEST_SECONDS or self._attacks % ATTACKS_IN_A_ROW == 0:
            honest, _ = self._next.grade(self._honest, checkpoints=["brokers"])
            honest_score = honest.score
            honest_seconds = time.monotonic() - began - seconds
            seconds /= max(1.0, honest_seconds / HONEST_SECONDS)
        return Aftermath(
            grade=grade,
            grader_log=grader_log,
            seconds=seconds,
            left_behind=left_behind(before, self.temporary),
            honest_score=honest_score,
            canaries=tuple(self.canaries),
        )


def _quick(settings: str) -> str:
    """Shorten the limits, so that code that hangs is stopped soon."""
    lines = []
    for line in settings.splitlines():
        name = line.split("=")[0].strip()
        lines.append(f"{name} = {QUICK[name]}" if name in QUICK else line)
    return "\n".join(lines) + "\n"


def adopt_orphans() -> None:
    """Make this process the parent of orphaned processes, so that `descendants` finds them."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def traces(temporary: Path | None = None) -> set[str]:
    """List our descendants, files, mounts, threads and descriptors."""
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    shared = Path("/dev/shm")
    return {
        *(f"process {pid}" for pid in descendants()),
        *(f"file {path}" for path in (temporary.rglob("*") if temporary else ())),
        *(f"shared memory {path.name}" for path in shared.glob("*")),
        *(f"mount {line.split()[4]}" for line in mounts),
        *(f"thread {thread.name}" for thread in threading.enumerate()),
        *(f"descriptor {path.name}" for path in Path("/proc/self/fd").iterdir()),
    }


def left_behind(before: set[str], temporary: Path | None = None) -> tuple[str, ...]:
    """List traces that are new. Waits up to LONGEST_SECONDS for the kernel to clean up."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while (new := traces(temporary) - before) and time.monotonic() < deadline:
        _reap()
    return tuple(sorted(new))


def _reap() -> None:
    """Reap orphans of ours that have ended."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG)
    except ChildProcessError:
        return


def descendants() -> list[int]:
    """List the process ids of all descendants of this process."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rsplit(")", 1)[1].split()[1])
    found: list[int] = []
    todo = [os.getpid()]
    while todo:
        children = [pid for pid, parent in parents.items() if parent == todo[0]]
        todo = [*todo[1:], *children]
        found += children
    return found
