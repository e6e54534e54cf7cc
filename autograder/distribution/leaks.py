"""Searches files for secrets, by their content, before they are handed out.

Texts are compared as runs of words, so that indentation, line breaks, comment signs, quotes or
upper case do not hide a copy; packed and encoded copies are read too (`views`). How many words in a
row make a leak depends on the secret (see `Passage.run`). Phrases that everybody writes, and those
of the public part of the solutions, are not leaks. Paraphrases are not found.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.distribution.views import UnreadableFileError, View, views

_WORD = re.compile(r"\w+")
_BLANK = re.compile(r"[\s\\]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_GROUPED = re.compile(r"(?<=\d)_(?=\d)")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A text that must not be published, as a whole or in part."""

    origin: str
    """Where it comes from, for the person who looks into it."""
    text: str
    run: int
    """How many of its words in a row are a leak; a shorter text leaks as a whole, from four on."""


@dataclass(frozen=True)
class Statement:
    """A short piece of code that must not be published, such as `c4 = "C"`."""

    origin: str
    code: str


@dataclass(frozen=True)
class PersonalTerm:
    """A name, an address or a login of a person."""

    origin: str
    """Must not name the person: it is shown in logs."""
    text: str


@dataclass(frozen=True)
class Leak:
    """A file that holds a secret."""

    file: str
    origin: str
    within: tuple[str, ...] = ()
    """The packings around it, from the outside to the inside."""

    def __str__(self) -> str:
        how = f" (within {', '.join(self.within)})" if self.within else ""
        return f"{self.file}{how}: {self.origin}"


FEWEST_WORDS = 4
"""A passage of fewer words is not specific enough: `return pairs`."""
LONG_BLOCK = 10
"""Words of a block (see `Secrets`) where a run has at least twice as many; else `FEWEST_WORDS`."""


@dataclass(frozen=True)
class Secret:
    """The words of a passage, and how many in a row are a leak."""

    origin: str
    words: Words
    run: int
    block: int
    """How many words a block has."""
    blocks: Mapping[Words, Sequence[int]]
    """Where each block is in the words."""

    def runs_around(self, block: int, text: Words, at: int) -> Iterator[Words]:
        """Yield each run that a text and the passage share around a block.

        Args:
            block: Where the block begins in the passage.
            text: The words of the text.
            at: Where the block begins in the text.
        """
        more = self.run - self.block
        before = _shared(self.words[max(0, block - more) : block][::-1],
                         text[max(0, at - more) : at][::-1])  # fmt: skip
        end, text_end = block + self.block, at + self.block
        after = _shared(self.words[end : end + more], text[text_end : text_end + more])
        for start in range(at - before, text_end + after - self.run + 1):
            yield text[start : start + self.run]


