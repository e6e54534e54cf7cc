"""Documents are right: each link leads somewhere, and each command exists."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import typer
from typer.exceptions import TyperException

from autograder.cli.app import app
from autograder.tests.docs.documents import (
    DOCUMENTS,
    PROJECT,
    Command,
    anchors_in,
    commands_in,
    links_in,
    name_of,
    paths_named_in,
)

COMMANDS = [command for document in DOCUMENTS for command in commands_in(document)]
OURS = [command for command in COMMANDS if "autograder" in command.words()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_each_link_leads_somewhere(document: Path) -> None:
    """It leads to a file or folder of this project, and to an existing heading."""
    dead = [target for target in links_in(document) if not leads_somewhere(document, target)]

    assert dead == []


def leads_somewhere(document: Path, target: str) -> bool:
    """Return whether a link's target exists; addresses of other servers are not requested."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return parts.scheme in ("https", "mailto")
    path = (document.parent / unquote(parts.path)).resolve() if parts.path else document
    if not path.exists() or not path.is_relative_to(PROJECT):
        return False
    return not parts.fragment or parts.fragment in anchors_in(path)


@pytest.mark.parametrize("command", OURS, ids=lambda command: command.line)
def test_each_command_exists(command: Command) -> None:
    """Its options and arguments exist, too; nothing is run."""
    words = command.words()
    arguments = words[words.index("autograder") + 1 :]

    parse(arguments)


def parse(arguments: list[str]) -> None:
    """Parse arguments as the command line does, down to the last subcommand.

    Raises:
        TyperException: An option is unknown, or an argument is missing.
        KeyError: The command is unknown.
    """
    command: Any = typer.main.get_command(app)
    rest = arguments
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        command, rest = command.commands[rest[0]], rest[1:]
    if rest not in (["--help"], ["--version"]):
        command.make_context("autograder", rest)


@pytest.mark.parametrize("line", ["grade", "nope", "grade a --format zip", "gradebook sync --nope"])
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    """Otherwise the test above would prove nothing."""
    with pytest.raises((TyperException, KeyError)):
        parse(line.split())


def test_the_readme_is_short() -> None:
    """It has at most 100 lines, and links to the other documents."""
    lines = (PROJECT / "README.md").read_text("utf-8").splitlines()

    assert len(lines) <= 100


def test_each_document_can_be_reached_from_the_readme() -> None:
    """Links lead to each document, so readers can find it."""
    reached: set[Path] = set()
    to_follow = [PROJECT / "README.md"]
    while to_follow:
        document = to_follow.pop()
        if document in reached:
            continue
        reached.add(document)
        paths = (urlsplit(target).path for target in links_in(document) if "://" not in target)
        to_follow += [(document.parent / path).resolve() for path in paths if path.endswith(".md")]

    handouts = set(PROJECT.glob("assignments/*/README.md"))  # students have them
    assert set(DOCUMENTS) - handouts - reached == set()


def test_the_files_that_documents_name_exist() -> None:
    """Paths in code spans, relative to the project or to the package.

    Students make `test_rehearsed.py` themselves.
    """
    missing = [
        f"{name_of(document)}: {path}"
        for document in DOCUMENTS
        for path in paths_named_in(document)
        if not re.search("ID/|m07_|CHECKPOINT|test_rehearsed", path)
        and not any((root / path).exists() for root in (PROJECT, PROJECT / "autograder"))
    ]

    assert missing == []


def test_the_files_and_names_on_the_architecture_page_exist() -> None:
    """A name in brackets after a file is a function, class or constant that the file defines."""
    package = PROJECT / "autograder"
    text = (package / "docs" / "maintainers" / "architecture.md").read_text("utf-8")
    named = re.findall(r"`([\w./]+\.(?:py|jinja|j2|css))`(?: \(((?:`\w+`(?:, )?)+)\))?", text)

    missing = [path for path, _ in named if not (package / path).is_file()]
    undefined = [
        f"{path}: {name}"
        for path, names in named
        for name in re.findall(r"\w+", names)
        if path not in missing
        and not re.search(
            rf"(?m)(def|class) {name}\b|^{name} = ", (package / path).read_text("utf-8")
        )
    ]

    assert (missing, undefined) == ([], [])


def commands_of_the_help() -> Iterator[Any]:
    """Yield all commands, those of groups too."""
    to_visit: list[Any] = [typer.main.get_command(app)]
    while to_visit:
        command = to_visit.pop()
        if hasattr(command, "commands"):
            to_visit += command.commands.values()
        else:
            yield command


@pytest.mark.parametrize("command", list(commands_of_the_help()), ids=lambda command: command.name)
def test_the_help_of_each_command_ends_with_an_example_that_exists(command: Any) -> None:
    """The example is of this command, with options that it has."""
    words = shlex.split(command.epilog.removeprefix("Example: `autograder ").removesuffix("`"))

    assert command.name in words
    parse(words)


def test_the_reference_of_commands_is_up_to_date(tmp_path: Path) -> None:
    """CONTRIBUTING says how to renew it."""
    made = tmp_path / "commands.md"
    subprocess.run(
        [sys.executable, "-m", "typer", "autograder.cli.app", "utils", "docs",
         "--name", "autograder", "--title", "Commands", "--output", made],
        check=True,
        capture_output=True,
    )  # fmt: skip

    kept = PROJECT / "autograder" / "docs" / "reference" / "commands.md"
    assert kept.read_text("utf-8") == made.read_text("utf-8")
