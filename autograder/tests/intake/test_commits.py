"""Which files are read from a commit, and that nothing in a commit is run, followed or written."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.admission import MAX_FILE_BYTES, MAX_NOTEBOOK_BYTES, MAX_NOTES
from autograder.errors import GitHubError
from autograder.github.client import GitHubServer
from autograder.github.git import Git
from autograder.intake.commits import CommitFiles, fetch_submission
from autograder.submission import Submission, read_source, read_submission
from autograder.tests.github_stand_in import GITLINK, LINK, StandIn
from autograder.tests.github_stand_in.repositories import File, git
from autograder.tests.gradebook.students import ASSIGNMENT
from autograder.tests.processor_time import processor_seconds

NAME = "course/m06-ada"
WRITER, READER, BROKERS = "kinesis_multi_shard.py", "kinesis_read_shards.py", "compare_with_sqs.py"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[StandIn]:
    """Run a stand-in with a repository."""
    with StandIn(tmp_path / "github") as made:
        made.add_repository(NAME)
        yield made


def fetch(github: StandIn, sha: str, name: str = NAME, **more: int) -> Submission:
    """Fetch with a token that may read the repository."""
    token = github.add_token("grader", {NAME: "read"})
    return fetch_submission(
        GitHubServer.from_environment(github.environment(token)), name, sha, ASSIGNMENT, **more
    )


def test_a_commit_is_read_as_a_folder_is(github: StandIn, tmp_path: Path) -> None:
    """Files and digest are the same, and the submission has the commit's hash."""
    files = {
        WRITER: "x = 1\n",
        "helper.py": "y = 2\r\n",
        "parts/__init__.py": "",
        "parts/inner.py": "z = 3\n",
        "loose/none.py": "",
        "notes.txt": "none",
    }
    for name, text in files.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    sha = github.push(NAME, files)

    submission = fetch(github, sha)

    folder = read_submission(tmp_path / "folder", ASSIGNMENT)
    assert submission.files == folder.files
    assert (submission.digest, submission.commit) == (folder.digest, sha)


def test_a_commit_that_is_no_longer_a_head_can_be_fetched(github: StandIn) -> None:
    """It can be fetched as long as GitHub has it."""
    sha = github.push(NAME, {WRITER: "x = 1\n"})
    github.push(NAME, {WRITER: "x = 2\n"}, force=True)

    submission = fetch(github, sha)

    assert submission.files == {WRITER: b"x = 1\n"}


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n"


@pytest.mark.parametrize(
    ("files", "taken", "said"),
    [
        pytest.param({"Compare_With_SQS.py": "x = 2\n"}, ["Compare_With_SQS.py"], "", id="case"),
        pytest.param({"helpers/paging.py": ""}, ["helpers/paging.py"], "", id="namespace package"),
        pytest.param({".gitattributes": "* text=auto\n"}, [], "", id="ends of lines"),
        pytest.param({"util.py": POINTER}, [], "util.py is left out: it is a pointer", id="LFS"),
        pytest.param(
            {"shared.py": (LINK, "../x.py")}, [], "shared.py is left out: it is a link", id="link"
        ),
    ],
)
def test_odd_files_beside_a_graded_file_cost_nothing(
    github: StandIn, files: dict[str, File], taken: list[str], said: str
) -> None:
    """It is read as it was committed; what is left out is noted."""
    submission = fetch(github, github.push(NAME, {BROKERS: "x = 1\r\n", **files}))

    assert sorted(submission.files) == sorted([BROKERS, *taken])
    assert submission.files[BROKERS] == b"x = 1\r\n"
    assert submission.refused == ()
    assert said in "".join(submission.notes)
    assert bool(said) == bool(submission.notes)


@pytest.mark.parametrize("folder", ["m06", "src"])
def test_work_in_a_folder_is_pointed_at(github: StandIn, folder: str) -> None:
    """The graded file is missing, and the student reads where it is."""
    files = {f"{folder}/__init__.py": "", f"{folder}/{BROKERS}": "x = 1\n"}

    submission = fetch(github, github.push(NAME, files))

    assert f"there is {folder}/{BROKERS}: move it" in submission.missing[BROKERS]


def test_anything_but_a_plain_file_is_refused(github: StandIn) -> None:
    """Such as a link, submodule, folder, Git LFS pointer or giant file."""
    sha = github.push(
        NAME,
        {
            "linked.py": (LINK, "/etc/passwd"),
            WRITER: (GITLINK, "1" * 40),
            f"{READER}/x": "",
            BROKERS: random.Random(1).randbytes(MAX_FILE_BYTES + 1),
            "concepts.ipynb": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        },
    )

    submission = fetch(github, sha)

    assert submission.files == {}
    assert {refusal.file: refusal.reason.split(":")[0] for refusal in submission.refused} == {
        WRITER: "it is a submodule",
        READER: "it is not a plain file",
        BROKERS: "it is larger than 1 MiB",
        "concepts.ipynb": "it is a pointer of Git LFS",
    }
    assert submission.notes == (
        "linked.py is left out: it is a link or a submodule, or you may not read it",
    )


