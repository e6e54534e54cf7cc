"""A new version of the handout reaches each student as a pull request, and overwrites nothing."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.distribution.leaks import Secrets
from autograder.distribution.per_student import DistributionOutcome, StudentResult
from autograder.distribution.secrets import read_secrets
from autograder.distribution.template import LeakError, update_template
from autograder.distribution.updating import (
    BRANCH,
    UpdatePlan,
    published_handout,
    read_handout,
    update_repositories,
)
from autograder.errors import DistributionError
from autograder.github.client import GitHubClient, GitHubServer
from autograder.github.commits import CommittedFile
from autograder.github.git import Remote
from autograder.gradebook.student import Student
from autograder.policy import Deadline, Policy
from autograder.tests.course.repositories import (
    bare_repository,
    checkout,
    commit_all,
    files_of,
    git,
    write,
)
from autograder.tests.distribution.secrets import ASSIGNMENT, CLASS, COURSE, solution_bodies
from autograder.tests.github_stand_in import Fault, StandIn, pull_requests
from autograder.tests.github_stand_in.git_client import commit_and_push, run_git

TEMPLATE = "course/m06-template"
ADA, BOB = Student(id="ada", login="ada"), Student(id="bob", login="bob")
NAME = "course/m06-ada"
POLICY = Policy(
    organization="course",
    repository="m06-{login}",
    timezone="UTC",
    deadline=Deadline(at=datetime(2026, 12, 1, 23, tzinfo=UTC)),
)
RIGHTS = {"contents": "write", "pull_requests": "write", "workflows": "write"}
WORKFLOW = ".github/workflows/more.yml"
FIRST = {"README.md": b"first\nline\n", "reader.py": b"stub = 1\n"}


class Handouts:
    """Versions of a handout in a template, and students' repositories made from it."""

    def __init__(self, github: StandIn) -> None:
        self.github = github
        self._files = dict(FIRST)
        self.server = self.server_with(RIGHTS)
        github.add_repository(TEMPLATE)
        self.publish({})

    def server_with(self, rights: Mapping[str, str]) -> GitHubServer:
        """Return the server for a token with these rights."""
        token = self.github.add_token("staff", {"course/*": rights})
        return GitHubServer.from_environment(self.github.environment(token))

    def publish(self, files: Mapping[str, bytes]) -> None:
        """Add or change files of the handout, and publish it."""
        self._files |= files
        self.github.push(TEMPLATE, self._files)

    def hand_out(self, *students: Student) -> None:
        """Make students' repositories as they are made from the template."""
        for student in students:
            made = self.github.add_repository(f"course/m06-{student.id}")
            made.commit(self.github.repository(TEMPLATE).files(), "main")

    def update(self, *students: Student, dry_run: bool = False) -> tuple[StudentResult, ...]:
        """Offer the handout to students."""
        files = {name: CommittedFile(content) for name, content in self._files.items()}
        template = Remote(str(self.github.repository(TEMPLATE).folder))
        handout = published_handout(ASSIGNMENT, files, "0123456789ab", template)
        plan = UpdatePlan(handout, POLICY, dry_run)
        with GitHubClient(self.server, sleep=lambda _: None) as github:
            return tuple(update_repositories(plan, students, github))

    def outcome(self, student: Student = ADA) -> DistributionOutcome:
        """Offer the handout to a student, and return the outcome."""
        (done,) = self.update(student)
        return done.outcome


@pytest.fixture
def handouts(tmp_path: Path) -> Iterator[Handouts]:
    """Publish a handout, and give it to two students."""
    with StandIn(tmp_path / "github") as github:
        made = Handouts(github)
        made.hand_out(ADA, BOB)
        yield made


@pytest.fixture
def work(handouts: Handouts, tmp_path: Path) -> "Clone":
    """Return the clone of a student."""
    return Clone(handouts.github, tmp_path / "clone")


