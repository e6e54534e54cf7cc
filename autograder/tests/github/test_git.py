"""Git runs under the same rules when it reads a commit and when it makes a new commit.

The rules: no hooks, filters, file watchers, templates, links, submodules or Git LFS; limits on
memory, file sizes, output and time, also for git's children and stalled servers; only the server's
protocol, through the machine's proxy; no address or token in a command line; and no malformed or
missing objects.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.errors import AutograderError, DistributionError, GitHubError
from autograder.github.client import GitHubServer
from autograder.github.commits import CommittedFile, scratch_repository
from autograder.github.git import Git, GitError, Remote, environment
from autograder.intake.commits import fetch_submission
from autograder.tests.github_stand_in import GITLINK, StandIn
from autograder.tests.github_stand_in.repositories import File, git
from autograder.tests.gradebook.students import ASSIGNMENT

NAME = "course/m06-ada"
GRADED = "compare_with_sqs.py"
HOSTILE: dict[str, File] = {
    GRADED: "x = 1\n",
    ".gitattributes": "* filter=evil\n*.py filter=lfs\n",
    ".gitmodules": '[submodule "m"]\n\tpath = m\n\turl = http://127.0.0.1:9/m.git\n',
    "m": (GITLINK, "1" * 40),
}

Use = Callable[[GitHubServer, str], None]


def read_commit(server: GitHubServer, commit: str) -> None:
    """Read a commit as a submission."""
    fetch_submission(server, NAME, commit, ASSIGNMENT)


def make_commit(server: GitHubServer, commit: str) -> None:
    """Put a new commit on top of a commit."""
    with scratch_repository(server.remote(NAME)) as repository:
        repository.branches()
        repository.fetch(commit)
        made = repository.commit(commit, {GRADED: CommittedFile(b"x = 2\n")}, "more\n")
        assert repository.changes(commit, made) == (GRADED,)
        repository.push(made, "made")


both = pytest.mark.parametrize("use", [read_commit, make_commit])


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a stand-in with a repository."""
    with StandIn(tmp_path / "github") as made:
        made.add_repository(NAME)
        yield made


@pytest.fixture
def server(github: StandIn) -> GitHubServer:
    """Return the server, with a token that may write."""
    token = github.add_token("grader", {NAME: "write"})
    return GitHubServer.from_environment(github.environment(token))


