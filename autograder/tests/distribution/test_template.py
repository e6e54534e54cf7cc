"""The template repository gets exactly the files of the assignment's folder."""

from pathlib import Path
from typing import Any

import pytest

from autograder.assignment import Course
from autograder.distribution.secrets import read_secrets
from autograder.distribution.template import update_template
from autograder.errors import DistributionError
from autograder.github.commits import ScratchRepository
from autograder.github.git import Remote
from autograder.tests.course.repositories import (
    bare_repository,
    checkout,
    commit_all,
    files_of,
    git,
    log,
)
from autograder.tests.distribution.secrets import (
    ASSIGNMENT,
    CLASS,
    COURSE,
    solution_bodies,
    student_repository,
)

SECRETS = read_secrets(COURSE, ASSIGNMENT, CLASS)
TOKEN = "secret-token-of-the-test"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Make a checkout with everything committed."""
    return checkout(tmp_path / "course")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Make a template repository with a history."""
    return bare_repository(
        tmp_path / "template.git", {"README.md": b"old\n", "old.txt": b"x"}, {"new.txt": b"y"}
    )


def assignment_folder(course: Course) -> Path:
    """Return the folder that is handed out."""
    return course.assignments / ASSIGNMENT.id


def test_the_template_gets_the_assignments_folder(course: Course, template: Path) -> None:
    """All bytes are the same, and files that the folder no longer has are removed."""
    done = update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert files_of(template) == student_repository()
    assert {"old.txt", "new.txt", "README.md", ".gitattributes"} <= {*done.changed}
    assert done.commit == git(template, "rev-parse", "main")


def test_its_history_is_kept(course: Course, template: Path) -> None:
    """The new commit is on top of the old ones."""
    update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert log(template) == [f"Publish {ASSIGNMENT.id}", "commit 2", "commit 1"]


def test_an_empty_repository_gets_its_first_commit(course: Course, tmp_path: Path) -> None:
    """GitHub makes such a repository if it adds no README."""
    template = bare_repository(tmp_path / "empty.git")

    update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert log(template) == [f"Publish {ASSIGNMENT.id}"]
    assert files_of(template) == student_repository()


def test_the_default_branch_may_have_any_name(course: Course, tmp_path: Path) -> None:
    """Other branches are not changed."""
    template = bare_repository(tmp_path / "template.git", {"a": b"a"}, branch="trunk")

    done = update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert done.branch == "trunk"
    assert git(template, "for-each-ref", "--format=%(refname)") == "refs/heads/trunk"


def test_publishing_again_does_nothing(course: Course, template: Path) -> None:
    """Without a difference, no commit is made."""
    update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)
    before = git(template, "rev-parse", "main")

    again = update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert (again.changed, again.commit) == ((), None)
    assert git(template, "rev-parse", "main") == before


def test_a_dry_run_lists_changes_and_pushes_nothing(course: Course, template: Path) -> None:
    """The template stays at its commit."""
    before = git(template, "rev-parse", "main")

    done = update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS, dry_run=True)

    assert "README.md" in done.changed
    assert done.commit is None
    assert git(template, "rev-parse", "main") == before


def test_modes_are_kept(course: Course, template: Path) -> None:
    """A script that is executable is executable for students, too."""
    script = assignment_folder(course) / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    commit_all(course.assignments.parent)

    update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert git(template, "ls-tree", "main", "run.sh").startswith("100755")


@pytest.mark.parametrize("name", ["ä b.txt", 'quo"te.txt', "back\\slash.txt", "a/b/c d.txt"])
def test_any_name_of_a_file_is_kept(course: Course, template: Path, name: str) -> None:
    """Such as names with blanks, quotes and non-ASCII letters."""
    path = assignment_folder(course) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0\r\n\xff")
    commit_all(course.assignments.parent)

    update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert files_of(template)[name] == b"\0\r\n\xff"


def test_a_leak_is_not_published(course: Course, template: Path) -> None:
    """The error names the file, and the template is unchanged."""
    before = git(template, "rev-parse", "main")
    (assignment_folder(course) / "notes.md").write_text(next(solution_bodies()))
    commit_all(course.assignments.parent)

    with pytest.raises(DistributionError, match=r"would leak: notes\.md: a solution in"):
        update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert git(template, "rev-parse", "main") == before


def test_an_outdated_stub_is_not_published(course: Course, template: Path) -> None:
    """Students would get stubs that no solution fits."""
    (assignment_folder(course) / "compare_with_sqs.py").write_text("old = True\n")
    commit_all(course.assignments.parent)

    with pytest.raises(DistributionError, match="autograder build"):
        update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)


@pytest.mark.parametrize("name", ["README.md", "new_file.txt"])
def test_uncommitted_files_are_not_published(course: Course, template: Path, name: str) -> None:
    """So the course's history has everything that students get."""
    (assignment_folder(course) / name).write_text("changed\n")

    with pytest.raises(DistributionError, match=f"not committed.*{name}"):
        update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)


def test_a_link_is_not_published(course: Course, template: Path) -> None:
    """It could point out of the repository, or to a secret file."""
    (assignment_folder(course) / "link").symlink_to("/etc/passwd")
    commit_all(course.assignments.parent)

    with pytest.raises(DistributionError, match="is a link"):
        update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)


def test_a_branch_that_moved_meanwhile_is_not_overwritten(
    course: Course, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push only moves the branch forward."""
    other = bare_repository(template.with_name("other.git"), {"a": b"another history"})
    make_commit = ScratchRepository.commit

    def commit_while_another_pushes(repository: ScratchRepository, *what: Any, **more: Any) -> str:
        git(template, "fetch", "--quiet", str(other), "+main:main")
        return make_commit(repository, *what, **more)

    monkeypatch.setattr(ScratchRepository, "commit", commit_while_another_pushes)

    with pytest.raises(DistributionError, match="push failed"):
        update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert log(template) == ["commit 1"]


def test_a_missing_repository_is_reported(course: Course, tmp_path: Path) -> None:
    """The error contains git's message."""
    with pytest.raises(DistributionError, match="ls-remote failed"):
        update_template(course, ASSIGNMENT, Remote(str(tmp_path / "none.git")), SECRETS)


def test_hooks_and_settings_of_the_machine_are_ignored(
    course: Course, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as hooks for pushes, conversion of line ends, and a user's name."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-push").chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[core]\nhooksPath = {hooks}\nautocrlf = true\n[user]\nname = Me\nemail = me@example.org\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))

    update_template(course, ASSIGNMENT, Remote(str(template)), SECRETS)

    assert files_of(template) == student_repository()
    assert git(template, "log", "-1", "--format=%an", "main") == "Autograder"


def test_the_token_is_not_an_argument_of_git(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not in an error or the `repr` of a remote, either."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexit 1\n')
    (folder / "git").chmod(0o755)
    remote = Remote("https://github.example/course/template.git", TOKEN)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    with pytest.raises(DistributionError) as caught:
        update_template(course, ASSIGNMENT, remote, SECRETS)

    assert TOKEN not in (tmp_path / "arguments").read_text() + str(caught.value) + repr(remote)
