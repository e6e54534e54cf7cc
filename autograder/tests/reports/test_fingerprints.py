"""Which changes of code change its fingerprints, and which do not."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.fingerprints import IncomparableError, fingerprints_of, read_source
from autograder.tests.feedback.nasty import SAME_EACH_TIME

PLAIN = """
def read(client, stream, most=50):
    found = []
    print(f"from {stream}, at most {most:>3}")
    iterator = client.get_shard_iterator(StreamName=stream, ShardIteratorType="TRIM_HORIZON")
    for number in range(3):
        print(number)
    while iterator and len(found) < most:
        page = client.get_records(ShardIterator=iterator["ShardIterator"])
        found += page["Records"]
    return found
"""
DISGUISED = '''
# All my own.
async def fetch(kinesis: object, name: str, most: int = 10) -> list[dict]:
    """Fetch them."""
    result = []  # empty at first
    print("{} is read, {} records or fewer".format(name, most))
    it = await kinesis.get_shard_iterator(
        ShardIteratorType='LATEST', StreamName=name
    )
    async for i in range(5):
        print(i)

    while it and len(result) < most:
        answer = kinesis.get_records(ShardIterator=it['x'])
        result += answer['y']
    return result
'''


ODD = st.text("()[]{}:=.\"'#\\\n\t\r\f\0 abf1\u2028", max_size=30)


def values(source: str) -> list[int]:
    """The values alone."""
    return [mark.value for mark in fingerprints_of(source).fingerprints]


def test_what_is_changed_easily_does_not_change_fingerprints() -> None:
    """Names, comments, hints, texts and how they are formed, numbers, layout, order of keywords."""
    assert values(PLAIN) == values(DISGUISED)
    assert len(values(PLAIN)) > 30


@pytest.mark.parametrize(
    ("what", "other"),
    [("get_records", "describe_stream"), ("StreamName", "StreamARN"), ("while", "if")],
)
def test_other_calls_and_statements_change_fingerprints(what: str, other: str) -> None:
    """Names of the API and Python's keywords count."""
    assert values(PLAIN) != values(PLAIN.replace(what, other))


IN_LIST = PLAIN.replace("client.get_records(", "[client.get_records][0](")
WALRUS = PLAIN.replace("client.get_records(", "(got := client.get_records)(")
GETATTR = PLAIN.replace("client.get_records(", 'getattr(client, "get_records")(')
CHOSEN = PLAIN.replace("client.get_records(", "(client.get_records if True else 0)(")
PASSES = PLAIN.replace("\n    return", "; pass\n    pass\n    return")
UNDER_IF = "if 1:\n" + PLAIN.replace("\n", "\n ")


@pytest.mark.parametrize(
    "wrapped",
    [
        *(IN_LIST, IN_LIST.replace("[client.get_records]", "(client.get_records,)")),
        *(WALRUS, GETATTR, CHOSEN, PASSES, UNDER_IF),
        *(f"exec({PLAIN!r})", f"exec(compile({PLAIN!r}, '', 'exec'))", f"exec({PLAIN.encode()!r})"),
        f"exec({f'exec({PLAIN!r})'!r})",
    ],
)
def test_what_is_written_around_code_does_not_change_fingerprints(wrapped: str) -> None:
    """One-element lists, walruses, `pass`, constant conditions, code in a text."""
    assert values(wrapped) == values(PLAIN)


def test_code_in_a_text_is_at_the_line_of_the_text() -> None:
    """And text that is not code, or is code in code too often, is a text."""
    marks = fingerprints_of(f"x = 1\nexec({PLAIN!r})").fingerprints
    deep = PLAIN
    for _ in range(8):
        deep = f"exec({deep!r})"

    assert {line for mark in marks for line in mark.lines} == {1, 2}
    assert values(f"exec('(')\n{PLAIN}") != values(PLAIN)
    assert len(deep) > 100_000 or len(values(deep)) < len(values(PLAIN))


@pytest.mark.parametrize("coding", ["latin-1", "cp1252", "iso-8859-15", "utf-8"])
def test_a_file_is_read_by_its_own_encoding(coding: str) -> None:
    """As Python does."""
    source = f"# coding: {coding}\n# \xe9\n{PLAIN}"

    assert values(read_source(source.encode(coding))) == values(PLAIN)


def test_escapes_of_a_whole_file_are_read() -> None:
    """Python reads such a file as the code that it encodes."""
    escaped = "".join(f"\\x{ord(character):02x}" for character in PLAIN)

    assert values(read_source(f"# coding: unicode_escape\n{escaped}".encode())) == values(PLAIN)


def test_code_in_another_order_has_most_of_its_fingerprints_still() -> None:
    """Only those at the seams change."""
    first, second = PLAIN, PLAIN.replace("get_records", "list_shards").replace("+=", "=")

    before, after = set(values(first + second)), set(values(second + first))

    assert len(before & after) > 0.9 * len(before)


def test_fingerprints_are_the_same_in_another_process() -> None:
    """So the same class gives the same page each time."""
    program = f"from {fingerprints_of.__module__} import *; print(fingerprints_of({PLAIN!r}))"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8"
    )

    assert done.stdout == f"{fingerprints_of(PLAIN)}\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_are_those_of_the_file(end: str) -> None:
    """This holds for any line ends, and with strings of several lines."""
    source = read_source(f'x = """a\nb\nc"""\n{PLAIN}'.replace("\n", end).encode())

    marks = fingerprints_of(source).fingerprints

    assert marks[0].lines[0] == 1
    assert marks[-1].lines[-1] == source.split("\n").index("    return found") + 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# \xff", "not UTF-8"),
        (b"# coding: punycode\nx", "its encoding is punycode"),
        (b"# coding: no-such\nx", "not UTF-8"),
        (b"# coding: ascii\n# \xff", "not ascii"),
        (b"# coding: zlib_codec\nx", "not"),
        (b"x = (1,", "not Python"),
        (b"\0", "not Python"),
        (b"-" * 100_000 + b"1", "not Python"),
        (b"x" + b".a" * 50_000, "not Python"),
    ],
)
def test_code_that_cannot_be_compared_is_reported_with_the_reason(
    content: bytes, message: str
) -> None:
    """The reason names no path of this machine; nesting too deep for Python is not Python."""
    with pytest.raises(IncomparableError, match=message):
        fingerprints_of(read_source(content))


def test_only_the_statements_with_errors_are_left_out() -> None:
    """Code that is unfinished is compared, too; lines are still those of the file."""
    broken = "@decorator\ndef unfinished(:\n    return 1\n\n"

    found = fingerprints_of(f"import os\n{broken}{PLAIN}")

    assert {mark.value for mark in found.fingerprints} >= set(values(PLAIN))
    assert found.unread_lines == broken.count("\n") + 1
    assert found.fingerprints[0].lines[0] == 7


@SAME_EACH_TIME
@given(st.one_of(st.text(), ODD, ODD.map(lambda text: f"{text}\n" * 30)))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Line numbers are within the file."""
    try:
        source = read_source(text.encode("utf-8", "surrogatepass"))
        found = fingerprints_of(source)
    except IncomparableError:
        return

    lines = source.count("\n") + 1
    assert found.unread_lines <= lines
    assert all(1 <= line <= lines for mark in found.fingerprints for line in mark.lines)


@pytest.mark.filterwarnings("error")
def test_odd_escapes_in_a_students_text_warn_nobody() -> None:
    """Python warns of them where code is parsed."""
    assert fingerprints_of("found = read(client, 'a\\d')\n" * 3).unread_lines == 0
