"""Secrets are found however they are indented, quoted, packed or encoded."""

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import textwrap
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.distribution.leaks import FEWEST_WORDS, Leak, Passage, Secrets, find_leaks
from autograder.distribution.secrets import read_secrets
from autograder.distribution.views import View
from autograder.tests.distribution.secrets import (
    ASSIGNMENT,
    CLASS,
    COURSE,
    closed_answers,
    hidden_tests,
    parts_of_the_grader,
    solution_bodies,
    student_repository,
    written_answers,
)

SECRETS = read_secrets(COURSE, ASSIGNMENT, CLASS)
HANDED_OUT = student_repository()


def zipped(content: bytes) -> bytes:
    """Pack content into a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.txt", content)
    return packed.getvalue()


def tarred(content: bytes) -> bytes:
    """Pack content into a gzipped tar file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("a/b.txt")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def in_literals(content: bytes) -> bytes:
    """Write base64 as Python string literals, one for each line."""
    lines = textwrap.wrap(base64.b64encode(content).decode(), 60)
    return "".join(["DATA = (\n", *(f'    "{line}"\n' for line in lines), ")\n"]).encode()


def in_a_notebook(content: bytes) -> bytes:
    """Write content as the cell of a notebook."""
    lines = content.decode().splitlines(keepends=True)
    return json.dumps({"cells": [{"cell_type": "raw", "source": lines}]}).encode()


DISGUISES: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda content: content,
    "indented": lambda content: textwrap.indent(content.decode(), "\t    ").encode(),
    "commented out": lambda content: textwrap.indent(content.decode(), "# ").encode(),
    "wrapped": lambda content: "\n".join(
        textwrap.wrap(content.decode(), 50, break_long_words=False)
    ).encode(),
    "in capitals": lambda content: content.upper(),
    "Windows's line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "as a string": lambda content: repr(content.decode()).encode(),
    "as JSON": lambda content: json.dumps({"x": [content.decode()]}).encode(),
    "in a notebook": in_a_notebook,
    "base64": base64.b64encode,
    "base64 in lines": base64.encodebytes,
    "base64 for addresses": base64.urlsafe_b64encode,
    "base64 in literals": in_literals,
    "base64 behind a word": lambda content: b"data=x" + base64.b64encode(content),
    "hexadecimal": lambda content: content.hex().encode(),
    "escaped bytes": lambda content: "".join(f"\\x{byte:02x}" for byte in content).encode(),
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "tar": tarred,
    "zip in base64": lambda content: base64.encodebytes(zipped(content)),
    "gzip in base64 in JSON": lambda content: json.dumps(
        base64.b64encode(gzip.compress(content)).decode()
    ).encode(),
    "base64 twice": lambda content: base64.b64encode(base64.b64encode(content)),
}
ADDABLE = [
    "plain", "indented", "commented out", "wrapped", "in capitals", "as a string", "base64",
    "base64 in lines", "base64 in literals", "hexadecimal", "zip in base64",
]  # fmt: skip

PLANTED = {
    "a solution": list(solution_bodies()),
    "a hidden test": list(hidden_tests()),
    "an answer or rubric": list(written_answers()),
    "a closed answer": list(closed_answers()),
    "a student": ["Ada Lovelace", "LOVELACE, ADA", "<ada.lovelace@example.org>", "@lovelace-a",
                  "s2044517,", "Jorg Muller-Ozturk", "Müller-Öztürk, Jörg", "9044518"],
    "the grader": list(parts_of_the_grader()),
}  # fmt: skip


def test_the_student_repository_holds_no_secret() -> None:
    """This is so although it has many functions, calls and words of the solutions and tests."""
    leaks = find_leaks(HANDED_OUT, SECRETS)

    assert len(HANDED_OUT) > 20
    assert leaks == ()


def test_each_kind_of_secret_has_pieces() -> None:
    """So the tests below have something to plant."""
    counts = {name: len(texts) for name, texts in PLANTED.items()}

    assert min(counts.values()) > 3, counts


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_each_secret_is_found_in_each_disguise(kind: str, disguise: str) -> None:
    """The secret is planted as a separate file."""
    hide = DISGUISES[disguise]
    texts = PLANTED[kind] if kind != "the grader" else PLANTED[kind][:2]

    missed = [text for text in texts if not find_leaks({"x": hide(text.encode())}, SECRETS)]

    assert not missed


@settings(deadline=None)
@given(
    text=st.sampled_from([text for texts in PLANTED.values() for text in texts]),
    disguise=st.sampled_from(ADDABLE),
    name=st.sampled_from([file for file in HANDED_OUT if not file.endswith((".ipynb", ".json"))]),
    where=st.integers(0, 2000),
)
def test_a_secret_within_any_file_is_found(text: str, disguise: str, name: str, where: int) -> None:
    """It is planted between any two lines of the student repository."""
    lines = HANDED_OUT[name].splitlines(keepends=True)
    at = where % (len(lines) + 1)
    planted = b"".join([*lines[:at], DISGUISES[disguise](text.encode()) + b"\n", *lines[at:]])

    leaks = find_leaks({name: planted}, SECRETS)

    assert {leak.file for leak in leaks} == {name}


@pytest.mark.parametrize("before", ["5050\n", "505\n", "port: 5050, ", "a\nbeef\n"])
def test_digits_before_hexadecimal_ones_hide_nothing(before: str) -> None:
    """Digits before a secret in hexadecimal may be hexadecimal digits themselves."""
    content = before + b"Ada Lovelace".hex()

    leaks = find_leaks({"x": content.encode()}, SECRETS)

    assert [leak.within for leak in leaks] == [("hexadecimal",)]


