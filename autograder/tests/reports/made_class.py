"""A class of honest submissions and disguised copies, made from the right ones of the corpus."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.tests.reports.disguises import DISGUISES, disguised
from autograder.tests.student_repository.clone import CORPUS

FEWEST_LINES = 120
"""Smaller submissions of the corpus change only a function or two of the solution."""
COPIED = "kinesis_multi_shard.py"

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class MadeClass:
    """Submissions by student, and which of them are copies of each other."""

    submissions: Mapping[str, Files]
    copies: frozenset[frozenset[str]]
    """Pairs of students."""


def whole_programs() -> list[Files]:
    """Return the right submissions that were written as a whole, each in a different style."""
    found: list[Files] = []
    for declared in CORPUS.values():
        if declared.is_right and declared.alone and declared.source.count("\n") > 40:
            files = {declared.file: declared.source.encode(), **declared.helpers}
            if sum(content.count(b"\n") for content in files.values()) >= FEWEST_LINES:
                found.append(files)
    return found


def disguised_files(files: Files, rng: random.Random, count: int) -> Files:
    """Disguise each file in `count` ways, chosen at random."""
    chosen = set(rng.sample(DISGUISES, count))
    return {
        name: disguised(
            content.decode("utf-8-sig"), rng, [way for way in DISGUISES if way in chosen]
        ).encode()
        for name, content in files.items()
        if content.strip()
    }


def make_class(
    seed: int, honest: int = 20, copies: int = 20, ways: int = len(DISGUISES)
) -> MadeClass:
    """Make a class in which each of `copies` students copied from another honest student."""
    rng = random.Random(seed)
    programs = rng.sample(whole_programs(), honest)
    submissions = {f"honest-{number:02}": files for number, files in enumerate(programs)}
    pairs = set()
    for number in range(copies):
        name = f"copy-{number:02}"
        submissions[name] = disguised_files(programs[number], rng, ways)
        pairs.add(frozenset({name, f"honest-{number:02}"}))
    return MadeClass(submissions, frozenset(pairs))


def make_class_of_one_copied_file(seed: int, copies: int = 12) -> MadeClass:
    """Make a class in which `copies` students copied, disguised, only one file of two or three."""
    rng = random.Random(seed)
    programs = rng.sample([files for files in whole_programs() if COPIED in files], 2 * copies)
    submissions = {}
    pairs = set()
    for number in range(copies):
        names = f"honest-{number:02}", f"copy-{number:02}"
        copied = disguised_files({COPIED: programs[number][COPIED]}, rng, len(DISGUISES))
        submissions[names[0]] = programs[number]
        submissions[names[1]] = {**programs[copies + number], **copied}
        pairs.add(frozenset(names))
    return MadeClass(submissions, frozenset(pairs))


def small_class() -> MadeClass:
    """Make a class of honest submissions of one or two functions each, for the same exercises."""
    found: dict[str, Files] = {
        declared.name: {declared.file: declared.source.encode()}
        for declared in CORPUS.values()
        if declared.is_right and not declared.alone and not declared.helpers
        and declared.file.endswith(".py")
    }  # fmt: skip
    return MadeClass(found, frozenset())
