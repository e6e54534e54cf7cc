"""A term of a course, simulated with the steps, tokens and commands of the instructor's guide.

The commands use the machine's clock. To let time pass, the dates of the course and of everything
at GitHub are moved into the past instead.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.policy import DEFAULT_COURSE
from autograder.tests.course import guide
from autograder.tests.course.command_line import CommandLine, CommandResult
from autograder.tests.course.repositories import commit_all, write
from autograder.tests.github_stand_in import (
    StandIn,
    accept_invitation,
    collaborators,
    pull_requests,
)
from autograder.tests.github_stand_in.git_client import commit_and_push, run_git

TEMPLATE = f"{guide.OWNER}/m06-template"
INSTRUCTORS = f"{guide.OWNER}/instructors"
POLICY = """
assignment = "m06_partitioned_logs"
organization = "course"
repository = "m06-{{login}}"
staff = ["setup_token", "update_token", "release_token"]
timezone = "UTC"
[deadline]
at = {due}
[late]
percent_per_day = 10
days = 3
[extensions]
{extended} = {extension}
[[feedback]]
detail = "titles"
[[feedback]]
detail = "full"
from = {due}
"""
_ACCESS = {"push": "write"}


class Term:
    """A course during a term.

    Args:
        github: A stand-in with an empty organisation.
        work: The folder of the students' clones.
        autograder: Runs the commands, in a folder that gets the course's files.
        due: The number of days until work is due.
        extension: A login, and the number of days until that student's work is due.
        names: The names of the class, by login.
    """

    def __init__(
        self,
        github: StandIn,
        work: Path,
        autograder: CommandLine,
        *,
        due: float,
        extension: tuple[str, float],
        names: Mapping[str, str],
    ) -> None:
        self.github = github
        self._work = work
        self._autograder = autograder
        self._due = datetime.now(UTC) + timedelta(days=due)
        self._extended, days = extension
        self._extension = datetime.now(UTC) + timedelta(days=days)
        self.secrets = {
            secret.name: github.add_token(secret.name.lower(), {secret.repositories: secret.rights})
            for secret in guide.secrets().values()
        }
        github.now = datetime.now(UTC)
        github.add_repository(INSTRUCTORS)
        github.add_repository(TEMPLATE).is_template = True
        DEFAULT_COURSE.parent.mkdir()
        rows = "".join(f"{login},{name},{login}@example.org\n" for login, name in names.items())
        (DEFAULT_COURSE.parent / "roster.csv").write_text(f"login,name,email\n{rows}")
        self._write_policy()

    def join(self, login: str) -> "EnrolledStudent":
        """Accept a student's invitation to a repository that was made, and clone it."""
        name = f"{guide.OWNER}/m06-{login}"
        accept_invitation(self.github.repository(name), login)
        return EnrolledStudent(self.github, name, login, self._work / login)

    def revise(self, files: Mapping[str, bytes]) -> None:
        """Commit another version of the handout, with these files."""
        write(Path("assignments/m06_partitioned_logs"), files)
        commit_all(Path())

    def weaken(self, secret: str, permission: str, level: str) -> None:
        """Give a token less of a right than the guide says; an empty level removes the right."""
        described = guide.secrets()[secret]
        rights = {**described.rights, permission: level}
        self.secrets[secret] = self.github.add_token(
            secret.lower(), {described.repositories: rights}
        )

    def run(self, command: str, *, dry_run: bool = False) -> CommandResult:
        """Run a command that must succeed, as `attempt` does."""
        done = self.attempt(command, dry_run=dry_run)
        if done.status:
            pytest.fail(f"{command}: {done.out}{done.err}")
        return done

    def attempt(self, command: str, *, dry_run: bool = False) -> CommandResult:
        """Run a command as the guide says, with the token that it needs.

        Args:
            command: Its name.
            dry_run: Whether to keep the `--dry-run` of the guide.
        """
        arguments = guide.command(command)
        assert not dry_run or "--dry-run" in arguments
        token = self.secrets[guide.secret_of(command)]
        for name, value in self.github.environment(token).items():
            self._autograder.monkeypatch.setenv(name, value)
        return self._autograder(
            *(argument for argument in arguments if dry_run or argument != "--dry-run")
        )

    def pass_days(self, days: float) -> None:
        """Move all dates into the past."""
        self._due -= timedelta(days=days)
        self._extension -= timedelta(days=days)
        self._write_policy()
        self.github.age(days=days)

    def writes(self) -> list[str]:
        """List the requests to GitHub that change something."""
        return [
            f"{request.method} {request.path}" for request in self.github.requests if request.writes
        ]

    def _write_policy(self) -> None:
        DEFAULT_COURSE.write_text(
            POLICY.format(
                due=self._due.isoformat(timespec="seconds"),
                extended=self._extended,
                extension=self._extension.isoformat(timespec="seconds"),
            )
        )


class EnrolledStudent:
    """A student with a clone, and with the access that the guide gives.

    Args:
        github: The stand-in that has the repository.
        name: The repository's name.
        login: The student's login.
        work: The folder for the clone.
    """

    def __init__(self, github: StandIn, name: str, login: str, work: Path) -> None:
        self.github = github
        self.name = name
        self._work = work
        self._url = f"{github.url}/{name}.git"
        access = _ACCESS[collaborators(github.repository(name))[login]]
        self._token = github.add_token(login, {name: access})
        run_git(self._token, "clone", "--quiet", self._url, str(work)).check_returncode()

    def push(self, files: Mapping[str, bytes]) -> str:
        """Commit and push these files; return the commit."""
        for name, content in files.items():
            (self._work / name).parent.mkdir(parents=True, exist_ok=True)
            (self._work / name).write_bytes(content)
        complaint = commit_and_push(self._token, self._work, self._url, "HEAD:main")
        if complaint:
            pytest.fail(complaint)
        head = self.github.repository(self.name).head
        assert head is not None
        return head

    def comments(self, commit: str) -> list[str]:
        """Return the comments on a commit."""
        return self.github.comments(self.name, commit)

    def scores(self, commit: str) -> dict[str, float]:
        """Return the points in a commit's statuses, by checkpoint."""
        return {
            context.removeprefix("grade/"): float(description.split(" / ")[0])
            for context, (_, description) in self.github.statuses(self.name, commit).items()
        }

    @property
    def pull_requests(self) -> int:
        """The number of pull requests."""
        return len(pull_requests(self.github.repository(self.name)))