class Clone:
    """A student's clone of `NAME`."""

    def __init__(self, github: StandIn, folder: Path) -> None:
        self.folder = folder
        self._token = github.add_token("ada", {NAME: "write"})
        self._url = f"{github.url}/{NAME}.git"
        self.git("clone", "--quiet", self._url, str(folder), inside=False)

    def git(self, *arguments: str, inside: bool = True) -> str:
        """Run git as the student."""
        done = run_git(self._token, *arguments, folder=self.folder if inside else None)
        done.check_returncode()
        return done.stdout

    def push(self, files: Mapping[str, bytes], target: str = "main") -> None:
        """Commit and push files."""
        write(self.folder, files)
        assert commit_and_push(self._token, self.folder, self._url, f"HEAD:{target}") == ""

    def merge(self, *options: str) -> None:
        """Merge the pull request, as the button on GitHub does, and push."""
        self.git("fetch", "--quiet", "origin")
        self.git("merge", "--quiet", "-m", "merged", *options, f"origin/{BRANCH}")
        self.push({})


def writes(github: StandIn) -> list[str]:
    """List the requests that change something."""
    return [f"{request.method} {request.path}" for request in github.requests if request.writes]


def test_an_update_is_a_pull_request_that_changes_what_the_handout_changed(
    handouts: Handouts, work: Clone
) -> None:
    """The student's own commits stay as they are, also in a file that the handout changed."""
    readme = FIRST["README.md"]
    work.push({"reader.py": b"mine\n", "notes.txt": b"notes\n", "README.md": readme + b"mine\n"})
    head = handouts.github.repository(NAME).head
    handouts.publish({"README.md": b"New!\n" + readme, WORKFLOW: b"on: push\n"})

    done = handouts.update(ADA, BOB)

    assert [result.outcome for result in done] == [DistributionOutcome.OFFERED] * 2
    assert done[0].note == f"{handouts.github.url}/{NAME}/pull/1"
    repository = handouts.github.repository(NAME)
    (request,) = pull_requests(repository)
    assert (request["head"]["ref"], request["base"]["ref"]) == (BRANCH, "main")
    assert "Your own changes stay" in request["body"]
    assert repository.head == head
    changed = git(repository.folder, "diff", "--name-only", f"main...{BRANCH}").splitlines()
    assert changed == [WORKFLOW, "README.md"]
    work.merge()
    merged = files_of(repository.folder)
    assert merged["reader.py"] == b"mine\n"
    assert merged["README.md"] == b"New!\n" + readme + b"mine\n"
    assert merged["notes.txt"] == b"notes\n"
    assert merged[WORKFLOW] == b"on: push\n"


def test_both_changed_the_same_line_is_a_conflict(handouts: Handouts, work: Clone) -> None:
    """Git finds it, so that the student decides."""
    work.push({"README.md": b"mine\n"})
    handouts.publish({"README.md": b"ours\n"})

    handouts.update(ADA)

    folder = handouts.github.repository(NAME).folder
    assert files_of(folder)["README.md"] == b"mine\n"
    work.git("fetch", "--quiet", "origin")
    with pytest.raises(Exception, match="returned non-zero exit status 1"):
        work.git("merge", f"origin/{BRANCH}")


def test_nothing_is_done_for_a_student_with_the_newest_handout(handouts: Handouts) -> None:
    """Whatever else the student changed."""
    handouts.github.push(NAME, {"writer.py": b"everything else is deleted\n"})
    handouts.github.requests.clear()

    assert handouts.outcome(ADA) is DistributionOutcome.CURRENT
    assert handouts.outcome(BOB) is DistributionOutcome.CURRENT
    assert writes(handouts.github) == []


def test_updating_again_changes_nothing(handouts: Handouts) -> None:
    """It adds neither a commit nor a second pull request."""
    handouts.publish({"README.md": b"second\n"})
    handouts.update(ADA)
    handouts.github.requests.clear()

    assert handouts.outcome() is DistributionOutcome.OFFERED_BEFORE
    assert writes(handouts.github) == []


