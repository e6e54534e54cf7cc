"""Reads the bytes of a roster as a table, whatever program wrote them.

Each delimiter is tried on the whole text, and the table that makes most sense is taken. So a
message is about the table that the file holds, and not about the delimiter that was tried first.
The header decides, since its titles are known; the sniffer of Python's `csv` would look only at how
often a character comes.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.gradebook.roster.forms import Form, recognise
from autograder.policy import RosterEncoding as RosterEncoding

MAX_ROWS = 20_000
"""Larger than any course, and read within seconds."""
MAX_COLUMNS = 2_000
"""A gradebook has a few for each assignment."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CALLED = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1252": "Windows-1252",
}
_DELIMITERS = ",;\t"
# Excel writes the line for itself, with whatever the region's separator of lists is.
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?[,;\t|]*(?:\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True)
class RosterTable:
    """A table of text: its header, its rows that are not blank, and their lines in the file."""

    header: Sequence[str] = ()
    header_line: int = 1
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    broken_at: int | None = None
    """The line from which on quotes do not match, and nothing was read."""

    @cached_property
    def form(self) -> Form | None:
        """The form that the header has; None if it is not known."""
        return recognise(self.header[:MAX_COLUMNS])

    @property
    def plausibility(self) -> tuple[bool, bool, bool, float, int]:
        """Return how much sense the table makes: more is larger."""
        width = len(self.header)
        fitting = sum(len(row) == width for _, row in self.rows)
        return (
            self.form is not None,
            width > 1,
            self.broken_at is None,
            fitting / max(1, len(self.rows)),
            width,
        )


LARGEST_SMALL_TABLE = 5 << 20
"""Bytes: enough for tens of thousands of rows."""


def decode_roster(content: bytes, encoding: RosterEncoding) -> str:
    """Return a file's text. A byte order mark says how it is written, or else `encoding` does.

    Raises:
        ValueError: It is not written like that; the message says what shows it.
    """
    marked = next((codec for mark, codec in _MARKS.items() if content.startswith(mark)), None)
    codec = marked or encoding
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(f"is not in {_CALLED[codec]}, as line {line} shows") from None
    if "\0" in text:
        raise ValueError(f"is not in {_CALLED[codec]}, as its zero bytes show")
    return text


def read_small_table(path: Path) -> RosterTable:
    """Read a table that people keep next to a roster, as spreadsheets save it.

    Raises:
        ValueError: It cannot be read; the text says why, to be put behind the file's name.
    """
    try:
        if path.stat().st_size > LARGEST_SMALL_TABLE:
            raise ValueError(f"is larger than {LARGEST_SMALL_TABLE >> 20} MiB")
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    try:
        table = parse_roster(decode_roster(content, RosterEncoding.UTF_8))
    except ValueError as error:
        raise ValueError(f"{error}: save it as CSV UTF-8") from None
    if table.broken_at is not None:
        raise ValueError(f"cannot be read from line {table.broken_at} on: its quotes do not match")
    return table


def parse_roster(text: str) -> RosterTable:
    """Return the table that makes most sense of a text.

    First its header is one that is known; then it has several columns, quotes that match, rows as
    wide as the header, and many columns.
    """
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        return _parse(text[separator.end() :], separator[1], first_line=2)
    tables = [_parse(text, delimiter, first_line=1) for delimiter in _DELIMITERS]
    return max(tables, key=lambda table: table.plausibility)


def _parse(text: str, delimiter: str, first_line: int) -> RosterTable:
    rows: list[tuple[int, Sequence[str]]] = []
    broken_at = None
    try:
        for line, row in _records(_without_blanks_around_quotes(text, delimiter), delimiter):
            rows.append((line + first_line, row))
            if len(rows) > MAX_ROWS + 1:
                break
    except _BrokenQuotesError as error:
        broken_at = error.line + first_line
    if not rows:
        # Only a guess at the header, so that the mistake in it is reported for the right delimiter.
        first_row = text.lstrip("\r\n").splitlines()[:1]
        titles = [title for row in first_row for title in row.replace('"', "").split(delimiter)]
        return RosterTable(titles, broken_at=broken_at)
    (header_line, header), *others = rows
    return RosterTable(header, header_line, others, broken_at)


class _BrokenQuotesError(Exception):
    """Quotes do not match in the record that begins at this line."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, with the line at which it begins, from 0.

    Raises:
        _BrokenQuotesError: Quotes do not match, or a cell is larger than `csv` reads.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _BrokenQuotesError(line) from None
        if any(cell.strip() for cell in row):
            yield line, row


def _without_blanks_around_quotes(text: str, delimiter: str) -> str:
    """Remove blanks between a delimiter and the quotes of a text, which `csv` would not accept."""
    if '" ' not in text and ' "' not in text:
        return text
    end = f"[{delimiter}\r\n]"
    quoted = rf'(?:\A|(?<={end})) *("(?:[^"]|"")*+") *(?={end}|\Z)'
    return re.sub(quoted, r"\1", text)
