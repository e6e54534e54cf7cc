"""Finds submissions with similar code: groups, and pairs by the share of own code that both have.

A submission's own code is what is not in the files that were handed out. Rare code counts more than
code that many have, but code counts however many have it: if a quarter of the class hands in the
same program, these submissions are still alike.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.reports.fingerprints import (
    Fingerprint,
    IncomparableError,
    fingerprints_of,
    read_source,
    size_of_code,
)
from autograder.text import counted

LEAST_OWN = 60
"""Own fingerprints that a submission needs to be compared, about ten lines: with fewer, all solve
the task in the same way."""
LEAST_SHARE = 0.25
"""A pair that shares less is not shown. Of 25 programs that were written separately, no two share
as much."""
LEAST_SHARE_OF_FEW = 0.75
"""The same for a submission that has only `LEAST_OWN`: a function or two of separate programs share
up to two thirds with another program. In between, it is in proportion."""
ENOUGH_OWN = 250
"""Own fingerprints from which on `LEAST_SHARE` is enough."""
NEARLY_EQUAL = 0.5
"""What a submission shares with the middle of its group, at least, of the larger of the two."""
SMALLEST_GROUP = 3
MOST_FILES = 20
"""Files of one submission that are compared."""
MOST_BYTES = 64 << 10
"""Of one submission, without comments; four times what the longest right ones have. It takes about
a second."""


@dataclass(frozen=True)
class Sources:
    """The code of one submission."""

    student: str
    files: Mapping[str, bytes] = field(repr=False)
    origin: str = ""
    """The folder, if it is not of the class but something that the class is compared with."""


@dataclass(frozen=True)
class ReadFile:
    """A file that is compared."""

    name: str
    lines: tuple[str, ...] = field(repr=False)
    fingerprints: tuple[Fingerprint, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Compared:
    """A submission with its fingerprints."""

    student: str
    origin: str
    files: tuple[ReadFile, ...]
    own: frozenset[int] = field(repr=False)
    """Values of the fingerprints that count."""
    whole_files: frozenset[frozenset[int]] = field(repr=False)
    """The same for each file that has enough of them to be compared alone."""
    weight: float
    """What they count together."""


@dataclass(frozen=True)
class Pair:
    """Two submissions with similar code; only the second can be from elsewhere."""

    first: Compared
    second: Compared
    share: float
    """What the other has too of the smaller one's own code, from 0 to 1, by weight."""

    @property
    def share_of_larger(self) -> float:
        """The same for the larger one: it is 1 only if both have the same code."""
        weights = sorted((self.first.weight, self.second.weight))
        return self.share * weights[0] / weights[1]

    @property
    def is_near(self) -> bool:
        """Whether they are nearly equal, or have an equal file."""
        return self.share_of_larger >= NEARLY_EQUAL or have_equal_file(self.first, self.second)

    def other(self, side: Compared) -> Compared:
        """Return the opposite side."""
        return self.second if self.first is side else self.first


@dataclass(frozen=True)
class SimilarGroup:
    """Submissions that are nearly equal to one of them, its middle, or have a file of it."""

    middle: Compared
    pairs: tuple[Pair, ...]
    """The middle with each other one; those that share most first."""

    @property
    def members(self) -> tuple[Compared, ...]:
        """The middle, then the others."""
        return (self.middle, *(pair.other(self.middle) for pair in self.pairs))


@dataclass(frozen=True)
class Comparison:
    """The similar submissions of a class."""

    students: int
    """How many were compared with each other."""
    others: int
    """How many from elsewhere each of them was compared with."""
    groups: tuple[SimilarGroup, ...]
    """The largest first."""
    found: int
    """How many pairs share enough to be shown, beyond the groups."""
    pairs: tuple[Pair, ...]
    """The first of them, those that share most first."""
    left_out: tuple[str, ...]
    """A line for each file or submission that was not compared, and why."""


def compare(
    submissions: Iterable[Sources],
    boilerplate: Iterable[bytes],
    most_pairs: int,
    against: Iterable[Sources] = (),
) -> Comparison:
    """Compare all submissions with each other, and with others.

    Args:
        submissions: One of each student; more than one is needed to find anything.
        boilerplate: Files that were handed out; their code is nobody's own.
        most_pairs: How many pairs to keep.
        against: Known solutions, or hand-ins of other years. They are not compared with each other.
    """
    left_out: list[str] = []
    handed_out = frozenset().union(*(_values(_fingerprints(content)) for content in boilerplate))
    read: list[tuple[Sources, tuple[ReadFile, ...], list[frozenset[int]]]] = []
    in_order = sorted(submissions, key=lambda submission: submission.student)
    for submission in (*in_order, *against):
        files = _read(submission, left_out)
        own = [_values(file.fingerprints) - handed_out for file in files]
        if len(frozenset().union(*own)) < LEAST_OWN:
            left_out.append(f"{submission.student}: has too little own code to be compared")
        else:
            read.append((submission, files, own))
    weights = _rarity([own for *_, own in read])
    compared = [_compared(submission, files, own, weights) for submission, files, own in read]
    alike = _similar_pairs(compared, weights)
    groups = _groups(alike)
    pairs = _beyond_groups(alike, groups)
    of_class = sum(not submission.origin for submission in compared)
    return Comparison(
        students=of_class,
        others=len(compared) - of_class,
        groups=groups,
        found=len(pairs),
        pairs=pairs[:most_pairs],
        left_out=tuple(left_out),
    )


