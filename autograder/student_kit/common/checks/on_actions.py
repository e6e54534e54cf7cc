"""What GitHub Actions reads: annotations, notices and the job's summary.

What comes from a student is only ever shown: it cannot become a command to Actions, nor markup.
Needs nothing but Python.
"""

import contextlib
import html
import os
import sys
from collections.abc import Iterable
from pathlib import Path

LONGEST = 4000
"""Characters of one text; Actions cuts annotations at 4096."""


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
    """Print lines that begin where a line begins, and let nobody print any more.

    Threads of student code may still be printing. What they print from now on goes nowhere.
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):  # student code may have closed it
                stream.flush()
    log, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    with os.fdopen(log, "wb") as file:
        file.write("".join(f"\n{line}" for line in (*lines, "")).encode("utf-8", "replace"))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_log(text: str) -> str:
    """Write a text as one line of the log that is no command to Actions."""
    line = " ".join(visible(text).split())
    return line.replace("::", ": :").replace("##[", "## [")


def visible(text: str) -> str:
    """Cut a text, and write what cannot be seen as escapes; lines stay lines."""
    shown = (
        one
        if one == "\n" or one.isprintable()
        else one.encode("unicode-escape", "backslashreplace").decode("ascii")
        for one in text[:LONGEST]
    )
    return "".join(shown)


def block(text: str) -> str:
    """Write a text for the summary as it is, with no markup in it."""
    return f"<pre>{html.escape(visible(text))}</pre>"


def cell(text: str) -> str:
    """Write a short text for the summary's tables, with no markup in it."""
    line = " ".join(visible(text).split())[:300]
    return "".join(one if one.isalnum() or one in " .,-/" else f"&#{ord(one)};" for one in line)


def add_to_summary(markdown: str) -> None:
    """Put Markdown below what the job's summary holds already; elsewhere, do nothing."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(markdown.rstrip("\n") + "\n\n")