def test_a_second_update_moves_the_same_pull_request(handouts: Handouts, work: Clone) -> None:
    """And brings what the first one brought."""
    handouts.publish({"README.md": b"second\n"})
    handouts.update(ADA)
    handouts.publish({"README.md": b"third\n", "more.txt": b"more\n"})
    work.push({"notes.txt": b"notes\n"})

    assert handouts.outcome() is DistributionOutcome.MOVED
    assert handouts.outcome() is DistributionOutcome.OFFERED_BEFORE
    repository = handouts.github.repository(NAME)
    assert len(pull_requests(repository)) == 1
    work.merge()
    assert files_of(repository.folder)["README.md"] == b"third\n"
    assert files_of(repository.folder)["notes.txt"] == b"notes\n"
    assert handouts.outcome() is DistributionOutcome.CURRENT


@pytest.mark.parametrize("branch", ["kept", "deleted"])
@pytest.mark.parametrize("how", ["merge", "squash", "closed"])
def test_an_update_after_the_first_is_another_pull_request(
    handouts: Handouts, work: Clone, how: str, branch: str
) -> None:
    """A version that the student merged or closed is not offered again; the next version is."""
    repository = handouts.github.repository(NAME)
    work.push({"reader.py": b"mine\n"})
    handouts.publish({"README.md": b"second\n"})
    handouts.update(ADA)
    if how == "merge":
        work.merge("--no-ff")
    elif how == "squash":
        work.merge("--squash")
    pull_requests(repository)[0]["state"] = "closed"
    if branch == "deleted":
        git(repository.folder, "branch", "-D", BRANCH)

    again = handouts.outcome()
    handouts.publish({"README.md": b"second\n", "more.txt": b"third\n"})
    third = handouts.outcome()

    before = DistributionOutcome.OFFERED_BEFORE if how == "closed" else DistributionOutcome.CURRENT
    assert (again, third) == (before, DistributionOutcome.OFFERED)
    assert len(pull_requests(repository)) == 2
    work.merge("--no-ff")
    merged = files_of(repository.folder)
    assert (merged["README.md"], merged["more.txt"]) == (b"second\n", b"third\n")
    assert merged["reader.py"] == b"mine\n"
    assert handouts.outcome() is DistributionOutcome.CURRENT


def test_commits_of_the_student_on_the_branch_are_never_overwritten(
    handouts: Handouts, work: Clone
) -> None:
    """GitHub's editor for conflicts makes such commits; once they are merged, updates go on."""
    work.push({"README.md": b"mine\n"})
    handouts.publish({"README.md": b"second\n"})
    handouts.update(ADA)
    work.git("fetch", "--quiet", "origin")
    work.git("merge", "--quiet", "-s", "ours", "-m", "resolved", f"origin/{BRANCH}")
    work.push({}, BRANCH)
    resolved = work.git("rev-parse", "HEAD").strip()
    repository = handouts.github.repository(NAME)

    unchanged = handouts.outcome()
    handouts.publish({"README.md": b"third\n"})
    (busy,) = handouts.update(ADA)
    left_alone = repository.heads()[f"refs/heads/{BRANCH}"]
    work.push({})
    pull_requests(repository)[0]["state"] = "closed"
    after = handouts.outcome()

    assert unchanged is DistributionOutcome.OFFERED_BEFORE
    assert (busy.outcome, left_alone) == (DistributionOutcome.FAILED, resolved)
    assert "has commits of the student" in busy.note
    assert after is DistributionOutcome.OFFERED
    assert files_of(repository.folder)["README.md"] == b"mine\n"


def test_a_branch_of_that_name_of_the_student_s_is_never_overwritten(
    handouts: Handouts, work: Clone
) -> None:
    """The student is named, with the reason."""
    work.push({"mine.txt": b"mine\n"}, BRANCH)
    before = handouts.github.repository(NAME).heads()
    handouts.publish({"README.md": b"second\n"})

    (done,) = handouts.update(ADA)

    assert done.outcome is DistributionOutcome.FAILED
    assert handouts.github.repository(NAME).heads() == before


