"""Reads from GitHub what students pushed, and finds the commit by which each is graded.

`handin_history` decides which pushes are hand-ins and by which of them a student is graded.
`grade-class` and `grade-pushes` both ask here, so that they agree.

For one repository, there is a request for each 100 pushes, and one for the top folders of each 50
commits. A repository that holds nothing but the handout takes none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autograder.assignment import Assignment, Course
from autograder.course.handin_history import (
    ContentPush,
    HandinHistory,
    graded_handin,
    handin_history,
    unseen_work,
)
from autograder.course.handouts import Content, Handouts, graded_content, known_handouts
from autograder.course.repositories import StudentRepository, find_student_repositories
from autograder.course.staff import Staff
from autograder.errors import GitHubError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.pushes import BranchPush, Tree, list_pushes, read_trees
from autograder.github.queries import BranchTip, RepositoryState
from autograder.gradebook.student import Student
from autograder.intake.commits import fetch_submission
from autograder.policy import Policy
from autograder.submission import Submission
from autograder.text import inert

MAKING = timedelta(minutes=2)
"""How long after a repository was made the commit from its template may come: the stored times have
whole seconds, and a service may add a commit."""


@dataclass(frozen=True)
class PushedSubmission:
    """The commit by which one student is graded."""

    student: str
    server: GitHubServer
    repository: str
    commit: str
    handed_in_at: datetime

    @property
    def origin(self) -> str:
        """What GitHub calls the repository."""
        return self.repository

    def read(self, assignment: Assignment) -> Submission:
        """Fetch it; see `fetch_submission`."""
        return fetch_submission(self.server, self.repository, self.commit, assignment)

    def contents(self, _: Assignment) -> str:
        """Return nothing: to look into the commit again would take another fetch."""
        return ""


@dataclass(frozen=True)
class ClassPushes:
    """The commits of a class."""

    pushed: tuple[PushedSubmission, ...]
    """By student."""
    missing: tuple[str, ...]
    """The ids of students who have handed in nothing."""
    unseen: tuple[tuple[str, str], ...]
    """The students whose pushes could not be looked up, and why."""
    notes: tuple[tuple[str, str], ...] = ()
    """Students to look at, and why; each is in `pushed` or `missing`, too."""


class PushReader:
    """Reads the hand-ins of a course's students.

    Args:
        client: GitHub.
        policy: The course's.
        handouts: What students were given.
    """

    def __init__(self, client: GitHubClient, policy: Policy, handouts: Handouts) -> None:
        self._client = client
        self._handouts = handouts
        self._staff = Staff(client, policy)
        # What a commit holds never changes; with `--watch`, many rounds ask for the same ones.
        self._contents: dict[str, Content] = {}

    def is_untouched(self, repository: RepositoryState) -> bool:
        """Whether a repository holds the handout as it was made, and never held anything else."""
        pushed = repository.pushed_at
        return (
            repository.head_tree in self._handouts.trees
            and not repository.other_branches
            and (pushed is None or pushed - repository.created_at <= MAKING)
        )

    def may_be_work(self, repository: RepositoryState, tip: BranchTip) -> bool:
        """Whether a branch may hold other work than the default branch."""
        return tip.tree not in self._handouts.trees and tip.tree != repository.head_tree

    def history(self, repository: RepositoryState, student: Student) -> HandinHistory:
        """Find the hand-ins in a student's repository.

        Raises:
            GitHubError: GitHub does not say.
        """
        listed = list_pushes(self._client, repository.full_name)[::-1]
        listed.sort(key=lambda push: push.at)
        pushes = _complete(listed, repository)
        contents = self._read_contents(
            repository, [push.commit for push in pushes if push.commit is not None]
        )
        given = _made_with(listed, repository)
        handouts = self._handouts.contents | ({contents[given]} if given else set())
        last = {push.branch: push.commit for push in pushes}
        return handin_history(
            [
                ContentPush(
                    push.at,
                    push.branch,
                    push.commit,
                    self._staff.includes(push.actor, student, repository.viewer),
                    contents[push.commit],
                )
                for push in pushes
                if push.commit is not None
            ],
            repository.branch,
            [branch for branch, commit in last.items() if commit is not None],
            handouts,
        )

    def _read_contents(
        self, repository: RepositoryState, commits: Sequence[str]
    ) -> Mapping[str, Content]:
        new = [commit for commit in dict.fromkeys(commits) if commit not in self._contents]
        for commit, tree in read_trees(self._client, repository.full_name, new):
            self._contents[commit] = _content(commit, tree)
        return self._contents


def _content(commit: str, tree: Tree | None) -> Content:
    """Return a commit's content; a commit that GitHub has lost counts as different work."""
    return frozenset({("", commit)}) if tree is None else graded_content(tree)


