"""The Markdown format: students cannot add structure, even by GitHub's extensions."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.feedback.content import LONGEST_TITLE, Detail, feedback_lines
from autograder.feedback.markdown import LONGEST_COMMENT, as_markdown
from autograder.grading.grade import Feedback, Grade, GradedTest, Outcome, checkpoint_of
from autograder.tests.feedback.nasty import (
    HANDOUT,
    HARMLESS,
    HUGE,
    NASTY,
    PLACES,
    SAME_EACH_TIME,
    any_grade,
    feedback_of,
    grade_of,
    hostile,
)
from autograder.text import inert

# CommonMark with GitHub's tables, strikethrough and links, and more links than GitHub finds.
PARSER = MarkdownIt("gfm-like")

GITHUB_EXTRAS = {
    "mention": re.compile(r"@\w"),
    "reference": re.compile(r"#\d|\b[A-Za-z]+-\d"),
    "commit": re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{7,}(?![0-9A-Za-z])"),
    "link": re.compile(r"://|www\.\w|\w@\w"),
    "math": re.compile(r"\$"),
    "emoji": re.compile(r":[\w+-]+:"),
    "footnote": re.compile(r"\[\^"),
}


def flat(tokens: list[Token]) -> Iterator[Token]:
    """Yield all tokens, including those within lines."""
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def structure(markdown: str) -> list[tuple[str, object]]:
    """Return everything but the words: blocks and marks, with their attributes."""
    return [
        (token.type, tuple(token.attrs.items()))
        for token in flat(PARSER.parse(markdown))
        if token.type not in ("text", "code_inline")
    ]


def words(markdown: str) -> list[str]:
    """Return the text of each line or cell, as a reader sees it."""
    return [
        "".join(child.content for child in token.children or [])
        for token in PARSER.parse(markdown)
        if token.type == "inline"
    ]


def prose(markdown: str) -> list[str]:
    """Return the text outside of code and links, in which GitHub looks for mentions and so on."""
    found: list[str] = []
    for token in PARSER.parse(markdown):
        parts = [child.content if child.type == "text" else "\0" for child in token.children or []]
        found += "".join(parts).split("\0")
    return found


@SAME_EACH_TIME
@given(hostile())
def test_the_structure_is_that_of_a_harmless_grade(strings: list[str]) -> None:
    """Headings, tables and lists are the same, without HTML, images or links to elsewhere."""
    found = structure(as_markdown(grade_of(strings)))

    assert found == structure(as_markdown(grade_of(HARMLESS)))
    assert {kind for kind, _ in found}.isdisjoint({"html_block", "html_inline", "image"})
    assert {attributes for kind, attributes in found if kind == "link_open"} == {
        (("href", HANDOUT),)
    }


@SAME_EACH_TIME
@given(hostile())
def test_every_text_can_be_read(strings: list[str]) -> None:
    """Markdown does not swallow any of it."""
    grade = grade_of(strings)

    lines = words(as_markdown(grade))

    for feedback in feedback_of(grade):
        for label, text in feedback_lines(feedback):
            assert f"{label}: {text}" in lines
    for checkpoint in grade.checkpoints:
        assert inert(checkpoint.title, LONGEST_TITLE) in lines
        for test in checkpoint.tests:
            assert inert(test.title, LONGEST_TITLE) in lines


@SAME_EACH_TIME
@given(hostile())
def test_github_finds_nothing_more_in_it(strings: list[str]) -> None:
    """Mentions, references, commits, links, formulas, emoji and footnotes are in code only."""
    shown = prose(as_markdown(grade_of(strings)))

    found = [
        (name, text)
        for text in shown
        for name, extra in GITHUB_EXTRAS.items()
        if extra.search(text)
    ]
    assert not found


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_each_nasty_string_is_shown_unchanged(text: str) -> None:
    """Alone, in each place."""
    grade = grade_of([text])

    markdown = as_markdown(grade)

    assert structure(markdown) == structure(as_markdown(grade_of(["harmless"])))
    assert f"got: {inert(text)}" in words(markdown)


@pytest.mark.parametrize(
    "handout",
    [
        "javascript:alert(1)",
        "//evil.example/README.md",
        "https://evil.example",
        "README.md) [x](y",
        "README.md#r2\n",
        "/etc/passwd",
        "data:text/html,x",
    ],
)
def test_only_places_in_the_repository_become_links(handout: str) -> None:
    """It is shown as a text instead."""
    feedback = Feedback(asked="a", came_back="b", handout=handout)

    markdown = as_markdown(_grade_with(feedback))

    assert "link_open" not in {kind for kind, _ in structure(markdown)}
    assert f"handout: {inert(handout)}" in words(markdown)


def test_links_begin_with_the_address_of_the_files() -> None:
    """Relative links do not work in a comment."""
    base = "https://github.com/org/ada/blob/a5c3785/"

    markdown = as_markdown(grade_of(HARMLESS), files_at=base)

    assert ("link_open", (("href", f"{base}{HANDOUT}"),)) in structure(markdown)


def _grade_with(*feedback: Feedback, checkpoints: int = 1) -> Grade:
    """Make a grade with a lost test for each feedback, the same in each checkpoint."""
    tests = tuple(
        GradedTest(
            id=f"reader/{number}",
            title=f"Title {number}",
            requirement="R2",
            outcome=Outcome.WRONG,
            score=0,
            max_score=3,
            feedback=explained,
        )
        for number, explained in enumerate(feedback)
    )
    return grade_of(HARMLESS).model_copy(
        update={"checkpoints": (checkpoint_of("reader", "Reading", tests),) * checkpoints}
    )


def test_truncation_leaves_whole_pieces_and_says_what_is_missing() -> None:
    """All tables come first; each explanation is shown in full or not at all."""
    lost = [Feedback(asked="x " * 300, came_back=f"{n} " * 100) for n in range(100)]

    markdown = as_markdown(_grade_with(*lost, checkpoints=2))

    kinds = [kind for kind, _ in structure(markdown)]
    explained = markdown.count("- **asked:**")
    rows_of_overview, rows_of_checkpoint = 1 + 2 + 1, 1 + 100
    assert 10 < explained < 100
    assert kinds.count("tr_open") == rows_of_overview + 2 * rows_of_checkpoint
    assert len(markdown) <= LONGEST_COMMENT
    assert f"the feedback on {200 - explained} tests." in words(markdown)[-1]
    assert markdown.count("- **got:**") == explained


@SAME_EACH_TIME
@given(any_grade())
def test_the_output_for_any_grade_is_bounded(grade: Grade) -> None:
    """Any grade that the model accepts is written, and fits into a comment."""
    assert len(as_markdown(grade).encode()) <= LONGEST_COMMENT


@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:3]))
def test_a_megabyte_everywhere_is_truncated(text: str) -> None:
    """The output still fits into a comment."""
    grade = grade_of([text + str(number) for number in range(PLACES)])

    assert len(as_markdown(grade).encode()) <= LONGEST_COMMENT


@pytest.mark.parametrize(
    ("detail", "tables", "causes"),
    [(Detail.FULL, 3, 5), (Detail.TITLES, 3, 0), (Detail.SCORE, 1, 0)],
)
def test_it_shows_as_much_as_is_asked_for(detail: Detail, tables: int, causes: int) -> None:
    """Points alone, also the titles of tests, or also the feedback."""
    text = as_markdown(grade_of(["planted"]), detail=detail)

    kinds = [token.type + token.tag for token in PARSER.parse(text)]
    assert text.startswith("# planted: 3 / ")
    assert (kinds.count("table_opentable"), kinds.count("heading_openh3")) == (tables, causes)


def test_room_can_be_left_below() -> None:
    """The caller can reserve room for more text; what does not fit is left out as usual."""
    grade = grade_of(["planted"])
    whole = as_markdown(grade)

    text = as_markdown(grade, limit=len(whole.encode()) - 1)

    assert len(text.encode()) < len(whole.encode())
    assert "Left out" in text
