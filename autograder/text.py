r"""Makes a hostile text harmless, for each place where it can be shown; writes counts with nouns.

The policy is one, `inert`: a text is one line of characters that can be seen, and no longer than
its place allows. What cannot be seen, turns text around, or paints over its neighbours becomes an
escape such as `\u202e`; what is cut ends in three dots. Each place then takes away what has a
meaning there: `in_markdown`, `code_in_markdown`, `in_html`, `in_csv`, `in_log`, `workflow_command`.
A terminal needs no more than `inert`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import accumulate, groupby
from operator import itemgetter

from markupsafe import Markup, escape

LONGEST_LINE = 600
"""Characters of one text, as shown."""
LONGEST_MESSAGE = 4096
"""Characters of an annotation: the Actions runner cuts there (ExecutionContext.cs)."""
MOST_MARKS = 2
"""Accents and the like on one letter: enough to write Vietnamese, too few to flood a line."""
CUT = "..."
LONGEST_ESCAPE = 10
"""Characters of the longest escape, `\\U0001d159`."""

# Letters and signs by category, but blank: fillers, ignorable marks and selectors, Braille's empty
# cell (Unicode's Default_Ignorable_Code_Point, as far as it lies outside the categories C and Z).
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159"
) | {chr(code) for code in (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))}
_SELECTORS = "\ufe0e\ufe0f"  # text or picture: they belong behind a symbol
# One character each, and drawn as wide as a word: no rule finds them.
_OVERWIDE = frozenset("\u2e3a\u2e3b\ua9c4\ua9c5\ufdfd\U00012219\U0001242b")


def plural(count: float, singular: str, many: str | None = None) -> str:
    """Return the form of a word that agrees with a count.

    >>> plural(1, "shard"), plural(3, "shard"), plural(3, "is", "are")
    ('shard', 'shards', 'are')

    Args:
        count: How many there are.
        singular: The word for exactly 1.
        many: The word for any other count; by default the singular with an `s`.
    """
    return singular if count == 1 else many or f"{singular}s"


def rounded(points: float) -> float:
    """Return points with the two decimals with which all points are shown and exported."""
    return round(points, 2) + 0.0  # no -0.0


def decimal_text(points: float) -> str:
    """Write points as short as they can be, with two decimals at most: `30`, `7.5`, `18.2`."""
    return f"{rounded(points):.2f}".rstrip("0").rstrip(".")


def counted(count: float, singular: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 point`, `2 points`, `0.5 points`.

    See `plural` for the arguments.
    """
    number = decimal_text(count) if isinstance(count, float) else f"{count}"
    return f"{number} {plural(count, singular, many)}"


def shortened(text: str, most: int) -> str:
    """Return the start of a text, at most this many bytes once escapes replace what is unprintable.

    Unlike `inert`, it escapes nothing: the text stays data, of a bounded size.
    """
    for index, character in enumerate(text):
        most -= len(character.encode()) if character.isprintable() else LONGEST_ESCAPE
        if most < 0:
            return text[:index] + CUT
    return text


def inert(text: str, limit: int = LONGEST_LINE) -> str:
    """Write a text as one line that can be seen; done twice, it stays the same.

    Args:
        text: Anything, lone surrogates included.
        limit: The most characters that come back, three dots included where it was cut.
    """
    shown = list(_shown(text[: limit + 1]))
    if sum(map(len, shown)) <= limit:
        return "".join(shown)
    room = limit - len(CUT)
    pieces: list[str] = []
    for piece in shown:
        room -= len(piece)
        if room < 0:
            break
        pieces.append(piece)
    return "".join(pieces) + CUT


def _shown(text: str) -> Iterator[str]:
    """Yield each character as it is, or as an escape."""
    base = " "  # what a mark would stand on; on a blank it would stand on our own text
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if character in " \u00a0":
            base, piece = " ", " "
        elif character in _SELECTORS:
            piece = (
                character
                if marks == 0 and unicodedata.category(base) == "So"
                else _escape(character)
            )
            marks += 1
        elif category[0] in "CZ" or character in _UNSEEN or character in _OVERWIDE:
            base, piece = " ", _escape(character)
        elif category[0] == "M":
            marks += 1
            piece = character if base != " " and marks <= MOST_MARKS else _escape(character)
        else:
            base, piece, marks = character, character, 0
        yield piece


def _escape(character: str) -> str:
    """Write one character in ASCII, as in Python's source."""
    return ascii(character)[1:-1]


# A word of plain English, or a number: nothing that Markdown or GitHub would make something of.
_PLAIN_WORD = re.compile(r"\(?[A-Za-z]+(?:['-][A-Za-z]+)*[).,:;!?]{0,3}")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,6}(?:st|nd|rd|th)?[).,:;!?]{0,3}")
_LIKE_A_COMMIT = re.compile(r"[0-9A-Fa-f]{7}")
_BETWEEN_WORDS = re.compile(r"(?<=[^ ]) (?=[^ ])")  # several blanks are part of a word, and so kept
_NOT_IN_CODE = re.compile(r"([`|])")