def _read(sources: Sources, left_out: list[str]) -> tuple[ReadFile, ...]:
    files: list[ReadFile] = []
    room = MOST_BYTES
    for name, content in sources.files.items():
        if len(files) == MOST_FILES:
            left_out.append(f"{sources.student}: has more than {MOST_FILES} files; some are not in")
            break
        size = size_of_code(content, room)
        if size > room:
            most = f"{MOST_BYTES >> 10} KiB of code are compared"
            left_out.append(f"{sources.student}: {name}: left out, as at most {most}")
            continue
        room -= size
        try:
            source = read_source(content)
            found = fingerprints_of(source)
        except IncomparableError as error:
            left_out.append(f"{sources.student}: {name}: {error}")
            continue
        if found.unread_lines:
            unread = counted(found.unread_lines, "line")
            left_out.append(f"{sources.student}: {name}: {unread} left out, as not valid Python")
        files.append(ReadFile(name, tuple(source.split("\n")), found.fingerprints))
    return tuple(files)


def _fingerprints(content: bytes) -> Sequence[Fingerprint]:
    try:
        return fingerprints_of(read_source(content)).fingerprints
    except IncomparableError:
        return ()


def _values(fingerprints: Iterable[Fingerprint]) -> frozenset[int]:
    return frozenset(mark.value for mark in fingerprints)


def _compared(
    submission: Sources,
    files: tuple[ReadFile, ...],
    own: Sequence[frozenset[int]],
    weights: Mapping[int, float],
) -> Compared:
    values = frozenset().union(*own)
    return Compared(
        submission.student,
        submission.origin,
        files,
        values,
        frozenset(file for file in own if len(file) >= LEAST_OWN),
        _weight_of(values, weights),
    )


def _rarity(submissions: Sequence[Sequence[frozenset[int]]]) -> dict[int, float]:
    """Return what each fingerprint counts: less, the more submissions have it, but never nothing.

    It is the inverse document frequency of information retrieval. A file that many handed in counts
    once, so that its code stays rare. What only one has counts no more than what two have: code
    that somebody added to a copy must not hide the rest.
    """
    seen: set[frozenset[int]] = set()
    counts: Counter[int] = Counter()
    for files in submissions:
        new = [file for file in files if file not in seen]
        seen.update(new)
        counts.update(frozenset().union(*new))
    return {
        value: math.log((len(submissions) + 1) / max(count, 2)) for value, count in counts.items()
    }


def _weight_of(values: Iterable[int], weights: Mapping[int, float]) -> float:
    # The sum is the same whatever the order, as a set has it by chance.
    return math.fsum(map(weights.__getitem__, values))


def _similar_pairs(compared: Sequence[Compared], weights: Mapping[int, float]) -> list[Pair]:
    found = []
    for first, second in itertools.combinations(compared, 2):
        if first.origin:
            continue
        smaller = min(first.weight, second.weight)
        share = _weight_of(first.own & second.own, weights) / smaller
        own = min(len(first.own), len(second.own))
        if share >= least_share(own) or have_equal_file(first, second):
            found.append(Pair(first, second, share))
    found.sort(key=lambda pair: (-pair.share, pair.first.student, pair.second.student))
    return found


def least_share(own: int) -> float:
    """Return what a pair must share to be shown, by the fingerprints of its smaller side."""
    missing = max(0, ENOUGH_OWN - own) / (ENOUGH_OWN - LEAST_OWN)
    return LEAST_SHARE + (LEAST_SHARE_OF_FEW - LEAST_SHARE) * min(1, missing)


def _groups(pairs: Iterable[Pair]) -> tuple[SimilarGroup, ...]:
    """Find groups, each of a middle and all that are nearly equal to it or have an equal file.

    The middle is the submission that most are near to. Being similar to another member is
    not enough: else a chain, each similar only to the next, would be one group.
    """
    near: dict[Compared, list[Pair]] = {}
    for pair in pairs:
        if pair.is_near and not pair.second.origin:
            near.setdefault(pair.first, []).append(pair)
            near.setdefault(pair.second, []).append(pair)
    groups = []
    while near:
        middle = min(near, key=lambda member: (-len(near[member]), -_total(near[member]),
                                               member.student))  # fmt: skip
        group = SimilarGroup(middle, tuple(near[middle]))
        members = set(group.members)
        if len(members) < SMALLEST_GROUP:
            break
        groups.append(group)
        near = {
            member: left
            for member, around in near.items()
            if member not in members
            and (left := [pair for pair in around if pair.other(member) not in members])
        }
    return tuple(groups)


def have_equal_file(first: Compared, second: Compared) -> bool:
    """Return whether both have a file with the same fingerprints, long enough to be compared."""
    return not first.whole_files.isdisjoint(second.whole_files)


def _total(pairs: Iterable[Pair]) -> float:
    return math.fsum(pair.share_of_larger for pair in pairs)


def _beyond_groups(pairs: Iterable[Pair], groups: Iterable[SimilarGroup]) -> tuple[Pair, ...]:
    """Return pairs that are not in one group; of those with a group, the most similar one only."""
    middles = {member: group.middle for group in groups for member in group.members}
    found: dict[frozenset[Compared], Pair] = {}
    for pair in pairs:
        sides = frozenset(middles.get(side, side) for side in (pair.first, pair.second))
        if len(sides) == 2:
            found.setdefault(sides, pair)
    return tuple(found.values())