class Secrets:
    """The secrets, prepared for the search.

    A passage is cut into blocks of a few words, with gaps that are so short that each run holds a
    whole block. Only blocks are kept for the search; around each that is found, words are compared.
    """

    def __init__(
        self,
        passages: Iterable[Passage] = (),
        statements: Iterable[Statement] = (),
        terms: Iterable[PersonalTerm] = (),
        public: Iterable[str] = (),
    ) -> None:
        """Prepare secrets.

        Args:
            passages: Texts of which no run of words may be published.
            statements: Code that may not appear anywhere, however it is spaced.
            terms: Names and addresses. A single word that `public` has too is not searched for, as
                it identifies nobody: the events in the handout are of alice.
            public: Texts that are public whatever else holds them.
        """
        public = tuple(public)
        texts = [words(text) for text in public]
        self._vocabulary = {word for text in texts for word in text}
        prepared = map(prepare, passages)
        self._secrets = [secret for secret in prepared if secret.run >= FEWEST_WORDS]
        self._places: dict[int, dict[Words, list[tuple[int, int]]]] = {}
        for number, secret in enumerate(self._secrets):
            places = self._places.setdefault(secret.block, {})
            for block, found in secret.blocks.items():
                places.setdefault(block, []).extend((number, at) for at in found)
        self._public = {
            run: {shared for text in texts for shared in _runs(text, run)}
            for run in {secret.run for secret in self._secrets}
        }
        self._statements = {_squeezed(statement.code): statement.origin for statement in statements}
        for squeezed in map(_squeezed, public):
            for code in [code for code in self._statements if code in squeezed]:
                del self._statements[code]
        self._terms: dict[str, dict[Words, str]] = {}
        for term in terms:
            of_term = words(term.text)
            if of_term and not (len(of_term) == 1 and of_term[0] in self._vocabulary):
                self._terms.setdefault(of_term[0], {}).setdefault(of_term, term.origin)

    def search(self, view: View) -> Iterator[str]:
        """Yield the origin of each secret that can be read in a view."""
        found = words(view.text)
        yield from self._copied(found)
        squeezed = _squeezed(view.text)
        yield from (origin for code, origin in self._statements.items() if code in squeezed)
        if view.exact:
            yield from self._people(found)

    def _copied(self, text: Words) -> Iterator[str]:
        """Yield the origins of the runs in a text; of passages that share one, the first."""
        owners: dict[Words, int] = {}
        for size, places in self._places.items():
            for at, block in enumerate(_runs(text, size)):
                for number, place in places.get(block, ()):
                    secret = self._secrets[number]
                    for run in secret.runs_around(place, text, at):
                        if run not in self._public[secret.run]:
                            owners[run] = min(number, owners.get(run, number))
        yield from (self._secrets[number].origin for number in dict.fromkeys(owners.values()))

    def _people(self, found: Words) -> Iterator[str]:
        for at, word in enumerate(found):
            for term, origin in self._terms.get(word, {}).items():
                if found[at : at + len(term)] == term:
                    yield origin


def prepare(passage: Passage) -> Secret:
    """Cut a passage into blocks. Tests keep what this returns: the grader is a long text."""
    of_passage = words(passage.text)
    run = min(passage.run, len(of_passage))
    size = LONG_BLOCK if run >= 2 * LONG_BLOCK else FEWEST_WORDS
    blocks: dict[Words, list[int]] = {}
    for at in range(0, len(of_passage) - size + 1, max(1, run - size + 1)):
        blocks.setdefault(of_passage[at : at + size], []).append(at)
    return Secret(passage.origin, of_passage, run, size, blocks)


def find_leaks(files: Mapping[str, bytes], secrets: Secrets) -> tuple[Leak, ...]:
    """Find the files that hold a secret, or that cannot be looked into.

    Args:
        files: The files to hand out, by name; names are searched too.
        secrets: What must not be in them.
    """
    leaks: dict[Leak, None] = {}
    for name, content in files.items():
        leaks |= {Leak(name, origin, ("its name",)): None for origin in secrets.search(View(name))}
        try:
            for view in views(content):
                leaks |= {Leak(name, origin, view.within): None for origin in secrets.search(view)}
        except UnreadableFileError as error:
            leaks[Leak(name, str(error))] = None
    return _outermost(leaks)


def _outermost(leaks: Collection[Leak]) -> tuple[Leak, ...]:
    """Keep one of the leaks that differ only in how they were found."""
    kept: dict[tuple[str, str], Leak] = {}
    for leak in leaks:
        kept.setdefault((leak.file, leak.origin), leak)
    return tuple(kept.values())


def words(text: str) -> Words:
    """Return the words of a text, without accents and in lower case."""
    if not text.isascii():
        text = _FOREIGN.sub(_without_accent, unicodedata.normalize("NFKD", text))
    return tuple(_WORD.findall(text.casefold()))


def _without_accent(character: re.Match[str]) -> str:
    return "" if unicodedata.combining(character[0]) else character[0]


def _runs(found: Words, length: int) -> Iterator[Words]:
    return (found[at : at + length] for at in range(len(found) - length + 1))


def _shared(left: Words, right: Words) -> int:
    """Count the equal words at the beginning."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(left), len(right)))


def _squeezed(code: str) -> str:
    """Remove from code what does not change it: blanks, escapes, kinds of quotes, capitals."""
    return _GROUPED.sub("", _BLANK.sub("", code).replace("'", '"')).casefold()
