"""A case can be rehearsed in the debugger."""

from pathlib import Path

from autograder.tests.student_repository.clone import SOLUTION, clone
from autograder.tests.student_repository.rehearsing import (
    READER,
    filled,
    read,
    rehearse,
    word_of,
)


def test_the_debugger_stops_at_the_first_line_of_the_function(tmp_path: Path) -> None:
    """The student's function, not a function of the checks."""
    source = b"def read_from_shard(name, shard, most=50):\n    found = name * 2\n    return found\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--pdb", typed="p name\nc\n")

    assert status == 0
    assert "kinesis_read_shards.py(2)read_from_shard()" in text
    assert "(Pdb) 'meters'" in text


def test_the_debugger_stops_in_each_call_of_a_case(tmp_path: Path) -> None:
    """After the scene of each; the second call begins where the first has ended."""
    source = b"def read_from_shard(name, shard, most=50):\n    return most\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(
        folder, word_of(*filled(1), read(), read(7)), "--pdb", typed="p most\nc\np most\nc\n"
    )

    assert status == 0
    assert "(Pdb) 50" in text
    assert "(Pdb) 7" in text
    assert text.index("Before the call") < text.index("(Pdb) 50")


def test_leaving_the_debugger_is_not_taken_for_a_result(tmp_path: Path) -> None:
    """Nothing was returned."""
    source = b"def read_from_shard(name, shard, most=50):\n    return most\n"
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--pdb", typed="q\n")

    assert status == 0
    assert "You left the debugger before the call came to its end." in text
    assert "Returned" not in text


def test_the_debugger_shows_each_request_when_it_is_made(tmp_path: Path) -> None:
    """And steps over boto3."""
    folder = clone(tmp_path / "clone", SOLUTION.files)

    status, text = rehearse(
        folder, word_of(*filled(2), read()), "--pdb", typed="step\n" * 40 + "p 'here'\nc\n"
    )

    assert status == 0
    assert "botocore/" not in text
    assert text.index("    GetShardIterator shard 1") < text.index("'here'")
    assert text.count("Before the call") == 1


def test_sleeping_takes_no_time_in_the_debugger_either(tmp_path: Path) -> None:
    """The clock moves as without it."""
    source = b"""import time
def read_from_shard(name, shard, most=50):
    began = time.time()
    time.sleep(500)
    return round(time.time() - began, -1)
"""
    folder = clone(tmp_path / "clone", {f"{READER}.py": source})

    status, text = rehearse(folder, word_of(*filled(1), read()), "--pdb", typed="c\n")

    assert status == 0
    assert "500" in text[text.index("Returned") :]
