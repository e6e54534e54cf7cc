"""Tells a student's pushes from those of staff, by the account that made them."""

from autograder.errors import GitHubError
from autograder.github.client import GitHubClient
from autograder.github.pushes import Account, list_admins
from autograder.gradebook.student import Student
from autograder.policy import Policy, student_repositories


class Staff:
    """The accounts whose pushes do not count as hand-ins.

    They are those that the policy names, bots, the owner of the token, and the organisation's
    owners as far as the token sees them. GitHub is asked for these only if an account is pushing
    that is not known otherwise, and once.

    Args:
        client: GitHub.
        policy: The course's.
    """

    def __init__(self, client: GitHubClient, policy: Policy) -> None:
        self._client = client
        self._organization = student_repositories(policy).organization
        self._named = {login.casefold() for login in (*policy.staff, self._organization)}
        self._admins: frozenset[str] | None = None

    def includes(self, account: Account | None, student: Student, viewer: str) -> bool:
        """Whether an account is staff in a student's repository.

        The student is never staff there, so that an instructor on the roster can try it out.

        Args:
            account: Who pushed; None for an account that is gone.
            student: Whose repository it is.
            viewer: The login of the token's owner.
        """
        if account is None or is_account_of(student, account):
            return False
        login = account.login.casefold()
        return account.is_bot or login == viewer or login in self._named or login in self._owners()

    def _owners(self) -> frozenset[str]:
        if self._admins is None:
            try:
                self._admins = list_admins(self._client, self._organization)
            except GitHubError:  # a token may see less than this; the policy can name them
                self._admins = frozenset()
        return self._admins


def is_account_of(student: Student, account: Account) -> bool:
    """Whether an account is a student's: by its number where the roster has it, else by login."""
    if student.github_id:
        return account.id == student.github_id
    return account.login.casefold() == (student.login or "").casefold()