def test_the_largest_file_that_is_allowed_is_read(github: StandIn) -> None:
    """To the byte."""
    content = random.Random(1).randbytes(MAX_FILE_BYTES)
    sha = github.push(NAME, {BROKERS: content})

    submission = fetch(github, sha)

    assert submission.files == {BROKERS: content}


def test_giants_next_to_the_graded_files_are_not_fetched(github: StandIn) -> None:
    """The request asks the server to leave them out."""
    content = random.Random(1).randbytes(MAX_NOTEBOOK_BYTES + 1)
    sha = github.push(NAME, {BROKERS: "x = 1\n", "video.mp4": content})

    submission = fetch(github, sha, most_bytes=MAX_FILE_BYTES)

    assert submission.files == {BROKERS: b"x = 1\n"}
    assert submission.refused == ()


def test_large_files_are_left_out_if_the_repository_is_too_large(
    github: StandIn,
) -> None:
    """A large notebook is then refused, but the code is graded."""
    noise = random.Random(1)
    files: dict[str, str | bytes] = {
        f"{name}.csv": noise.randbytes(2 * MAX_FILE_BYTES) for name in range(3)
    }
    notebook = noise.randbytes(MAX_FILE_BYTES + 1)
    sha = github.push(NAME, {BROKERS: "x = 1\n", "concepts.ipynb": notebook, **files})

    submission = fetch(github, sha, most_bytes=4 * MAX_FILE_BYTES)

    assert submission.files == {BROKERS: b"x = 1\n"}
    assert submission.refusal_for(("concepts.ipynb",)) == (
        "concepts.ipynb cannot be graded: it is larger than 1 MiB."
    )


def test_a_repository_that_is_too_large_as_a_whole_is_refused(github: StandIn) -> None:
    """The student must fix it; it is not an error of the grader."""
    noise = random.Random(1)
    files: dict[str, str | bytes] = {
        f"{number}.bin": noise.randbytes(500_000) for number in range(4)
    }
    sha = github.push(NAME, {BROKERS: "x = 1\n", **files})

    submission = fetch(github, sha, most_bytes=MAX_FILE_BYTES)

    assert submission.refusal_for((BROKERS,)) == (
        f"{BROKERS} cannot be graded: the repository is larger than 1 MiB: "
        "take out what is not needed."
    )