@settings(deadline=None)
@given(
    text=st.sampled_from(PLANTED["a hidden test"] + PLANTED["an answer or rubric"]),
    data=st.data(),
)
def test_half_of_a_text_is_found_like_the_whole(text: str, data: st.DataObject) -> None:
    """Either half is found if it has enough words."""
    words = text.split()
    half = len(words) // 2
    start = data.draw(st.integers(0, len(words) - half))

    leaks = find_leaks({"notes.txt": " ".join(words[start : start + half]).encode()}, SECRETS)

    assert leaks or half < 20


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(HANDED_OUT)), min_size=1, max_size=4))
def test_mixing_files_that_are_handed_out_is_not_a_leak(names: list[str]) -> None:
    """Files are not refused for phrases that are public."""
    mixed = b"\n\n".join(HANDED_OUT[name] for name in names)

    leaks = find_leaks({"mixed.txt": mixed}, SECRETS)

    assert leaks == ()


@pytest.mark.parametrize(
    "text",
    [
        "import json\nimport os\nfrom collections.abc import Iterator, Mapping, Sequence\n" * 3,
        "\n\n\n    pass\n\n",
        "if __name__ == '__main__':\n    main()\n",
        "for shard in shards:\n    print(shard)\nreturn pairs\n",
        'boto3.client("kinesis")\n',
        'c4 = None\nassert c4 in (None, "A", "B", "C", "D")\n',
    ],
)
def test_common_code_is_not_a_leak(text: str) -> None:
    """Such as imports, blank lines and short idioms."""
    leaks = find_leaks({"a.py": text.encode()}, SECRETS)

    assert leaks == ()


def test_a_login_that_is_a_word_of_the_handout_is_not_a_leak() -> None:
    """The assignment's events have the users alice and bob, who may also be logins in the class."""
    leaks = find_leaks({"a.txt": b"alice, bob and charlie"}, SECRETS)

    assert leaks == ()


def test_a_word_can_be_declared_public() -> None:
    """The handout may contain the login of a student, such as `s2044517`."""
    secrets = read_secrets(COURSE, ASSIGNMENT, CLASS, ["s2044517"])

    leaks = find_leaks({"a.txt": b"s2044517"}, secrets)

    assert leaks == ()


def test_a_name_of_a_file_can_leak_too() -> None:
    """A file's name counts as content."""
    leaks = find_leaks({"notes/ada-lovelace.txt": b""}, SECRETS)

    assert leaks == (
        Leak("notes/ada-lovelace.txt", "what the roster says of student 1", ("its name",)),
    )


def test_the_report_of_a_leak_names_no_student() -> None:
    """The report is shown in logs."""
    text = "Ada Lovelace ada.lovelace@example.org lovelace-a s2044517"

    reports = [str(leak) for leak in find_leaks({"a.txt": text.encode()}, SECRETS)]

    assert reports == ["a.txt: what the roster says of student 1"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(b"x" * 1000)[:-20], "cannot be opened"),
        (gzip.compress(bytes(70_000_000), 1), "more than 64 MB"),
        (zipped(b"x" * 100)[:60] + zipped(b"x")[60:], "cannot be opened"),
    ],
    # The contents include the time of packing.
    ids=["cut short", "huge", "spoilt"],
)
def test_a_file_that_cannot_be_searched_is_not_published(content: bytes, reason: str) -> None:
    """Broken or huge archives may contain anything."""
    (leak,) = find_leaks({"data.bin": content}, SECRETS)

    assert reason in leak.origin


def test_archives_that_are_nested_too_deep_are_not_published() -> None:
    """Anything may be below the depth at which the search ends."""
    content = b"x"
    for _ in range(10):
        content = gzip.compress(content)

    (leak,) = find_leaks({"data.bin": content}, SECRETS)

    assert "within each other" in leak.origin


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_can_be_searched(content: bytes) -> None:
    """No content makes the search fail."""
    leaks = find_leaks({"data.bin": content}, Secrets([Passage("x", "one two three four", 4)]))

    assert isinstance(leaks, tuple)


def test_random_bytes_are_not_a_leak() -> None:
    """So a picture can be published."""
    leaks = find_leaks({"picture.png": b"\x89PNG" + os.urandom(200_000)}, SECRETS)

    assert leaks == ()


TEXTS = st.lists(st.sampled_from("ab"), max_size=60).map(tuple)


def all_runs(text: tuple[str, ...], length: int) -> set[tuple[str, ...]]:
    """Return the runs of so many words."""
    return {text[at : at + length] for at in range(len(text) - length + 1)}


@given(st.lists(st.tuples(TEXTS, st.sampled_from([4, 8, 20, 24])), max_size=3), TEXTS, TEXTS)
def test_what_is_found_are_the_runs_that_are_secret_and_not_public(
    passages: list[tuple[tuple[str, ...], int]], public: tuple[str, ...], text: tuple[str, ...]
) -> None:
    """As a search for every run of every passage would find; of equal runs, the first."""
    secrets = Secrets(
        [Passage(str(at), " ".join(passage), run) for at, (passage, run) in enumerate(passages)],
        public=[" ".join(public)],
    )

    found = set(secrets.search(View(" ".join(text))))

    owners: dict[tuple[str, ...], str] = {}
    for number, (passage, longest) in enumerate(passages):
        run = min(longest, len(passage))
        if run >= FEWEST_WORDS:
            for shared in (all_runs(passage, run) & all_runs(text, run)) - all_runs(public, run):
                owners.setdefault(shared, str(number))
    assert found == set(owners.values())
