"""Tests of which files the student repository holds, and which it must not hold."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from autograder.submission import read_submission
from autograder.tests.student_repository.clone import ASSIGNMENT, COURSE, REPOSITORY, clone

PROJECT = COURSE.assignments.parent
STUDENT_PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
OUR_PROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))


def handed_out() -> list[Path]:
    """List the files of the student repository that are committed or not yet added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [REPOSITORY / name for name in listed.split("\0") if name]


def versions(lines: list[str]) -> dict[str, str]:
    """Read `name==version` from each line, without markers."""
    found = {}
    for line in lines:
        name, _, version = line.partition(";")[0].partition("==")
        found[name.strip()] = version.strip()
    return found


def requirements() -> list[str]:
    """Read the lines of requirements.txt."""
    lines = (REPOSITORY / "requirements.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_no_line_of_a_solution_is_handed_out() -> None:
    """The marks of solutions and the grader's name are not handed out either."""
    texts = {str(path): path.read_text("utf-8") for path in handed_out()}
    solutions = "\n".join(
        path.read_text("utf-8") for path in (COURSE.solutions / ASSIGNMENT.id).glob("*.py")
    )
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", solutions, re.DOTALL)
    long_lines = {
        line.strip() for region in regions for line in region.splitlines() if len(line.strip()) > 40
    }

    leaked = {
        (name, line) for name, text in texts.items() for line in long_lines if f"{line}\n" in text
    }

    assert long_lines
    assert not leaked
    for name, text in texts.items():
        assert "SOLUTION" not in text, name
        assert "autograder" not in text, name


def test_no_text_of_a_hidden_test_is_in_the_checks() -> None:
    """A visible check contains no title, hint or data of a hidden test."""
    checks = "\n".join(path.read_text("utf-8") for path in (REPOSITORY / "checks").glob("*.py"))
    suite = COURSE.suites / ASSIGNMENT.id
    sentences = {
        " ".join(node.value.split()).strip(". ")
        for path in suite.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= 30
    }

    assert sentences
    assert not [sentence for sentence in sentences if sentence in checks]


def test_the_checks_are_not_taken_for_helper_modules(tmp_path: Path) -> None:
    """A submission is read the same with them as without them."""
    with_checks = clone(tmp_path / "with")

    submission = read_submission(with_checks, ASSIGNMENT)

    assert set(submission.files) == set(ASSIGNMENT.files)
    assert not submission.refused


def test_each_checkpoint_has_its_checks() -> None:
    """They are in a file named after the checkpoint."""
    names = {path.stem for path in (REPOSITORY / "checks").glob("test_*.py")}

    assert names >= {f"test_{checkpoint.id}" for checkpoint in ASSIGNMENT.checkpoints}


def test_each_requirement_has_a_check() -> None:
    """A check's title begins with the id of its requirement."""
    handout = (REPOSITORY / "README.md").read_text("utf-8")
    stated = re.findall(r"^\| <a id=\"\w+\"></a>(\w+) \|", handout, re.MULTILINE)
    titles = [
        title
        for path in sorted((REPOSITORY / "checks").glob("test_*.py"))
        for title in re.findall(
            r'^def test_\w+\(.*\):\n    """(.*)"""$', path.read_text("utf-8"), re.MULTILINE
        )
    ]

    checked = {title.partition(":")[0] for title in titles}

    assert len(stated) == 28
    assert checked == set(stated)


def test_students_have_the_versions_that_grade() -> None:
    """The checks use the same versions of boto3 and moto as the grader."""
    ours = versions(
        [
            *OUR_PROJECT["project"]["dependencies"],
            *OUR_PROJECT["dependency-groups"]["dev"],
            *OUR_PROJECT["tool"]["uv"]["constraint-dependencies"],
        ]
    )

    theirs = versions(requirements())

    assert theirs == {name: ours[name] for name in theirs}


def test_uv_and_pip_install_the_same() -> None:
    """pyproject.toml and requirements.txt name the same packages in the same versions."""
    by_uv = versions(
        [
            *STUDENT_PROJECT["project"]["dependencies"],
            *STUDENT_PROJECT["tool"]["uv"]["constraint-dependencies"],
        ]
    )

    by_pip = versions(requirements())

    assert by_pip == by_uv
    assert all(by_pip.values())


def test_no_lock_file_is_handed_out() -> None:
    """It would record download addresses."""
    names = {path.name for path in handed_out()}

    assert "uv.lock" not in names
    assert "uv.lock" in (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()


def test_the_environment_is_the_same_everywhere() -> None:
    """In `.env`, in the dev container, and in the handout's commands."""
    lines = (REPOSITORY / ".env").read_text("utf-8").splitlines()
    environment = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    container = (REPOSITORY / ".devcontainer" / "devcontainer.json").read_text("utf-8")
    handout = (REPOSITORY / "README.md").read_text("utf-8")
    port = environment["AWS_ENDPOINT_URL"].rpartition(":")[2]

    in_container = dict(re.findall(r'"(AWS_\w+)": "([^"]*)"', container))

    assert in_container == environment
    assert f"moto_server -p {port}" in handout
    assert f"moto_server -p {port}" in container


@pytest.mark.parametrize("path", handed_out(), ids=lambda path: path.name)
def test_files_are_text_with_lf_and_utf_8(path: Path) -> None:
    """Then the bytes are the same on every system."""
    content = path.read_bytes()

    assert b"\r" not in content
    assert content.decode("utf-8").endswith("\n")
