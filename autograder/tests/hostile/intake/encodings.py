"""Files with unusual encodings, or with code that the encoding hides."""

import io
import zipfile
from pathlib import Path

from autograder.grading.grade import Outcome
from autograder.tests.hostile.corpus import Attack
from autograder.tests.hostile.intake.making import GRADED, POINTS, SOLUTION, attack

FOUND: list[Attack] = []


def _write(folder: Path, content: bytes) -> None:
    (folder / GRADED).write_bytes(content)


@attack(FOUND, Outcome.CRASHED, says="importing the file raised")
def graded_file_is_utf_16(folder: Path) -> None:
    """Is the solution in UTF-16, with two bytes for each letter."""
    _write(folder, SOLUTION.read_text().encode("utf-16"))


@attack(FOUND, Outcome.CRASHED, says="importing the file raised SyntaxError")
def graded_file_is_latin_1_without_saying_so(folder: Path) -> None:
    """Has a text with an umlaut that is not valid UTF-8."""
    _write(folder, "word = 'größer'\n".encode("latin-1") + SOLUTION.read_bytes())


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def graded_file_is_latin_1_and_says_so(folder: Path) -> None:
    """Is honest, in an old encoding that Python allows."""
    _write(folder, "# coding: latin-1\n# größer\n".encode("latin-1") + SOLUTION.read_bytes())


@attack(FOUND, Outcome.KILLED, says="ended the whole Python process")
def code_is_hidden_in_a_comment(folder: Path) -> None:
    """Ends the process in what looks like a comment: the codec makes a line break of an escape."""
    _write(folder, b"# coding: unicode_escape\n#\\nimport os; os._exit(0)\n")


@attack(FOUND, Outcome.KILLED, says="ended the whole Python process")
def code_is_hidden_in_utf_7(folder: Path) -> None:
    """Ends the process in what looks like a comment, in UTF-7."""
    _write(folder, b"# coding: utf-7\n#+AAo-import os; os._exit(0)\n")


@attack(FOUND, Outcome.KILLED, says="ended the whole Python process")
def code_is_hidden_in_raw_unicode_escapes(folder: Path) -> None:
    """Ends the process in what looks like a comment, in escapes of another kind."""
    _write(folder, b"# coding: raw_unicode_escape\n#\\u000aimport os; os._exit(0)\n")


@attack(FOUND, Outcome.CRASHED, says="importing the file raised SyntaxError")
def codec_does_not_return_text(folder: Path) -> None:
    """Names a codec that returns bytes; it could unpack a zip bomb."""
    _write(folder, b"# coding: zlib_codec\n" + SOLUTION.read_bytes())


@attack(FOUND, Outcome.CRASHED, says="importing the file raised SyntaxError")
def codec_is_rot_13(folder: Path) -> None:
    """Is encoded with ROT13."""
    _write(folder, b"# coding: rot13\nvzcbeg bf\n")


@attack(FOUND, Outcome.CRASHED, says="importing the file raised")
def codec_is_slow(folder: Path) -> None:
    """Names a codec that takes quadratic time."""
    _write(folder, b"# coding: idna\n" + b"x" * 900_000 + b"\n")


@attack(FOUND, Outcome.CRASHED, says="importing the file raised SyntaxError")
def codec_has_a_name_that_harms(folder: Path) -> None:
    """Names a codec with a very long name, which the error shows."""
    _write(folder, b"# coding: ../../etc/passwd" + b"x" * 10_000 + b"\n::error::\x1b[31m\n")


@attack(FOUND, Outcome.CRASHED, says="importing the file raised")
def graded_file_has_nul_bytes(folder: Path) -> None:
    """Has NUL bytes between its lines; some parsers stop there."""
    _write(folder, b"x = 1\n\0\0\0\n" + SOLUTION.read_bytes())


@attack(FOUND, Outcome.CRASHED, says="importing the file raised")
def graded_file_is_nothing_but_nul(folder: Path) -> None:
    """Is 1 MiB of NUL bytes."""
    _write(folder, bytes(1 << 20))


@attack(FOUND, Outcome.MISSING, says="has no function")
def graded_file_is_empty(folder: Path) -> None:
    """Is there, but has no content."""
    _write(folder, b"")


@attack(FOUND, Outcome.PASSED, earns=POINTS)
def graded_file_has_a_byte_order_mark(folder: Path) -> None:
    """Is honest, with a byte order mark and line endings as Windows writes them."""
    _write(folder, b"\xef\xbb\xbf" + SOLUTION.read_bytes().replace(b"\n", b"\r\n"))


@attack(FOUND, Outcome.CRASHED, Outcome.KILLED, Outcome.OUT_OF_MEMORY, Outcome.TIMED_OUT)
def parser_is_overrun(folder: Path) -> None:
    """Is a MiB of brackets and signs, nested deeper than a parser can go."""
    _write(folder, b"x = " + b"-" * 500_000 + b"(" * 500_000)


@attack(FOUND, Outcome.CRASHED, Outcome.KILLED, Outcome.OUT_OF_MEMORY, Outcome.TIMED_OUT)
def compiler_is_overrun(folder: Path) -> None:
    """Makes the compiler compute large constants, and has code that is nested deeply."""
    line = b"x = " + b"+".join([b"((1<<9)**99)*'a'"] * 20_000) + b"\n"
    _write(folder, line + b"x" + b".x" * 200_000 + b"\n" + b"if x:\n " * 20)


@attack(FOUND, Outcome.PASSED, Outcome.CRASHED, earns=POINTS)
def zip_is_after_the_code(folder: Path) -> None:
    """Is also a zip file, which `python file.py` and zipimport run instead of the code."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__main__.py", "raise SystemExit(0)\n")
        archive.writestr("../../compare_with_sqs.py", "raise SystemExit(0)\n")
    _write(folder, SOLUTION.read_bytes() + b"\n#" + packed.getvalue())
