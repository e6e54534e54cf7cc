"""Fingerprints of code: runs of tokens that do not depend on the names a student chose.

They do not depend on layout, comments, texts and numbers either. Names behind a dot and those of
keyword arguments count, as most come from AWS. Every run of `RUN` tokens is a fingerprint. Files
are small, so none is left out as in winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: Local
Algorithms for Document Fingerprinting", SIGMOD 2003), and everything that is alike is found.
"""

import builtins
import hashlib
import io
import keyword
import token
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

RUN = 20
"""Tokens of one fingerprint: two or three lines of code."""
LARGEST_FILE = 100 << 10
"""Bytes; a larger file is not compared, as none is written by hand."""
MOST_READ_AGAIN = 128 << 10
"""Characters. At each character that begins no token, the tokenizer of Python 3.11 reads the rest
of the line in vain: an unfinished string of 100 KiB would take minutes. On lines of 100 characters
there can be a thousand such characters."""

_PLAIN = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_SKIPPED = frozenset(
    {token.INDENT, token.DEDENT, token.ENDMARKER, tokenize.COMMENT, tokenize.NL, tokenize.ENCODING}
)


class IncomparableError(Exception):
    """A file that cannot be compared; the text says why."""


class Fingerprint(NamedTuple):
    """One run of tokens."""

    value: int
    first_line: int
    last_line: int
    """Lines count from 1."""


class _Token(NamedTuple):
    text: str
    line: int
    last_line: int


def read_source(content: bytes) -> str:
    """Read a Python file, whose lines then end in line feeds.

    Raises:
        IncomparableError: It is too large, or not UTF-8.
    """
    if len(content) > LARGEST_FILE:
        raise IncomparableError(f"it is larger than {LARGEST_FILE >> 10} KiB")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise IncomparableError("it is not UTF-8") from None


def fingerprints_of(source: str) -> tuple[Fingerprint, ...]:
    """Take the fingerprints of Python code, from top to bottom.

    It may have syntax errors, as long as it can be split into tokens.

    Raises:
        IncomparableError: It is not Python at all, or a long line of it is not.
    """
    try:
        tokens = list(_tokens(source))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        raise IncomparableError("it is not Python") from None
    return tuple(
        Fingerprint(_hash(run), run[0].line, max(part.last_line for part in run))
        for run in (tokens[at : at + RUN] for at in range(len(tokens) - RUN + 1))
    )


def _hash(run: list[_Token]) -> int:
    """Hash the same in every process, which Python's own hash does not."""
    joined = "\n".join(part.text for part in run).encode("utf-8", "backslashreplace")
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest())


def _tokens(source: str) -> Iterator[_Token]:
    """Yield what counts; a text that is a statement by itself, such as a docstring, does not."""
    found = []
    read_again = 0
    for part in tokenize.generate_tokens(io.StringIO(source).readline):
        if part.type == token.ERRORTOKEN:
            read_again += len(part.line)
            if read_again > MOST_READ_AGAIN:
                raise IncomparableError("a long line of it is not Python")
        if part.type not in _SKIPPED:
            found.append(part)
    depth = 0
    for at, part in enumerate(found):
        before = found[at - 1].string if at else "\n"
        after = found[at + 1].string if at + 1 < len(found) else "\n"
        if part.type == token.OP:
            depth += (part.string in "([{") - (part.string in ")]}")
        is_statement = not before.strip() and not after.strip()
        if part.type == token.NEWLINE or (part.type == token.STRING and is_statement):
            continue
        is_given = before == "." or (depth > 0 and after == "=")
        yield _Token(_shown(part, is_given=is_given), part.start[0], part.end[0])


def _shown(part: tokenize.TokenInfo, *, is_given: bool) -> str:
    if part.type == token.NAME:
        return part.string if is_given or part.string in _PLAIN else "name"
    return part.string if part.type == token.OP else token.tok_name[part.type]
