"""Strings that have broken terminals, pages, spreadsheets and logs, and grades full of them."""

from collections.abc import Iterator, Sequence
from itertools import cycle

from hypothesis import Phase, settings
from hypothesis import strategies as st

from autograder.grading.grade import (
    Anomaly,
    Attachment,
    Feedback,
    Grade,
    GradedSubmission,
    GradedTest,
    Grader,
    Outcome,
    Witnesses,
    checkpoint_of,
)
from autograder.logs.picture import KIND, DrawnRecord, DrawnRow, DrawnShard, LogPicture, ReadPage

TERMINAL = (
    "\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1bP$q\x1b\\",
    "\x1b[6n",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\x07bell\x07",
    "back\x08\x08\x08\x08over",
    "10 / 10\r 0",
    "line\nbreak",
    "line\r\nbreak",
    "\x0b\x0c\x1c\x1d\x1e\x85",
    "nul\x00nul",
    "\x7fdelete",
    "a\ttab",
    "x" * 5000,
)

UNICODE = (
    "\u202egnp.exe",
    "\u2066isolate\u2069",
    "\u200e\u200f\u061cmarks",
    "zero\u200bwidth\u200c\u200djoin\u2060\ufeff",
    "soft\u00adhyphen",
    "no-break\u00a0space",
    "\u2003wide\u3000spaces\u2009",
    "line\u2028separator",
    "paragraph\u2029separator",
    "Z\u0351\u036b\u0343a\u0335\u0313\u0306l\u0300\u0301\u0302\u0303\u0304g\u0489o",
    "\u0301mark first",
    "e" + "\u0301" * 1000,
    "\u20dd\u20e0enclosed",
    "\ud800lone surrogate",
    "\udfff\udbff",
    "\ue000private\U000f0000\U0010fffd",
    "\ufffe\uffff\U0001ffff",
    "\u0378unassigned",
    "tags\U000e0041\U000e007f",
    "selector\ufe0f\ufe00\U000e0100",
    "filler\u115f\u1160\u3164\uffa0\u2800",
    "\u034f\u17b4\u180b",
    "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f6f0\ufe0f down",
    "\ufdfd" * 50,
    "\u2e3b\U00012219\U0001242b",
    "\uff1d\uff0b\uff0d\uff20",
    "\u05d3\u05d5\u05d3 10 / 10",
    "\u0645\u062d\u0645\u062f 3/3",
    "\u041a\u0438\u0440\u0438\u043b\u043b\u0438\u0446\u0430",
    "\u6e29\u5ea6 21\u00b0",
    "\uff21\uff22\uff23 full width",
    "\u1e9e\u0130\u0131\ufb03",
)

MARKDOWN = (
    "# heading",
    "====",
    "----",
    "* * *",
    "> quote",
    "> [!WARNING]",
    "1. one",
    "1) one",
    "- [ ] task",
    "- [x] done",
    "+ plus",
    "    indented code",
    "*em* **strong** _em_ __strong__ ~~gone~~",
    "a<b>bold</b>",
    "wo*r*d and snake_case_name_",
    "`code`",
    "``",
    "`" * 79 + " @octocat",
    "`" * 81 + " @octocat " + "`" * 81,
    "`" * 300,
    "```\nfence\n```",
    "~~~",
    "a | b | c",
    "|---|---|",
    "\\|",
    "\\",
    "\\`",
    "[link](https://evil.example)",
    "[link][ref]",
    "[ref]: https://evil.example",
    "![image](https://evil.example/x.png)",
    "<https://evil.example>",
    "https://evil.example/a?b=c",
    "www.evil.example",
    "someone@evil.example",
    "ftp://evil.example",
    "mailto:a@evil.example",
    "@octocat",
    "@org/team please",
    "#12",
    "owner/repo#12",
    "GH-12 and gh-12",
    "JIRA-7",
    "a5c3785ed8d6a35868bc169f07e40e889087fd2e",
    "defaced",
    "0000000",
    "owner/repo@a5c3785ed8d6",
    "octocat@a5c3785",
    ":tada: :+1: :x:",
    "$x^2$",
    "$$\nx\n$$",
    "$`x`$",
    "[^1]",
    "&lt;b&gt; &amp; &#64;",
    "&nbsp;&ZeroWidthSpace;",
    "trailing  ",
    "  leading",
    " ",
    "   ",
    "two  blanks",
    "`|`|`",
    "| `",
)

HTML = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><style>body{display:none}</style>",
    "</bdi></code></td></table>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<details open><summary>x</summary>",
    "<iframe src=javascript:alert(1)>",
    "<!-- comment",
    "-->",
    "<![CDATA[x]]>",
    "<?php ?>",
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "<meta http-equiv=refresh content=0>",
    "<base href=//evil.example>",
    "<div style='position:fixed;inset:0'>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# comment",
    "${{ secrets.TOKEN }}",
    "%(x)s %s {0}",
    "&",
    "<",
)  # fmt: skip