def in_markdown(text: str, limit: int = LONGEST_LINE) -> str:
    """Write a text for GitHub's Markdown, in a line or a table's cell: prose stays prose.

    Plain words are left as they are, and all others become code: `@name`, `#12`, commits, URLs,
    `:smile:` and `$x$` mean nothing there, and neither does HTML, emphasis or a link. (Backslashes
    or entities would not do, since GitHub looks for those in the text that results.)
    """
    words = _BETWEEN_WORDS.split(inert(text, limit))
    pieces: list[str] = []
    for is_plain, group in groupby(zip(words, _plain_ones(words), strict=True), itemgetter(1)):
        phrase = " ".join(word for word, _ in group)
        pieces.append(phrase if is_plain else _code(phrase))
    return " ".join(pieces)


def _plain_ones(words: list[str]) -> list[bool]:
    """Return which words are plain.

    A number is, unless words on both sides are code: so `[1, 2, 'x']` stays together, and in
    `... in shardId-000000000000, 2 reordered` the number belongs to the sentence.
    """
    plain = [None if _PLAIN_NUMBER.fullmatch(word) else _is_plain(word) for word in words]
    plain[0] = bool(plain[0])  # `1.` at the start of a line would begin a list
    before = list(accumulate(plain, _latest, initial=True))[1:]
    after = list(accumulate(reversed(plain), _latest, initial=True))[:0:-1]
    return [
        (left or right) if is_plain is None else is_plain
        for is_plain, left, right in zip(plain, before, after, strict=True)
    ]


def _latest(known: bool, found: bool | None) -> bool:
    return known if found is None else found


def _is_plain(word: str) -> bool:
    return bool(_PLAIN_WORD.fullmatch(word)) and not _LIKE_A_COMMIT.search(word)


def code_in_markdown(text: str, limit: int = LONGEST_LINE) -> str:
    """Write a text for GitHub's Markdown, all of it as code."""
    return _code(inert(text, limit))


def _code(text: str) -> str:
    """Write code spans of one backtick each.

    A backtick and a table's `|` stand between them as entities, for no escape holds inside. A
    longer run of backticks around would hold most texts, but GitHub's parser gives up at 80 of
    them, and reads the fence of a block as 255 at most (cmark-gfm: MAXBACKTICKS, fence_length).
    """
    return "".join(_span(piece) for piece in _NOT_IN_CODE.split(text) if piece)


def _span(piece: str) -> str:
    if piece in ("`", "|"):
        return f"&#{ord(piece)};"
    # One blank on both sides is taken away.
    blank = " " if piece[0] == piece[-1] == " " and piece.strip(" ") else ""
    return f"`{blank}{piece}{blank}`"


def in_html(value: object, limit: int = LONGEST_LINE) -> Markup:
    """Write a value for HTML, between tags or in a quoted attribute."""
    return value if isinstance(value, Markup) else escape(inert(str(value), limit))


_CELL_START = re.compile(r"(^|[;|])( *)(?=(\S))")
_CELL_ENDS = (";", "|", "\t", ":")
_DELIMITERS = (";", "|", ":", " ")
_FORMULA_SIGNS = frozenset("=+-@\u2212")


def in_csv(text: str, limit: int = LONGEST_LINE) -> str:
    """Write a text for a cell of a spreadsheet: no formula, and no way out of the cell.

    An apostrophe in front keeps a spreadsheet from computing what begins with `=`, `+`, `-` or `@`,
    in full width too, also where a program takes `;` or `|` for the end of a cell. For such a
    program, a double quote behind a `;` would open a cell that swallows the rows below: those of
    a text with such an end in it become single ones, and the one that ends the cell gets an
    apostrophe in between.
    """
    shown = inert(text, limit)
    if any(end in shown for end in _CELL_ENDS):
        shown = shown.replace('"', "'")
    cell = _CELL_START.sub(_guarded, shown)
    return f"{cell}'" if cell.endswith(_DELIMITERS) else cell


def _guarded(start: re.Match[str]) -> str:
    sign = unicodedata.normalize("NFKC", start[3])[0]
    return f"{start[1]}'{start[2]}" if sign in _FORMULA_SIGNS else start[0]


def in_log(text: str, limit: int = LONGEST_LINE) -> str:
    """Write a text for a job's log: no line with it is a workflow command.

    The runner takes `::name::` at the start of a line for one, indented or not, and `##[name]`
    anywhere in it (actions/runner, ActionCommand.cs). Each gets a blank in between.
    """
    return re.sub(r":(?=:)|##(?=\[)", r"\g<0> ", inert(text, limit))


def workflow_command(name: str, message: list[str], properties: Mapping[str, str]) -> str:
    """Write a command to the Actions runner, such as an annotation; our own words come first.

    Args:
        name: `error`, `warning` or `notice`.
        message: Its lines; what exceeds `LONGEST_MESSAGE` is cut.
        properties: `file`, `line`, `title`; those that are empty are left out.
    """
    data = "\n".join(in_log(line) for line in message)
    if len(data) > LONGEST_MESSAGE:
        data = data[: LONGEST_MESSAGE - len(CUT)] + CUT
    facts = {key: in_log(value).strip() for key, value in properties.items()}
    listed = ",".join(
        f"{key}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in facts.items()
        if value
    )
    return f"::{name} {listed}::{_escaped(data)}"


def _escaped(data: str) -> str:
    return data.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
