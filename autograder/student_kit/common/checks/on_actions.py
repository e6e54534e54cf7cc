"""Writes what GitHub Actions reads: annotations, notices and the job's summary.

Text from students is escaped: it cannot become a command to Actions, or markup. This module
needs only Python's standard library.
"""

import contextlib
import html
import os
import sys
from collections.abc import Iterable
from pathlib import Path

LONGEST = 4000
"""Characters of one text; Actions truncates annotations at 4096."""


def active() -> bool:
    """Tell whether this runs on GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def command(name: str, message: str, **properties: str | int) -> str:
    """Write a command to Actions, such as `error` with `file`, `line` and `title`."""
    listed = ",".join(
        f"{key}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
    )
    return f"::{name} {listed}::{_escaped(visible(message))}"


def print_alone(lines: Iterable[str]) -> None:
    """Print lines, each at the start of a line, and discard everything printed after them.

    Threads of student code may still be printing.
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):  # student code may have closed it
                stream.flush()
    log, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    with os.fdopen(log, "wb") as file:
        file.write("".join(f"\n{line}" for line in (*lines, "")).encode("utf-8", "replace"))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_log(text: str) -> str:
    """Write a text as one line of the log, which Actions does not read as a command."""
    line = " ".join(visible(text).split())
    return line.replace("::", ": :").replace("##[", "## [")


def visible(text: str) -> str:
    """Truncate a text, and escape the characters that are not printable, except line breaks."""
    shown = (
        char
        if char == "\n" or char.isprintable()
        else char.encode("unicode-escape", "backslashreplace").decode("ascii")
        for char in text[:LONGEST]
    )
    return "".join(shown)


def block(text: str) -> str:
    """Write a text for the summary, unchanged and without markup."""
    return f"<pre>{html.escape(visible(text))}</pre>"


def cell(text: str) -> str:
    """Write a short text for a table of the summary, without markup."""
    line = " ".join(visible(text).split())[:300]
    return "".join(
        char if char.isalnum() or char in " .,-/" else f"&#{ord(char)};" for char in line
    )


def add_to_summary(markdown: str) -> None:
    """Append Markdown to the job's summary. Does nothing outside of GitHub Actions."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(markdown.rstrip("\n") + "\n\n")