CSV = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example","x")',
    '";=1+1;"',
    'x;"y',
    'x;"',
    'x;"""',
    "x;-2",
    "x| @y",
    '"',
    '""',
    "'",
    "a,b;c\td",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM",
    "\u22121",
    "\ufe661",
    "sep=;",
    "ends with;",
    "ends with |",
    "ends with: ",
)

ACTIONS = (
    "::error::x",
    "  ::error::x",
    "\u3000::error::x",
    "::error file=a,line=1::x",
    "::set-output name=x::y",
    "::add-mask::success",
    "::stop-commands::x",
    "::set-env name=PATH::x",
    "::save-state name=x::y",
    "::add-matcher::x.json",
    "::group::x",
    "::warning",
    "%0A::error::x",
    "%0D%0A::error::x",
    "%250A",
    "%3A%2C%25",
    "x\n::error::y",
    ":::error::x",
    "::::",
    ":\u200b:error::x",
    "##[error]x",
    "x ##[add-mask]success",
    "###[group]x",
    "##\u00ad[error]x",
    "##[set-output name=x;]y",
    "#" * 10 + "[error]x",
    "a,b=c:d",
    "ends with:",
    "=x",
    'File "a.py", line 1, in f',
)

NASTY = (*TERMINAL, *UNICODE, *MARKDOWN, *HTML, *CSV, *ACTIONS)

_ALPHABETS = (
    "ab12 `|\\*_~#<>[]()!-+=@:$&.'\"\n",
    "a1 =+-@;,|\t\r\n\"'\u200b\uff1d\u2212",
    "ae :#[]%0AD,=\n\r\u00ad\u200b",
    "a \u0301\u0489\ufe0f\u200d\u202e\u2066\u05d0\U0001f6f0\U0001f468\U000e0041",
    "\x00\x07\x08\x1b\x7f\x9b[]0;mHJ\\",
)

SAME_EACH_TIME = settings(
    derandomize=True,
    database=None,
    deadline=None,
    # Shrinking a grade of this many strings takes minutes.
    phases=(Phase.explicit, Phase.generate),
)


def texts() -> st.SearchStrategy[str]:
    """Draw a hostile text: a known one, several of them joined, or a new one of that kind."""
    known = st.sampled_from(NASTY)
    return st.one_of(
        known,
        st.lists(known, min_size=2, max_size=3).map("".join),
        st.lists(known, min_size=2, max_size=3).map(" ".join),
        *(st.text(alphabet, min_size=1, max_size=60) for alphabet in _ALPHABETS),
        st.text(st.characters(codec=None), min_size=1, max_size=700),
    )


PLACES = 30
"""The number of different strings in a grade of `grade_of`."""

