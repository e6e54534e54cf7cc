"""Which changes of code change its fingerprints, and which do not."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.fingerprints import (
    LARGEST_FILE,
    IncomparableError,
    fingerprints_of,
    read_source,
)
from autograder.tests.feedback.nasty import SAME_EACH_TIME

PLAIN = """
def read(client, stream, most=50):
    found = []
    iterator = client.get_shard_iterator(StreamName=stream, ShardIteratorType="TRIM_HORIZON")
    while iterator and len(found) < most:
        page = client.get_records(ShardIterator=iterator["ShardIterator"])
        found += page["Records"]
    return found
"""
DISGUISED = '''
# All my own.
def fetch(kinesis, name, most=10):
    """Fetch them."""
    result = []  # empty at first
    it = kinesis.get_shard_iterator(
        StreamName=name, ShardIteratorType='LATEST'
    )

    while it and len(result) < most:
        answer = kinesis.get_records(ShardIterator=it['x'])
        result += answer['y']
    return result
'''


ODD = st.text("()[]{}:=.\"'#\\\n\t\r\f\0 abf1\u2028", max_size=30)


def values(source: str) -> list[int]:
    """The values alone."""
    return [fingerprint.value for fingerprint in fingerprints_of(source)]


def test_names_comments_texts_and_layout_do_not_change_fingerprints() -> None:
    """Copied code is disguised by these first; keyword parameters belong to the assignment."""
    assert values(PLAIN) == values(DISGUISED)
    assert len(values(PLAIN)) > 30


@pytest.mark.parametrize(
    ("what", "other"),
    [("get_records", "describe_stream"), ("StreamName", "StreamARN"), ("while", "if")],
)
def test_other_calls_and_statements_change_fingerprints(what: str, other: str) -> None:
    """Names of the API and Python's keywords count."""
    assert values(PLAIN) != values(PLAIN.replace(what, other))


def test_fingerprints_are_the_same_in_another_process() -> None:
    """So the same class gives the same page each time."""
    program = f"from {fingerprints_of.__module__} import *; print([*fingerprints_of({PLAIN!r})])"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8"
    )

    assert done.stdout == f"{[*fingerprints_of(PLAIN)]}\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_the_file(end: str) -> None:
    """This holds for any line ends, and with strings of several lines."""
    source = read_source(f'x = """a\nb\nc"""\n{PLAIN}'.replace("\n", end).encode())

    marks = fingerprints_of(source)

    assert marks[0].first_line == 1
    assert marks[-1].last_line == source.split("\n").index("    return found") + 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"#" * (LARGEST_FILE + 1), "larger than 100 KiB"),
        (b"# \xff", "not UTF-8"),
        (b"x = (1,", "not Python"),
        (b"if x:\n    y\n  z\n", "not Python"),
    ],
)
def test_code_that_cannot_be_compared_is_reported_with_the_reason(
    content: bytes, message: str
) -> None:
    """The reason names no path of this machine."""
    with pytest.raises(IncomparableError, match=message):
        fingerprints_of(read_source(content))


@SAME_EACH_TIME
@given(st.one_of(st.text(), ODD, ODD.map(lambda text: f"{text}\n" * 30)))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Line numbers are within the file."""
    try:
        source = read_source(text.encode("utf-8", "surrogatepass"))
        marks = fingerprints_of(source)
    except IncomparableError:
        return

    lines = source.count("\n") + 1
    assert all(1 <= mark.first_line <= mark.last_line <= lines for mark in marks)


def unfinished_string(length: int) -> str:
    """Return a line on which no quote begins a string."""
    return "x = '" + "\\'" * (length // 2)


def blanks_before_a_sign(length: int) -> str:
    """Return a line of blanks that ends in no token of Python's."""
    return "x = 1" + " " * length + "$"


@pytest.mark.parametrize("line", [unfinished_string, blanks_before_a_sign])
def test_a_long_line_that_is_not_python_takes_no_quadratic_time(
    line: Callable[[int], str],
) -> None:
    """The tokenizer of Python 3.11 reads the rest of the line for each character there."""
    assert seconds_for(line(16_000)) < 8 * seconds_for(line(4_000))


def seconds_for(source: str) -> float:
    """Return the processor time that the fingerprints of some code take, at best."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        with contextlib.suppress(IncomparableError):
            fingerprints_of(source)
        times.append(time.process_time() - begin)
    return min(times)


def test_a_long_line_of_python_has_fingerprints() -> None:
    """However long: only what is not Python is bounded by the length of its line."""
    source = "x = [" + "f(1), " * 3_000 + "]"

    assert len(fingerprints_of(source)) > 3_000


def test_code_with_errors_on_lines_of_usual_length_has_fingerprints() -> None:
    """Code that is unfinished is compared, too."""
    source = "print('unfinished, said $ to ?)\n" * 500 + PLAIN

    assert set(values(PLAIN)) <= set(values(source))