def _complete(pushes: list[BranchPush], repository: RepositoryState) -> list[BranchPush]:
    """Add what the default branch held before the first push that GitHub lists."""
    if repository.head is None or repository.branch is None:
        return pushes
    first = _first_on_default(pushes, repository)
    if first is None:  # never too early: the time of the last push to any branch
        if repository.pushed_at is None:
            raise GitHubError("GitHub does not say when it was pushed (reading push times)")
        head = repository.head.commit
        return [*pushes, BranchPush(repository.pushed_at, repository.branch, None, head, None)]
    if first.before is None:
        return pushes
    return [BranchPush(first.at, repository.branch, None, first.before, None), *pushes]


def _made_with(pushes: Sequence[BranchPush], repository: RepositoryState) -> str | None:
    """Return the commit that a repository got from its template; None if it has none.

    Args:
        pushes: All that GitHub lists, oldest first. It may list the template's commit or not.
        repository: Where they came.
    """
    if not repository.is_generated or repository.head is None:
        return None
    first = _first_on_default(pushes, repository)
    if first is not None and first.before is not None:
        return first.before
    if first is not None:
        return first.commit if first.at - repository.created_at <= MAKING else None
    last = max([repository.created_at + MAKING, *(push.at for push in pushes)])
    is_complete = repository.pushed_at is None or repository.pushed_at <= last
    return repository.head.commit if is_complete else None


def _first_on_default(
    pushes: Sequence[BranchPush], repository: RepositoryState
) -> BranchPush | None:
    return next((push for push in pushes if push.branch == repository.branch), None)


def find_class_pushes(
    client: GitHubClient,
    policy: Policy,
    students: Sequence[Student],
    handouts: Handouts | None = None,
    now: datetime | None = None,
) -> ClassPushes:
    """Find the commit by which each student is graded.

    Args:
        client: GitHub.
        policy: The course's.
        students: The class.
        handouts: What students were given; None for those of this checkout.
        now: The moment, if it is not that of the machine's clock.

    Raises:
        GitHubError: GitHub could not be asked at all.
    """
    now = now or datetime.now(UTC)
    reader = PushReader(client, policy, handouts or known_handouts(Course.of_this_checkout()))
    pushed: list[PushedSubmission] = []
    missing = [student.id for student in students if policy.repository_of(student) is None]
    unseen: list[tuple[str, str]] = []
    notes: list[tuple[str, str]] = []
    for found in find_student_repositories(client, policy, students, students):
        student, repository = found.student, found.repository
        history = HandinHistory()
        if repository is not None and not reader.is_untouched(repository):
            try:
                history = reader.history(repository, student)
            except GitHubError as error:
                unseen.append((student.id, str(error)))
                continue
        handin = graded_handin(policy, student, history)
        if handin is None or repository is None:
            missing.append(student.id)
        else:
            name = repository.full_name
            pushed.append(
                PushedSubmission(student.id, client.server, name, handin.commit, handin.at)
            )
        notes += [(student.id, note) for note in _notes(policy, found, history, now)]
    pushed.sort(key=lambda submission: submission.student)
    return ClassPushes(tuple(pushed), tuple(sorted(missing)), tuple(unseen), tuple(notes))


def _notes(
    policy: Policy, found: StudentRepository, history: HandinHistory, now: datetime
) -> Iterator[str]:
    if found.hint:
        yield found.hint
    work = unseen_work(policy, found.student, history, now)
    if work is not None:
        yield f"has work on the branch {inert(work.branch)!r}, which is not graded"