def wrap_git(folder: Path, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `git` on the PATH that runs a command before the real git."""
    folder.mkdir()
    real = shutil.which("git")
    ours = '[ -n "$GIT_ALLOW_PROTOCOL" ]'  # the stand-in's own git has none
    (folder / "git").write_text(f'#!/bin/sh\n{ours} && {{ {before}; }}\nexec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@both
def test_nothing_of_a_repository_or_of_the_machine_is_run(
    github: StandIn,
    server: GitHubServer,
    use: Use,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hooks, filters, templates, file watchers, submodules and configurations are ignored."""
    ran = tmp_path / "ran"
    home = tmp_path / "home"
    (home / "hooks").mkdir(parents=True)
    for hook in ("post-checkout", "reference-transaction", "pre-push", "pre-auto-gc"):
        (home / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (home / "hooks" / hook).chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[filter "evil"]\n\tsmudge = touch {ran}\n\tclean = touch {ran}\n'
        f"[core]\n\thooksPath = {home}/hooks\n\tfsmonitor = touch {ran}\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(home))
    monkeypatch.setenv("GIT_DIR", str(home))
    sha = github.push(NAME, HOSTILE)

    use(server, sha)

    assert not ran.exists()
    assert {request.path.rpartition(".git/")[2] for request in github.requests} <= {
        "info/refs",
        "git-upload-pack",
        "git-receive-pack",
    }


@both
def test_neither_token_nor_repository_is_in_a_command_line(
    github: StandIn,
    server: GitHubServer,
    use: Use,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All users of a machine can read command lines."""
    seen = tmp_path / "seen"
    record = f'tr "\\0" " " < /proc/$PPID/cmdline >> {seen}; tr "\\0" " " < /proc/$$/cmdline'
    wrap_git(tmp_path / "bin", f"{record} >> {seen}", monkeypatch)

    use(server, github.push(NAME, {GRADED: "x = 1\n"}))

    text = seen.read_text()
    assert "fetch" in text
    assert not any(word in text for word in (server.token, "uthorization", "m06-ada", server.url))


@both
def test_each_command_is_limited_and_has_a_separate_session(
    github: StandIn,
    server: GitHubServer,
    use: Use,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory and the size of written files are limited."""
    seen = tmp_path / "seen"
    record = "$(ulimit -v) $(ulimit -f) $(($$ - $(cut -d' ' -f6 /proc/$$/stat)))"
    wrap_git(tmp_path / "bin", f'echo "{record} $1" >> {seen}', monkeypatch)

    use(server, github.push(NAME, {GRADED: "x = 1\n"}))

    limits = {tuple(line.split()[:3]) for line in seen.read_text().splitlines()}
    assert limits == {(str(4 << 20), str((256 << 20) >> 9), "0")}


@both
def test_a_git_that_does_not_end_is_ended_with_its_children(
    github: StandIn,
    server: GitHubServer,
    use: Use,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A child that keeps the output open does not make us wait."""
    sha = github.push(NAME, {GRADED: "x = 1\n"})
    wait = '[ "$1" != fetch ] || { tail -f /dev/null & exec tail -f /dev/null; }'
    wrap_git(tmp_path / "bin", wait, monkeypatch)
    monkeypatch.setattr("autograder.github.git.SERVER_SECONDS", 0.5)

    with pytest.raises(GitHubError, match="git fetch took too long"):
        use(server, sha)


@both
def test_a_proxy_of_the_machine_is_used(
    github: StandIn, server: GitHubServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy of this test refuses connections, so git fails."""
    sha = github.push(NAME, {GRADED: "x = 1\n"})
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    with pytest.raises(AutograderError):
        use(server, sha)

    assert not github.requests


def commit_object(github: StandIn, author: str, name: str = GRADED) -> str:
    """Make a commit that git's commands would refuse to make, and push it."""
    folder = github.repository(NAME).folder
    github.push(NAME, {GRADED: "x = 1\n"})
    blob = git("hash-object", "-w", "--stdin", folder=folder, given=b"x = 1\n")
    raw = f"100644 {name}".encode() + b"\0" + bytes.fromhex(blob)
    hashed = ("hash-object", "-w", "--literally", "--stdin", "-t")
    tree = git(*hashed, "tree", folder=folder, given=raw)
    text = f"tree {tree}\nauthor {author}\ncommitter {author}\n\n.\n"
    commit = git(*hashed, "commit", folder=folder, given=text.encode())
    git("update-ref", "refs/heads/main", commit, folder=folder)
    return commit


@both
def test_malformed_objects_are_refused(github: StandIn, server: GitHubServer, use: Use) -> None:
    """A file `..`, for example, could make git write elsewhere."""
    commit = commit_object(github, "A <a@b.c> 0 +0000", "..")

    with pytest.raises((GitHubError, DistributionError)) as caught:
        use(server, commit)

    assert "malformed" in str(caught.value) or "fsck" in str(caught.value)


@both
@pytest.mark.parametrize("author", ["A <a@b.c> 0 +051800", "<a@b.c> 0 +0000", "A a@b.c> 0 +0000"])
def test_a_commit_with_headers_of_old_tools_is_accepted(
    github: StandIn, server: GitHubServer, use: Use, author: str
) -> None:
    """A student would not know what to change."""
    use(server, commit_object(github, author))


def test_only_the_protocol_of_the_server_is_allowed() -> None:
    """Git could otherwise be made to fetch from elsewhere."""
    remote = Remote("https://github.example/course/m06-ada.git", "secret")
    folder = Remote("/tmp/template.git", "secret")

    assert environment(remote, "fetch")["GIT_ALLOW_PROTOCOL"] == "https"
    assert environment(folder, "fetch")["GIT_ALLOW_PROTOCOL"] == "file"
    assert environment(remote, "fsck")["GIT_ALLOW_PROTOCOL"] == "none"
    assert environment(None, "fetch")["GIT_ALLOW_PROTOCOL"] == "none"
    assert "secret" not in repr(remote)


def test_a_token_is_sent_to_its_own_server_alone() -> None:
    """A folder does not need a token."""
    remote = environment(Remote("https://github.example/x.git", "secret"), "fetch")
    folder = environment(Remote("/tmp/template.git", "secret"), "fetch")

    headers = [value for value in remote.values() if value.endswith(".extraHeader")]
    assert headers == ["http.https://github.example/.extraHeader"]
    assert not any("extraHeader" in value for value in folder.values())


def test_output_beyond_the_limit_ends_git(github: StandIn) -> None:
    """Git is stopped as soon as it prints more than the limit."""
    sha = github.push(NAME, {GRADED: "x" * 1_000_000})
    runner = Git(github.repository(NAME).folder)

    assert runner.read("cat-file", "blob", f"{sha}:{GRADED}", most=10) == b"x" * 10
    assert runner.read("cat-file", "blob", f"{sha}:none", most=10) is None


def test_a_file_beyond_the_limit_has_a_separate_error(github: StandIn, tmp_path: Path) -> None:
    """The student can fix this error."""
    sha = github.push(NAME, {"large.bin": os.urandom(100_000)})
    (tmp_path / "scratch").mkdir()
    source = Remote(str(github.repository(NAME).folder))
    runner = Git.init(tmp_path / "scratch", source, most_bytes=10_000)

    with pytest.raises(GitError) as caught:
        runner.fetch(sha, below=1_000_000)

    assert caught.value.is_too_large
    assert str(caught.value) == "git fetch failed"


def test_a_machine_without_git_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(GitHubError, match="git is not installed"):
        Git(tmp_path).run("status")