HARMLESS = tuple(f"harmless {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(PLACES))


def hostile() -> st.SearchStrategy[list[str]]:
    """Draw the strings of a grade, all different."""
    return st.lists(texts(), min_size=PLACES, max_size=PLACES, unique=True)


FILE = "reader.py"
HANDOUT = "README.md#r2"


def grade_of(strings: Sequence[str]) -> Grade:
    """Make a grade of two checkpoints that shows each kind of content, made of the given words."""
    word = cycle(strings)
    cause = _feedback(word, advice=False)
    first = checkpoint_of(
        next(word),
        next(word),
        (
            _test(word, Outcome.PASSED, None),
            _test(word, Outcome.CRASHED, cause),
            _test(word, Outcome.CRASHED, cause),
            _test(word, Outcome.WRONG, _feedback(word, advice=True)),
            _test(word, Outcome.REFUSED, Feedback(asked=next(word), came_back=next(word))),
        ),
    )
    second = checkpoint_of(
        next(word),
        next(word),
        (_test(word, Outcome.UNMARKED, None), _test(word, Outcome.GRADER_ERROR, None)),
    )
    return Grade(
        assignment=next(word),
        score=3,
        max_score=21,
        submission=GradedSubmission(
            digest=next(word),
            commit=next(word),
            files={FILE: next(word), next(word): next(word)},
            notes=(next(word), next(word)),
        ),
        grader=Grader(
            version=next(word),
            suite=next(word),
            sandbox=False,
            python=next(word),
            python_named=next(word),
        ),
        checkpoints=(first, second),
    )


def _test(word: Iterator[str], outcome: Outcome, feedback: Feedback | None) -> GradedTest:
    return GradedTest(
        id=next(word),
        title=next(word),
        requirement=next(word),
        outcome=outcome,
        score=3 if outcome is Outcome.PASSED else 0,
        max_score=3,
        feedback=feedback,
    )


def _feedback(word: Iterator[str], *, advice: bool) -> Feedback:
    return Feedback(
        asked=next(word),
        came_back=next(word),
        expected=next(word),
        hint=next(word) if advice else None,
        witnesses=(Witnesses(anomaly=Anomaly.LOST, records=(next(word), next(word)), total=7),),
        trace=(next(word), f"{FILE}:3, in {next(word)}: {next(word)}"),
        handout=HANDOUT,
        attachments=((_read_log if advice else _written_log)(word).attachment(),),
    )


def _record(word: Iterator[str], *anomalies: Anomaly, user: str = "alice") -> DrawnRecord:
    return DrawnRecord(
        name=next(word),
        user=user,
        partition_key=next(word),
        sequence_number=next(word),
        returned=not anomalies,
        anomalies=anomalies,
    )


def _shard(shard_id: str, *records: DrawnRecord) -> DrawnShard:
    return DrawnShard(
        shard_id=shard_id, first_hash_key="0", last_hash_key=str(2**127), records=records, later=3
    )


def _written_log(word: Iterator[str]) -> LogPicture:
    lost = _record(word, Anomaly.LOST).model_copy(update={"sequence_number": None})
    other = _record(word, user="0 of nobody")
    return LogPicture(
        shards=(
            _shard(next(word), _record(word), lost, _record(word, Anomaly.DUPLICATED), other),
            _shard(next(word)),
        )
    )


def _read_log(word: Iterator[str]) -> LogPicture:
    unread = _record(word, Anomaly.UNREAD)
    return LogPicture(
        shards=(_shard("shardId-000000000000", _record(word), unread), _shard(next(word))),
        read="shardId-000000000000",
        offset=unread.sequence_number,
        pages=(
            ReadPage(begins=0, records=1, more_follow=True),
            ReadPage(begins=1, records=0, more_follow=True),
        ),
        returned=DrawnRow(records=(_record(word),)),
    )


def any_grade() -> st.SearchStrategy[Grade]:
    """Draw any grade that the model accepts."""
    words = st.one_of(st.just(""), texts())
    numbers = st.floats()
    some = st.lists(words, max_size=8).map(tuple)
    witnesses = st.builds(
        Witnesses,
        anomaly=st.sampled_from(Anomaly),
        records=some,
        total=st.integers() | st.just(10**5000),
    )
    feedback = st.builds(
        Feedback,
        asked=words,
        came_back=words,
        expected=st.none() | words,
        hint=st.none() | words,
        witnesses=st.lists(witnesses, max_size=3).map(tuple),
        trace=some,
        handout=st.none() | words | st.just(HANDOUT),
        attachments=st.just(()) | _any_attachments(words),
    )
    tests = st.builds(
        GradedTest,
        id=words,
        title=words,
        requirement=words,
        outcome=st.sampled_from(Outcome),
        score=numbers,
        max_score=numbers,
        feedback=st.none() | feedback,
    )
    checkpoints = st.builds(checkpoint_of, words, words, st.lists(tests, max_size=4).map(tuple))
    return st.builds(
        Grade,
        schema_version=st.integers(min_value=1),
        assignment=words,
        score=numbers,
        max_score=numbers,
        submission=st.builds(
            GradedSubmission,
            digest=words,
            commit=st.none() | words,
            files=st.dictionaries(words, words, max_size=3),
            notes=st.lists(words, max_size=3).map(tuple),
        ),
        grader=st.builds(Grader, version=words, suite=words, sandbox=st.booleans()),
        checkpoints=st.lists(checkpoints, max_size=3).map(tuple),
    )


def _any_attachments(words: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Attachment, ...]]:
    counts = st.integers(0, 10**9)
    hash_keys = st.integers(0, 10**39 - 1).map(str)
    records = st.lists(
        st.builds(
            DrawnRecord,
            name=words,
            user=words,
            partition_key=words,
            sequence_number=st.none() | words,
            returned=st.booleans(),
            anomalies=st.lists(st.sampled_from(Anomaly), max_size=2).map(tuple),
        ),
        max_size=4,
    ).map(tuple)
    shards = st.builds(
        DrawnShard,
        shard_id=words,
        first_hash_key=hash_keys,
        last_hash_key=hash_keys,
        closed=st.booleans(),
        earlier=counts,
        records=records,
        later=counts,
    )
    pages = st.builds(ReadPage, begins=counts, records=counts, more_follow=st.booleans())
    pictures = st.builds(
        LogPicture,
        shards=st.lists(shards, max_size=3).map(tuple),
        read=st.none() | words,
        offset=st.none() | words,
        pages=st.lists(pages, max_size=3).map(tuple),
        returned=st.none() | st.builds(DrawnRow, earlier=counts, records=records, later=counts),
    )
    # `attachment()` would truncate; a grade that is read from a file may hold anything.
    return pictures.map(
        lambda picture: (Attachment(kind=KIND, content=picture.model_dump(mode="json")),)
    )


def feedback_of(grade: Grade) -> list[Feedback]:
    """Return the feedback that a grade shows, each cause once."""
    found = [
        test.feedback
        for checkpoint in grade.checkpoints
        for test in checkpoint.tests
        if test.feedback
    ]
    return list({id(feedback): feedback for feedback in found}.values())


MEGABYTE = 1 << 20

HUGE = tuple(
    (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]
    for piece in (
        "a", " ", "word ", "`|", "`", "|", "\u202e", "e\u0301", "\u0301", "::", "##[", "=", ";=",
        "<", '"', "\n", "%", "@a #1 ", "\U0001f6f0\ufe0f", "\ud800",
    )
)  # fmt: skip
"""A megabyte of each, which every place must truncate."""
