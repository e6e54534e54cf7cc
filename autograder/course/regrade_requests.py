"""Students' requests to look at a grade again, and the answers to them.

On GitHub, a request is a comment on a commit that begins with `/regrade`, in the student's own
repository, such as a reply to the grade. An answer is a comment on the same commit, which says in a
line that is not shown which request it answers. So GitHub alone says which requests are open.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.assignment import Assignment
from autograder.course.repositories import find_student_repositories
from autograder.course.staff import Staff, is_account_of
from autograder.errors import AutograderError, GitHubError
from autograder.github.client import GitHubClient, UncertainError
from autograder.github.comments import AuthoredComment, RepositoryComments, list_comments
from autograder.github.queries import read_commit
from autograder.gradebook.roster import Roster
from autograder.gradebook.student import Student
from autograder.grading.judge.plan import SuitePlan
from autograder.policy import Policy

LONGEST_ANSWER = 10_000
"""Characters; GitHub takes 65,536 for a comment."""
LONGEST_REASON = 4_000
"""Characters of a request that are read."""
MOST_TRIES = 3
"""Of writing an answer, while GitHub's answers to it are lost."""

_REQUEST = re.compile(r"\s*/regrade(?:[:,]|\s|\Z)(?P<reason>.*)", re.DOTALL)
_NAME = re.compile(r"\w+(?:/\w+)?")
_MARKER = "<!-- answered request={} -->"
_ANSWERED = re.compile(r"<!-- answered request=(?P<number>\d{1,19}) -->")


@dataclass(frozen=True)
class RegradeRequest:
    """A request that nobody has answered."""

    number: int
    """By which an answer names it: that of the comment, or one made of a row of `requests.csv`."""
    student: str
    about: str
    """The test, requirement or checkpoint that it names first; empty if it names none."""
    reason: str
    """As the student wrote it, but bounded."""
    address: str = ""
    """Of the comment, below the commit and its grade; empty for a row of a file."""
    repository: str = ""
    commit: str | None = None
    """None if it is gone."""


def request_names(assignment: Assignment, plan: SuitePlan) -> Mapping[str, str]:
    """Return what a request may be about, by its name in small letters.

    These are the checkpoints, and the tests and requirements as grades name them.
    """
    names = [
        *(checkpoint.id for checkpoint in assignment.checkpoints),
        *(test.requirement for test in plan.tests),
        *(test.id for test in plan.tests),
    ]
    return {name.casefold(): name for name in names}


def first_named(text: str, names: Mapping[str, str]) -> str:
    """Return the first of the names that a text mentions; empty if it mentions none."""
    words = (match[0].casefold() for match in _NAME.finditer(text))
    return next((names[word] for word in words if word in names), "")


@dataclass(frozen=True)
class ClassRequests:
    """The open requests of a class."""

    requests: tuple[RegradeRequest, ...]
    unread: tuple[str, ...]
    """A line for each student whose comments could not be read, and for each odd row of a file."""


def find_requests(
    client: GitHubClient, policy: Policy, roster: Roster, names: Mapping[str, str]
) -> ClassRequests:
    """Find the open requests in the repositories of a class.

    Raises:
        GitHubError: GitHub could not be asked at all.
    """
    staff = Staff(client, policy)
    requests: list[RegradeRequest] = []
    unread: list[str] = []
    for found in find_student_repositories(client, policy, roster.students, roster.students):
        if found.repository is None:
            continue
        name = found.repository.full_name
        try:
            comments = list_comments(client, name)
            requests += open_requests(found.student, name, comments, staff, names)
        except GitHubError as error:
            unread.append(f"{found.student.id}: {error}")
    return ClassRequests(tuple(requests), tuple(unread))


def open_requests(
    student: Student,
    repository: str,
    found: RepositoryComments,
    staff: Staff,
    names: Mapping[str, str],
) -> Iterator[RegradeRequest]:
    """Yield the open requests in a student's repository, oldest first.

    Only comments of the student and of staff count.

    Args:
        student: Whose repository it is.
        repository: Its name, as `owner/name`.
        found: The comments in it.
        staff: Who is staff; their comments alone are answers.
        names: What a request may be about, see `request_names`.
    """

    def is_staff_s(comment: AuthoredComment) -> bool:
        return comment.is_ours or staff.includes(comment.author, student, found.viewer)

    answered = {
        int(match["number"])
        for comment in found.comments
        if (match := _ANSWERED.search(comment.body)) and is_staff_s(comment)
    }
    for comment in found.comments:
        match = _REQUEST.match(comment.body)
        if match is None or comment.id in answered or comment.author is None:
            continue
        if is_account_of(student, comment.author) or is_staff_s(comment):
            reason = match["reason"].strip()[:LONGEST_REASON]
            yield RegradeRequest(
                comment.id,
                student.id,
                first_named(reason, names),
                reason,
                comment.address,
                repository,
                comment.commit,
            )


def find_request(requests: Sequence[RegradeRequest], number: int) -> RegradeRequest:
    """Return the open request with a number.

    Raises:
        AutograderError: No open request has the number, or several have it.
    """
    found = [request for request in requests if request.number == number]
    if not found:
        raise AutograderError(
            f"no open request has the number {number}: `requests list` names the open ones"
        )
    if len(found) > 1:
        raise AutograderError(f"several open requests have the number {number}: answer by hand")
    return found[0]


def check_answer(text: str) -> str:
    """Return an answer without blanks around it.

    Raises:
        AutograderError: It is empty, or too long.
    """
    answer = text.strip()
    if not answer:
        raise AutograderError("--text is empty: say what you decided, and why")
    if len(answer) > LONGEST_ANSWER:
        raise AutograderError(f"--text is longer than {LONGEST_ANSWER:,} characters")
    return answer


def answer_comment(client: GitHubClient, request: RegradeRequest, answer: str) -> None:
    """Write an answer next to a request, once.

    Raises:
        GitHubError: It could not be written; doing it again writes it at most once. Or somebody
            else has answered meanwhile.
    """
    if request.commit is None:
        raise GitHubError("the commit of the request is gone: answer the student in another way")
    marker = _MARKER.format(request.number)
    body = f"**Answer to [your request]({request.address}).** {answer}\n\n{marker}\n"
    path = f"/repos/{request.repository}/commits/{request.commit}/comments"
    for number in range(MOST_TRIES):
        _, found = read_commit(client, request.repository, request.commit)
        answers = [comment.body for comment in found.comments if marker in comment.body]
        if answers and not any(body.strip() in answer for answer in answers):
            raise GitHubError(
                f"request {request.number} was answered meanwhile: see {request.address}"
            )
        if answers:
            return
        try:
            client.write("POST", path, "answering a request", {"body": body}, repeatable=False)
        except UncertainError as error:
            if number == MOST_TRIES - 1:
                raise GitHubError(str(error)) from None
        else:
            return
