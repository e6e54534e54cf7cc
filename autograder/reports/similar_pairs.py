"""Finds pairs of submissions with similar code, by the share of the smaller one's own code.

A submission's own code is neither in the files that were handed out nor common in the class.
"""

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.reports.fingerprints import (
    Fingerprint,
    IncomparableError,
    fingerprints_of,
    read_source,
)

LEAST_OWN = 30
"""Own fingerprints that a submission needs to be compared: with fewer, chance decides."""
LEAST_SHARE = 0.3
"""A pair that shares less is not shown."""
COMMON_SHARE = 0.1
FEWEST_COMMON = 10
"""Code that a tenth of the class has, and more than ten submissions, is common."""
MOST_FILES = 20
"""Files of one submission that are compared."""


@dataclass(frozen=True)
class Sources:
    """One student's code."""

    student: str
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class ReadFile:
    """A file that is compared."""

    name: str
    lines: tuple[str, ...] = field(repr=False)
    fingerprints: tuple[Fingerprint, ...] = field(repr=False)


@dataclass(frozen=True)
class Compared:
    """One student's code, with its fingerprints."""

    student: str
    files: tuple[ReadFile, ...]
    own: frozenset[int] = field(repr=False)
    """Values of the fingerprints that count."""


@dataclass(frozen=True)
class Pair:
    """Two submissions with similar code."""

    first: Compared
    second: Compared
    shared: frozenset[int] = field(repr=False)

    @property
    def share(self) -> float:
        """The share of the smaller one's own code that the other has too, from 0 to 1."""
        return len(self.shared) / min(len(self.first.own), len(self.second.own))


@dataclass(frozen=True)
class Comparison:
    """The similar pairs of a class."""

    students: int
    """How many were compared with each other."""
    found: int
    """How many pairs share enough to be shown."""
    pairs: tuple[Pair, ...]
    """The first of them, those that share most first."""
    left_out: tuple[str, ...]
    """A line for each file or submission that was not compared, and why."""


def compare(
    submissions: Iterable[Sources], boilerplate: Iterable[bytes], most_pairs: int
) -> Comparison:
    """Compare all submissions with each other.

    Args:
        submissions: One of each student; more than one is needed to find anything.
        boilerplate: Files that were handed out; their code is nobody's own.
        most_pairs: How many pairs to keep.
    """
    left_out: list[str] = []
    read = [(submission.student, _read(submission, left_out)) for submission in submissions]
    handed_out = {mark.value for content in boilerplate for mark in _fingerprints(content)}
    common = _common([files for _, files in read])
    compared = []
    for student, files in read:
        own = _values(files) - handed_out - common
        if len(own) < LEAST_OWN:
            left_out.append(f"{student}: has too little own code to be compared")
        else:
            compared.append(Compared(student, files, frozenset(own)))
    pairs = [
        Pair(first, second, first.own & second.own)
        for first, second in itertools.combinations(compared, 2)
        if _alike(first.own, second.own)
    ]
    pairs.sort(key=lambda pair: (-pair.share, pair.first.student, pair.second.student))
    return Comparison(len(compared), len(pairs), tuple(pairs[:most_pairs]), tuple(left_out))


def _read(sources: Sources, left_out: list[str]) -> tuple[ReadFile, ...]:
    files: list[ReadFile] = []
    for name, content in sources.files.items():
        if len(files) == MOST_FILES:
            left_out.append(f"{sources.student}: has more than {MOST_FILES} files; some are not in")
            break
        try:
            source = read_source(content)
            files.append(ReadFile(name, tuple(source.split("\n")), fingerprints_of(source)))
        except IncomparableError as error:
            left_out.append(f"{sources.student}: {name}: {error}")
    return tuple(files)


def _fingerprints(content: bytes) -> Sequence[Fingerprint]:
    try:
        return fingerprints_of(read_source(content))
    except IncomparableError:
        return ()


def _values(files: Iterable[ReadFile]) -> set[int]:
    return {mark.value for file in files for mark in file.fingerprints}


def _common(submissions: Collection[Iterable[ReadFile]]) -> set[int]:
    most = max(FEWEST_COMMON, int(len(submissions) * COMMON_SHARE))
    counts: Counter[int] = Counter()
    for files in submissions:
        counts.update(_values(files))
    return {value for value, count in counts.items() if count > most}


def _alike(first: frozenset[int], second: frozenset[int]) -> bool:
    return len(first & second) >= LEAST_SHARE * min(len(first), len(second))
