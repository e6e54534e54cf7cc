"""The core grades any course: it does not mention the services of a single assignment."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent
CORE = ("assignment.py", "submission.py", "sandbox", "grading", "feedback", "gradebook")
WORDS = re.compile(r"kinesis|sqs|shard", re.IGNORECASE)


def sources(part: str) -> Iterator[Path]:
    """Yield the source files of a part: modules, templates, schemas."""
    path = PACKAGE / part
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            yield file


@pytest.mark.parametrize("part", CORE)
def test_the_core_names_no_service_of_one_assignment(part: str) -> None:
    """Only the simulated AWS, the package of logs, and suites may name them."""
    files = list(sources(part))

    found = [
        f"{file.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if WORDS.search(line)
    ]

    assert files
    assert found == []
