"""The project's documents and their links, anchors and commands."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.assignment import Course

PROJECT = Course.of_this_checkout().assignments.parent
DOCUMENTS = tuple(
    sorted(
        [
            PROJECT / "README.md",
            *(PROJECT / ".github").rglob("*.md"),
            *(PROJECT / "autograder").glob("docs/**/*.md"),
            *(PROJECT / "autograder").glob("conformance/*.md"),
            *(PROJECT / "assignments").glob("*/README.md"),
        ]
    )
)
_SHELL = ("", "bash", "console", "sh", "shell")
_COMMENT = re.compile(r"\s+# .*\Z")


@dataclass(frozen=True)
class Command:
    """A command in a document."""

    document: str
    """Relative to the project."""
    line: str

    def words(self) -> list[str]:
        """The command's words, split as by a shell."""
        return shlex.split(self.line)


def name_of(document: Path) -> str:
    """Return a document's path, relative to the project."""
    return document.relative_to(PROJECT).as_posix()


def links_in(document: Path) -> Iterator[str]:
    """Yield the targets of all links and images."""
    for token in _inline(document):
        target = token.attrGet("href") or token.attrGet("src")
        if isinstance(target, str):
            yield target


def anchors_in(document: Path) -> set[str]:
    """Return a document's anchors: those that GitHub makes of headings, and `<a id>`."""
    text = document.read_text("utf-8")
    found = set(re.findall(r'<a id="([\w-]+)">', text))
    tokens = _tokens(document)
    for token, heading in pairwise(tokens):
        if token.type == "heading_open":
            plain = re.sub(r"[`*_]", "", heading.content).strip().lower()
            found.add(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain)))
    return found


def commands_in(document: Path) -> Iterator[Command]:
    """Yield the commands of all code blocks: the lines that begin with a known program."""
    for token in _tokens(document):
        if token.type not in ("fence", "code_block") or token.info.strip() not in _SHELL:
            continue
        for line in token.content.splitlines():
            command = _COMMENT.sub("", line.strip())
            if re.match(r"(GITHUB_TOKEN=\S+ )?(uv|pip|python|autograder|gh|\.ci/run)\b", command):
                yield Command(name_of(document), command)


def _tokens(document: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(document.read_text("utf-8"))


def _inline(document: Path) -> Iterator[Token]:
    for token in _tokens(document):
        yield from token.children or ()


def paths_named_in(document: Path) -> Iterator[str]:
    """Yield the paths below the package that code spans name: `policy.py`, `aws/hints.py`."""
    for token in _inline(document):
        if token.type == "code_inline" and re.fullmatch(
            r"(autograder/|tests/)[\w/.-]+|\w+/[\w/]+\.(py|jinja|css)", token.content
        ):
            yield token.content
