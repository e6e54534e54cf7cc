"""All texts that can be read in a file: its own, and those that are packed or encoded in it.

A copy in an archive, in base64, in hexadecimal digits or in a text of a JSON file is still a copy.
Encrypted, drawn or paraphrased copies are not seen.
"""

import base64
import binascii
import bz2
import codecs
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

DEEPEST = 6
"""How many packings within each other are opened."""
MOST_BYTES = 64_000_000
"""The most that is unpacked from one file, all packings together: a bomb ends there."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{10,}={0,2}")
_BASE64_LINES = re.compile(r"(?:^[\s\"'(#>*]*[A-Za-z0-9+/_-]+={0,2}[\s\"'),;\\]*$\n?){2,}", re.M)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/_-]+")
_HEX = re.compile(r"(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[\s:,]{0,2}){6,}")
_HEX_DIGITS = re.compile(r"[0-9A-Fa-f]{12,}")
_PREFIX_OF_HEX = re.compile(r"\\x|0x|[^0-9A-Fa-f]")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([nrt]))")
_BLANKS = {"n": "\n", "r": "\r", "t": "\t"}
_TEXT_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableFileError(Exception):
    """A file that cannot be read completely; the text says why."""


@dataclass(frozen=True)
class View:
    """One way to read a file."""

    text: str
    within: tuple[str, ...] = ()
    """What had to be opened, from the outside to the inside, such as `base64`, `gzip`."""
    exact: bool = True
    """Whether it is certainly text, and not bytes that were read as Latin-1."""


def views(content: bytes) -> Iterator[View]:
    """Yield each way to read a file, the plain one first.

    Raises:
        UnreadableFileError: Something packed is broken, encrypted, too large or too deep.
    """
    budget = _Budget()
    yield from _views(content, (), budget)


class _Budget:
    """Counts how much may still be unpacked from a file."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return self._left

    def spend(self, size: int) -> None:
        """Count bytes that were unpacked."""
        self._left -= size
        if self._left < 0:
            raise UnreadableFileError(f"more than {MOST_BYTES // 1_000_000} MB are packed in it")


def _views(content: bytes, within: tuple[str, ...], budget: _Budget) -> Iterator[View]:
    if len(within) > DEEPEST:
        raise UnreadableFileError(f"more than {DEEPEST} packings lie within each other")
    members = _unpacked(content, budget)
    if members is not None:
        how, parts = members
        for part in parts:
            yield from _views(part, (*within, how), budget)
        return
    text, exact = _decoded(content)
    yield View(text, within, exact)
    strings = _strings_of_json(text)
    if strings is not None:
        yield View(strings, (*within, "JSON"), exact)
        text = strings
    unescaped = _ESCAPE.sub(_unescape, text)
    if unescaped != text:
        yield View(unescaped, (*within, "escapes"), exact)
    if len(within) == DEEPEST:
        return
    for how, part in _decodings(text):
        budget.spend(len(part))
        if _unpacks(part) or _is_text(part):
            yield from _views(part, (*within, how), budget)
        else:
            yield View(part.decode("latin-1"), (*within, how), exact=False)


def _decoded(content: bytes) -> tuple[str, bool]:
    for mark, encoding in _TEXT_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), True
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1"), False
    if text.count("\0") * 3 > len(text):  # UTF-16 without a mark
        return text.replace("\0", ""), True
    return text, True


def _is_text(content: bytes) -> bool:
    text, exact = _decoded(content)
    odd = sum(not character.isprintable() and not character.isspace() for character in text)
    return exact and odd * 20 <= len(text)


def _unescape(escape: re.Match[str]) -> str:
    wide, narrow, letter = escape.groups()
    return _BLANKS[letter] if letter else chr(int(wide or narrow, 16))


def _strings_of_json(text: str) -> str | None:
    """Join all texts of a JSON file by line breaks; a notebook's lines become whole cells."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return "\n".join(_strings(whole))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, element in value.items():
            yield key
            yield from _strings(element)
    elif isinstance(value, list):
        if value and all(isinstance(element, str) for element in value):
            yield "".join(value)
            yield "\n".join(value)
        else:
            for element in value:
                yield from _strings(element)


def _decodings(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes that base64 and hexadecimal digits in a text may mean.

    Where a stretch begins in the middle of a group of four, its bytes are found all the same.
    """
    stretches = [match.group() for match in _BASE64.finditer(text)]
    stretches += [match.group() for match in _BASE64_LINES.finditer(text)]
    for stretch in stretches:
        digits = _NOT_BASE64.sub("", stretch).replace("-", "+").replace("_", "/")
        for start in range(4):
            part = digits[start:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            try:
                yield "base64", base64.b64decode(part + "=" * (-len(part) % 4))
            except binascii.Error:
                continue
    for found in _HEX.finditer(text):
        whole = _PREFIX_OF_HEX.sub("", found.group())
        # Digits that stand before the first of them, such as a port's, may not be meant.
        for digits in dict.fromkeys([whole, *_HEX_DIGITS.findall(found.group())]):
            yield "hexadecimal", bytes.fromhex(digits[: len(digits) // 2 * 2])


def _unpacks(content: bytes) -> bool:
    return content.startswith(tuple(_STREAMS)) or _is_zip(content) or _is_tar(content)


def _unpacked(content: bytes, budget: _Budget) -> tuple[str, list[bytes]] | None:
    """Return how something is packed, and its parts; None if it is not packed."""
    try:
        for mark, (how, open_stream) in _STREAMS.items():
            if content.startswith(mark):
                return how, [_read(open_stream(content), budget)]
        if _is_zip(content):
            return "zip", list(_zip_members(content, budget))
        if _is_tar(content):
            return "tar", list(_tar_members(content, budget))
    except (
        OSError,
        EOFError,
        ValueError,
        RuntimeError,  # an encrypted member
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
        tarfile.TarError,
    ) as error:
        raise UnreadableFileError(f"something packed in it cannot be opened: {error}") from None
    return None


def _read(stream: Any, budget: _Budget) -> bytes:
    with stream:
        content: bytes = stream.read(budget.left + 1)
    budget.spend(len(content))
    return content


_STREAMS: dict[bytes, tuple[str, Callable[[bytes], Any]]] = {
    b"\x1f\x8b": ("gzip", lambda content: gzip.GzipFile(fileobj=io.BytesIO(content))),
    b"BZh": ("bzip2", lambda content: bz2.BZ2File(io.BytesIO(content))),
    b"\xfd7zXZ\x00": ("xz", lambda content: lzma.LZMAFile(io.BytesIO(content))),  # noqa: SIM115 - _read closes it
}


def _is_zip(content: bytes) -> bool:
    return b"PK\x05\x06" in content and zipfile.is_zipfile(io.BytesIO(content))


def _zip_members(content: bytes, budget: _Budget) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            yield member.filename.encode("utf-8", "replace")
            yield _read(archive.open(member), budget)
        yield archive.comment


def _is_tar(content: bytes) -> bool:
    return content[257:262] == b"ustar"


def _tar_members(content: bytes, budget: _Budget) -> Iterator[bytes]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for member in archive:
            yield member.name.encode("utf-8", "replace")
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                yield _read(stream, budget)