def test_a_dry_run_writes_nothing(handouts: Handouts) -> None:
    """The outcomes say what would be done."""
    handouts.publish({"README.md": b"second\n"})
    handouts.github.requests.clear()

    done = handouts.update(ADA, BOB, dry_run=True)

    assert [result.outcome for result in done] == [DistributionOutcome.TO_OFFER] * 2
    assert writes(handouts.github) == []


def test_an_interrupted_run_can_be_continued(handouts: Handouts) -> None:
    """It may end before or after each request."""
    handouts.publish({"README.md": b"second\n"})
    path = handouts.github
    for after in range(8):
        path.faults = [Fault(NAME, after=after, times=100, status=503, acts=after % 2 == 0)]
        handouts.update(ADA, BOB)
    path.faults = []

    handouts.update(ADA, BOB)

    repository = handouts.github.repository(NAME)
    assert len(pull_requests(repository)) == 1
    assert git(repository.folder, "rev-list", "--count", f"main..{BRANCH}") == "1"


def test_a_failure_does_not_stop_the_others(handouts: Handouts) -> None:
    """Failures are a missing repository, an empty one, and one without any handout."""
    cyd, dan, eve = (Student(id=name, login=name) for name in ("cyd", "dan", "eve"))
    handouts.github.add_repository("course/m06-dan")
    handouts.github.add_repository("course/m06-eve")
    handouts.github.push("course/m06-eve", {"a.txt": b"a\n"})
    handouts.publish({"README.md": b"second\n"})

    done = handouts.update(Student(id="fay"), cyd, dan, eve, BOB)

    assert [result.outcome for result in done] == [
        DistributionOutcome.NO_LOGIN,
        *[DistributionOutcome.FAILED] * 3,
        DistributionOutcome.OFFERED,
    ]
    assert done[2].note == "the repository is still empty"
    assert "no commit in it is a published version" in done[3].note


def test_a_version_that_is_not_published_is_refused(tmp_path: Path) -> None:
    """New students would get another handout than those who are there."""
    course = checkout(tmp_path / "course")
    template = Remote(str(bare_repository(tmp_path / "template.git")))
    update_template(course, ASSIGNMENT, template, Secrets())
    handout = read_handout(course, ASSIGNMENT, template, Secrets())
    (course.assignments / ASSIGNMENT.id / "README.md").write_text("second\n")
    commit_all(course.assignments.parent)

    with pytest.raises(DistributionError, match="run `autograder publish` first"):
        read_handout(course, ASSIGNMENT, template, Secrets())

    assert len(handout.published) == 1


def test_a_leak_is_refused(tmp_path: Path) -> None:
    """By the same search as that of `publish`, before GitHub is asked anything."""
    course = checkout(tmp_path / "course")
    (course.assignments / ASSIGNMENT.id / "notes.md").write_text(next(solution_bodies()))
    commit_all(course.assignments.parent)
    secrets = read_secrets(COURSE, ASSIGNMENT, CLASS)

    with pytest.raises(LeakError, match=r"would leak: notes\.md: a solution in"):
        read_handout(course, ASSIGNMENT, Remote("https://github.invalid/a/b"), secrets)


@pytest.mark.parametrize(
    ("right", "named"),
    [
        ("contents", "needs contents=write"),
        ("pull_requests", "needs pull_requests=write"),
        ("workflows", "`workflow` scope"),
    ],
)
def test_each_right_is_needed_and_named(handouts: Handouts, right: str, named: str) -> None:
    """The next run, with a better token, does what is left."""
    handouts.publish({WORKFLOW: b"on: push\n"})
    good = handouts.server
    handouts.server = handouts.server_with({**RIGHTS, right: "read"})

    (done,) = handouts.update(ADA)
    handouts.server = good

    assert (done.outcome, named in done.note) == (DistributionOutcome.FAILED, True)
    assert handouts.outcome() is DistributionOutcome.OFFERED
