"""Which pushes are hand-ins, and which hand-in counts: pure functions over a student's pushes.

Files belong to the account that pushed them first. So a push is a hand-in if its graded files are
not those of the handout, and were not first pushed by staff. A fix that an instructor pushes, the
solutions that a student merges, and the commit by which a service makes a repository do not.

The same files are the same hand-in, and keep the time at which they came first: a commit that is
squashed, pushed again, or followed by a change of the README is not later for it.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from autograder.gradebook.student import Student
from autograder.lateness import counting, lateness
from autograder.policy import Policy


@dataclass(frozen=True)
class ContentPush:
    """A push to a branch, and what may be graded of it."""

    at: datetime
    branch: str
    commit: str
    by_staff: bool
    content: Hashable
    """Equal if, and only if, the files that may be graded are."""


@dataclass(frozen=True)
class PushedHandin:
    """What a student handed in."""

    commit: str
    """The first commit with these files."""
    at: datetime
    """When GitHub received it."""
    latest: str
    """The student's last commit with the same files: feedback is posted there."""


@dataclass(frozen=True)
class BranchWork:
    """A student's work on a branch that is not graded."""

    branch: str
    commit: str
    at: datetime


@dataclass(frozen=True)
class HandinHistory:
    """All hand-ins of a student."""

    handins: tuple[PushedHandin, ...] = ()
    """In the order in which the default branch held them last."""
    elsewhere: tuple[BranchWork, ...] = ()
    """What other branches hold, and the default branch never held; by time."""
    pushed_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each commit came first, to any branch."""

    @property
    def newest(self) -> PushedHandin | None:
        """The last hand-in."""
        return self.handins[-1] if self.handins else None


def handin_history(
    pushes: Sequence[ContentPush],
    default_branch: str | None,
    branches: Collection[str],
    handouts: Collection[Hashable],
) -> HandinHistory:
    """Find a student's hand-ins.

    Args:
        pushes: To all branches, oldest first.
        default_branch: The branch that is graded.
        branches: Those that still exist.
        handouts: What is nobody's work.
    """
    first: dict[Hashable, ContentPush] = {}
    for push in pushes:
        first.setdefault(push.content, push)
    students = {
        content: push
        for content, push in first.items()
        if not push.by_staff and content not in handouts
    }
    handins: dict[Hashable, PushedHandin] = {}
    tips: dict[str, ContentPush] = {}
    for push in pushes:
        if push.branch != default_branch:
            tips[push.branch] = push
        elif push.content in handins:
            if not push.by_staff:
                # Taken out and put in again: the dictionary's order is that of the last push.
                before = handins.pop(push.content)
                handins[push.content] = replace(before, latest=push.commit)
        elif push.content in students:
            # Staff may merge what the student pushed to another branch: it came at that time.
            at = students[push.content].at if push.by_staff else push.at
            handins[push.content] = PushedHandin(push.commit, at, push.commit)
    elsewhere = [
        BranchWork(push.branch, push.commit, push.at)
        for push in tips.values()
        if push.branch in branches and push.content in students and push.content not in handins
    ]
    return HandinHistory(
        tuple(handins.values()),
        tuple(sorted(elsewhere, key=lambda work: work.at)),
        {push.commit: push.at for push in reversed(pushes)},
    )


def counting_handin(
    policy: Policy, student: Student, history: HandinHistory
) -> PushedHandin | None:
    """Return the hand-in that counts.

    It is the last one in time, grace included, or else the last one that counts as late work.
    """
    return counting(history.handins, lambda handin: lateness(policy, student, handin.at))


def graded_handin(policy: Policy, student: Student, history: HandinHistory) -> PushedHandin | None:
    """Return the hand-in by which a student is graded.

    It is the one that counts. If all came after the last day for late work, it is the newest, which
    gives 0 points.
    """
    return counting_handin(policy, student, history) or history.newest


def unseen_work(
    policy: Policy, student: Student, history: HandinHistory, now: datetime
) -> BranchWork | None:
    """Return the work on another branch that the student or an instructor should know of.

    That is work that would count if it were on the default branch, and that is all there is, or
    newer than what counts once the deadline is over, or in time while what counts is late.
    """
    counted = counting_handin(policy, student, history)
    is_over = bool(lateness(policy, student, now).days)
    for work in reversed(history.elsewhere):
        late = lateness(policy, student, work.at)
        if not late.counts:
            continue
        if counted is None or (is_over and work.at > counted.at):
            return work
        if not late.days and lateness(policy, student, counted.at).days:
            return work
    return None


def find_handin(history: HandinHistory, commit: str) -> PushedHandin | None:
    """Return the hand-in that a commit began, or that was last posted at it."""
    by_commit: Mapping[str, PushedHandin] = {
        name: handin for handin in history.handins for name in (handin.latest, handin.commit)
    }
    return by_commit.get(commit)