def test_nothing_of_a_repository_is_run(
    github: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filters in attributes, hooks, submodules and configurations have no effect."""
    ran = tmp_path / "ran"
    home = tmp_path / "home"
    (home / "hooks").mkdir(parents=True)
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        (home / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (home / "hooks" / hook).chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[filter "evil"]\n\tsmudge = touch {ran}\n\tclean = touch {ran}\n'
        f"[core]\n\thooksPath = {home}/hooks\n\tfsmonitor = touch {ran}\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(home))
    sha = github.push(
        NAME,
        {
            BROKERS: "x = 1\n",
            ".gitattributes": "* filter=evil\n*.py filter=lfs\n",
            ".gitmodules": f'[submodule "m"]\n\tpath = m\n\turl = {github.url}/{NAME}.git\n',
            ".lfsconfig": f"[lfs]\n\turl = {github.url}/lfs\n",
            "m": (GITLINK, "1" * 40),
        },
    )

    submission = fetch(github, sha)

    assert submission.files == {BROKERS: b"x = 1\n"}
    assert not ran.exists()
    assert {request.path.rpartition(".git/")[2] for request in github.requests} == {
        "info/refs",
        "git-upload-pack",
    }


def test_neither_token_nor_repository_is_in_a_command_line(
    github: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All users of a machine can read command lines."""
    seen = tmp_path / "seen"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = next(
        path
        for folder in os.environ["PATH"].split(os.pathsep)
        if (path := Path(folder) / "git").exists()
    )
    wrapper.write_text(
        f'#!/bin/sh\ntr "\\0" " " < /proc/$PPID/cmdline >> {seen}\n'
        f'tr "\\0" " " < /proc/$$/cmdline >> {seen}\nexec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    sha = github.push(NAME, {BROKERS: "x = 1\n"})
    token = github.add_token("grader", {NAME: "read"})
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")

    fetch_submission(
        GitHubServer.from_environment(github.environment(token)), NAME, sha, ASSIGNMENT
    )

    text = seen.read_text()
    assert "fetch" in text
    assert not any(word in text for word in (token, "Authorization", "m06-ada"))


@pytest.mark.parametrize(
    ("name", "sha", "message"),
    [
        (NAME, "1" * 40, "does not have it any more"),
        ("course/m06-eve", None, "the token may not read it"),
        ("course/none", None, "the token may not read it"),
    ],
)
def test_a_failed_fetch_is_reported_without_names(
    github: StandIn, name: str, sha: str | None, message: str
) -> None:
    """The report is one line, and says what to do if possible."""
    github.add_repository("course/m06-eve")
    made = github.push("course/m06-eve", {BROKERS: ""})
    github.push(NAME, {BROKERS: ""})

    with pytest.raises(GitHubError, match=message) as caught:
        fetch(github, sha or made, name)

    assert not any(word in str(caught.value) for word in ("ada", "eve", "ghp_", "\n"))


def test_names_that_no_disk_holds_are_ignored_with_a_note(github: StandIn) -> None:
    """They do not cost points; the limit is in bytes."""
    longest = f"{'é' * 124}1.ipynb"  # 255 bytes, and the module has 256
    sha = github.push(
        NAME,
        {
            BROKERS: "x = 1\n",
            f"{'é' * 126}1.py": "",
            f"{'p' * 256}/__init__.py": "",
            longest: "{}",
        },
    )

    submission = fetch(github, sha)

    assert submission.files == {BROKERS: b"x = 1\n"}
    assert submission.refusal_for((BROKERS,)) is None
    assert submission.notes == (
        f"'{'p' * 100}'... is left out: its name is longer than 255 bytes",
        f"'{'é' * 100}'... is left out: its name is longer than 255 bytes",
    )
    assert repr(longest[:100]) in submission.missing["concepts.ipynb"]


@pytest.mark.parametrize(
    ("hostile", "notes"),
    [
        ([f"{number:04}{'concepts.' * 27}.ipynb" for number in range(4900)], 0),
        ([f"{number:04}{'concepts.' * 40}.ipynb" for number in range(4900)], MAX_NOTES + 1),
        ([f"{'concepts.ipynb' * 150_000}.ipynb"], 1),
    ],
    ids=["long", "too-long", "one-of-two-megabytes"],
)
def test_a_commit_with_hostile_names_takes_little_time(
    github: StandIn, hostile: list[str], notes: int
) -> None:
    """The time is at most about that of ten plain commits with as many files."""
    folder = github.repository(NAME).folder
    plain = commit_of([f"{number:04}.txt" for number in range(4900)], folder)
    long = commit_of(hostile, folder)

    def seconds(sha: str) -> float:
        return processor_seconds(
            lambda: read_source(CommitFiles(Git(folder), sha), ASSIGNMENT, sha)
        )

    allowed = 10 * seconds(plain)

    assert seconds(long) < allowed
    assert len(read_source(CommitFiles(Git(folder), long), ASSIGNMENT).notes) == notes


def commit_of(names: list[str], folder: Path) -> str:
    """Commit empty files, with names that `git fast-import` would cut."""
    blob = git("hash-object", "-w", "--stdin", folder=folder, given=b"")
    entries = "".join(f"100644 blob {blob}\t{name}\0" for name in names)
    tree = git("mktree", "-z", folder=folder, given=entries.encode())
    who = f"tree {tree}\nauthor A <a@b.c> 0 +0000\ncommitter A <a@b.c> 0 +0000\n\n.\n"
    commit = ("hash-object", "-w", "-t", "commit", "--stdin")
    return git(*commit, folder=folder, given=who.encode())


def test_graded_files_are_found_in_a_commit_with_more_files_than_are_listed(
    github: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Graded files are looked up by name."""
    monkeypatch.setattr("autograder.admission.MAX_ENTRIES", 2)
    monkeypatch.setattr("autograder.intake.commits.MAX_ENTRIES", 2)
    sha = github.push(NAME, {"a.txt": "", "b.txt": "", BROKERS: "x = 1\n", WRITER: "x = 2\n"})

    submission = fetch(github, sha)

    assert submission.files == {BROKERS: b"x = 1\n", WRITER: b"x = 2\n"}
    assert submission.notes == ("the folder has too many files: the first 2 are looked at",)


def test_a_commit_that_takes_too_long_to_read_is_reported_in_one_line(
    github: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is like a failed fetch, so other students are still graded."""
    monkeypatch.setattr("autograder.admission.READ_SECONDS", 0.0)
    sha = github.push(NAME, {BROKERS: "x = 1\n"})

    with pytest.raises(GitHubError, match="takes more than 0 seconds"):
        fetch(github, sha)


def test_a_git_that_does_not_end_is_ended(
    github: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A student can make a commit that git takes long to read."""
    sha = github.push(NAME, {BROKERS: "x = 1\n"})
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    wrapper.chmod(0o755)
    files = CommitFiles(Git(github.repository(NAME).folder), sha)
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("autograder.github.git.LOCAL_SECONDS", 0.1)

    with pytest.raises(GitHubError, match="took too long"):
        files.read(BROKERS, MAX_FILE_BYTES)
