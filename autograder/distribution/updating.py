"""Offers a new version of the handout to each student, as a pull request.

The branch of the pull request holds versions of the handout and nothing else. It starts at the
commit of the student's default branch that last had a published handout, so that its changes are
those between two versions. Merging it is an ordinary three-way merge: lines that only the handout
changed are taken over, the student's own stay, and GitHub reports a conflict where both changed the
same. A commit has a version of the handout if its tree is the tree of a commit of the template.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from autograder.assignment import Assignment, Course
from autograder.distribution.leaks import Secrets
from autograder.distribution.per_student import DistributionOutcome, StudentResult, for_each_student
from autograder.distribution.template import files_to_hand_out
from autograder.errors import DistributionError
from autograder.github.client import GitHubClient
from autograder.github.commits import (
    CommittedFile,
    RemoteBranches,
    ScratchRepository,
    committed_version,
    scratch_repository,
)
from autograder.github.git import Remote
from autograder.github.queries import PullRequest, find_pull_request, open_pull_request
from autograder.gradebook.student import Student
from autograder.policy import Policy

BRANCH = "handout-update"

_PULL_REQUEST = (
    "There is a new version of the handout of *{title}*: *Files changed* shows what is new in it."
    " Merge this to get it. Your own changes stay. If GitHub reports conflicts, both you and the"
    " new version changed the same lines, and you choose what they should be."
)


@dataclass(frozen=True)
class Handout:
    """The newest version of an assignment's student repository."""

    assignment: Assignment
    files: Mapping[str, CommittedFile] = field(repr=False)
    version: str
    """The commit of the course's repository that it is from."""
    published: frozenset[str] = field(repr=False)
    """The trees of all versions that were ever published."""


def read_handout(
    course: Course, assignment: Assignment, template: Remote, secrets: Secrets
) -> Handout:
    """Read the handout as it is committed here, and what the template repository says of it.

    Args:
        course: The checkout.
        assignment: Whose handout.
        template: The template repository.
        secrets: What must not be in it.

    Raises:
        LeakError: A file holds a secret.
        DistributionError: Files are not committed, or not published yet.
        AssignmentError: The stubs are not those of the solutions.
    """
    files = files_to_hand_out(course, assignment, secrets)
    version = committed_version(course.assignments / assignment.id)
    return published_handout(assignment, files, version, template)


def published_handout(
    assignment: Assignment, files: Mapping[str, CommittedFile], version: str, template: Remote
) -> Handout:
    """Return a handout that is the newest one of the template repository.

    Raises:
        DistributionError: The template repository has another version.
    """
    with scratch_repository(template) as repository:
        head = repository.branches().head
        if head is None:
            raise DistributionError("the template repository is empty: run `autograder publish`")
        repository.fetch_history(head)
        here = repository.commit(None, files, "The handout\n", replace_all=True)
        if repository.tree(here) != repository.tree(head):
            raise DistributionError(
                "the template repository has another version: run `autograder publish` first"
            )
        return Handout(assignment, files, version, repository.trees(head))


@dataclass(frozen=True)
class UpdatePlan:
    """What to offer."""

    handout: Handout
    policy: Policy
    dry_run: bool = False


def update_repositories(
    plan: UpdatePlan, students: Iterable[Student], github: GitHubClient
) -> Iterator[StudentResult]:
    """Offer the handout to each student; one that fails stops no other.

    Args:
        plan: What to offer.
        students: To whom.
        github: Where the repositories are; its token writes contents, workflows and pull requests.

    Yields:
        The result for each student.
    """
    yield from for_each_student(
        plan.policy, students, lambda _, full_name: _update(full_name, plan, github)
    )


def _update(
    full_name: str, plan: UpdatePlan, github: GitHubClient
) -> tuple[DistributionOutcome, str]:
    with scratch_repository(github.server.remote(full_name)) as repository:
        branches = repository.branches()
        if branches.head is None:
            raise DistributionError("the repository is still empty")
        request = find_pull_request(github, full_name, BRANCH)
        commit = _commit_to_offer(repository, branches, request, plan.handout)
        if commit is None:
            return DistributionOutcome.CURRENT, ""
        if request and commit == request.commit:
            return DistributionOutcome.OFFERED_BEFORE, request.address
        if plan.dry_run:
            return DistributionOutcome.TO_OFFER, request.address if request else ""
        tip = branches.commits.get(BRANCH)
        if commit != tip:
            repository.push(commit, BRANCH, replaces=tip)
    if request and request.is_open:
        return DistributionOutcome.MOVED, request.address
    title = plan.handout.assignment.title
    request = open_pull_request(
        github,
        full_name,
        branch=BRANCH,
        base=branches.default,
        title=f"New version of {title}",
        body=_PULL_REQUEST.format(title=title),
    )
    return DistributionOutcome.OFFERED, request.address


def _commit_to_offer(
    repository: ScratchRepository,
    branches: RemoteBranches,
    request: PullRequest | None,
    handout: Handout,
) -> str | None:
    """Return the commit that the branch should point at; None if the student has the handout.

    Raises:
        DistributionError: No commit of the student's is a version of the handout, or the branch
            has commits of the student.
    """
    head, tip = branches.head, branches.commits.get(BRANCH)
    assert head is not None
    offered = tip or (request.commit if request else None)  # the student may delete the branch
    repository.fetch_history(head, *([offered] if offered else []))
    received = repository.newest_with_tree(handout.published, head)
    if received is None:
        raise DistributionError(
            "no commit in it is a published version of the handout: update it by hand"
        )
    is_ours = offered is not None and repository.tree(offered) in handout.published
    is_merged = offered is not None and repository.contains(head, offered)
    commit = repository.commit(
        offered if is_ours and not is_merged else received,
        handout.files,
        f"Update {handout.assignment.id}\n\nAs of {handout.version} of the course's repository.\n",
        replace_all=True,
    )
    news = {*repository.changes(received, commit)} & {*repository.changes(head, commit)}
    if not news:
        return None
    if offered is not None:
        last = repository.newest_with_tree(handout.published, offered)
        if last is not None and not repository.changes(last, commit):
            return offered
    # GitHub keeps the commits of a closed pull request: nothing is lost if the branch moves.
    was_closed = request is not None and not request.is_open and request.commit == tip
    if tip and not (is_ours or is_merged or was_closed):
        raise DistributionError(
            f"the branch {BRANCH} has commits of the student: run this again when they are merged"
        )
    return commit
