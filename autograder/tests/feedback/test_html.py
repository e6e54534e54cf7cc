"""The HTML format: all tags and attributes of the page are ours, and it loads nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given

from autograder.feedback.content import feedback_lines
from autograder.feedback.html import as_html, way_to_handout
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

LONGEST_OF_A_TEST = 120_000
"""In bytes, with the drawing of a log."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Page(HTMLParser):
    """A page as a browser parses it: its tags with attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tree: list[tuple[str, object]] = []
        self.texts: list[str] = [""]
        self.styles: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that opens; a label in a drawing has as many lines as it needs."""
        opened = (tag, tuple((name, _without_numbers(value)) for name, value in attrs))
        if opened == ("tspan", (("x", ""), ("dy", ""))):
            self.tree.pop()
        else:
            self.tree.append(opened)
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Note a tag that closes."""
        self.tree.append((f"/{tag}", ()))
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        """Note text."""
        if self.tree and self.tree[-1][0] in ("style", "script"):
            self.styles.append(data)
        self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        """Note a comment; a harmless page does not have any."""
        self.tree.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        """Note a declaration."""
        self.tree.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        """Note a processing instruction; a harmless page does not have any."""
        self.tree.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        """Note an unknown declaration; a harmless page does not have any."""
        self.tree.append(("unknown", data))


def _without_numbers(value: str | None) -> str | None:
    """Blank the coordinates in a drawing, since they follow from the hash of a key."""
    return "" if value and re.fullmatch(r"[-MVHLmvhlz0-9. ]+", value) else value


HARMLESS_PAGE = Page(as_html(grade_of(HARMLESS), files_at=""))


@SAME_EACH_TIME
@given(hostile())
def test_the_tree_is_that_of_a_harmless_grade(strings: list[str]) -> None:
    """Tags, attributes and styles are the same, so none contains a student's text."""
    page = Page(as_html(grade_of(strings), files_at=""))

    assert page.tree == HARMLESS_PAGE.tree
    assert page.styles == HARMLESS_PAGE.styles


@SAME_EACH_TIME
@given(hostile())
def test_every_text_can_be_read(strings: list[str]) -> None:
    """Each text fills an element."""
    grade = grade_of(strings)

    page = Page(as_html(grade))

    for feedback in feedback_of(grade):
        assert {text for _, text in feedback_lines(feedback)} <= set(page.texts)


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_each_nasty_string_is_shown_unchanged(text: str) -> None:
    """The string is used alone, in every place."""
    page = Page(as_html(grade_of([text])))

    assert page.tree == Page(as_html(grade_of(["harmless"]))).tree
    assert inert(text) in page.texts


def test_the_page_needs_nothing_else_and_may_load_nothing() -> None:
    """It begins with a policy that forbids scripts, images and style sheets, and has none."""
    tags = {tag for tag, _ in HARMLESS_PAGE.tree}
    attributes = [
        (tag, name, value)
        for tag, given in HARMLESS_PAGE.tree
        if isinstance(given, tuple)
        for name, value in given
    ]

    assert tags.isdisjoint({"script", "img", "link", "iframe", "form", "object", "base"})
    assert ("meta", "content", POLICY) in attributes
    assert [tag for tag, _ in HARMLESS_PAGE.tree][:5] == [
        "declaration",
        "html",
        "head",
        "meta",
        "meta",
    ]
    assert {value for _, name, value in attributes if name in ("href", "src")} == {
        HANDOUT,
        "#checkpoint-1",
        "#checkpoint-2",
    }
    assert not {name for _, name, _ in attributes if name.startswith("on") or name == "style"}


@pytest.mark.parametrize("handout", ["javascript:alert(1)", "//evil.example", "a b", '"x'])
def test_only_places_in_the_repository_become_links(handout: str) -> None:
    """Anything else is shown as text."""
    test = GradedTest(
        id="reader/a",
        title="A",
        requirement="R1",
        outcome=Outcome.WRONG,
        score=0,
        max_score=1,
        feedback=Feedback(asked="a", came_back="b", handout=handout),
    )
    grade = grade_of(HARMLESS).model_copy(
        update={"checkpoints": (checkpoint_of("reader", "Reading", (test,)),)}
    )

    page = Page(as_html(grade, files_at=""))

    assert ("a", (("href", handout),)) not in page.tree
    assert "a" in {tag for tag, _ in page.tree}
    assert handout in page.texts


@SAME_EACH_TIME
@given(any_grade())
def test_the_output_for_any_grade_is_bounded(grade: Grade) -> None:
    """Any grade that the model accepts is written, with a limited size for each test."""
    pieces = 1 + sum(1 + len(checkpoint.tests) for checkpoint in grade.checkpoints)

    html = as_html(grade)

    size = len(html.encode())
    assert size <= LONGEST_OF_A_TEST * pieces


@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:3]))
def test_a_megabyte_everywhere_is_truncated(text: str) -> None:
    """The page stays small."""
    grade = grade_of([text + str(number) for number in range(PLACES)])

    assert len(as_html(grade)) < 250_000


def test_the_page_shows_the_titles_that_people_know() -> None:
    """The assignment's title and, if it is given, the student's name."""
    grade = grade_of(HARMLESS)

    named = as_html(grade, title="Partitioned <logs>", student="Ada <i>Novak")
    nameless = as_html(grade, title="Partitioned <logs>")

    assert "<title>Ada &lt;i&gt;Novak, Partitioned &lt;logs&gt;: 3 / 21</title>" in named
    assert "<p><bdi>Ada &lt;i&gt;Novak</bdi></p>" in named
    assert "<h1><bdi>Partitioned &lt;logs&gt;</bdi></h1>" in nameless
    assert "<title>Partitioned &lt;logs&gt;: 3 / 21</title>" in nameless


def lost(name: str, points: float, hint: str, outcome: Outcome = Outcome.WRONG) -> GradedTest:
    """Make a test without points."""
    return GradedTest(
        id=name,
        title=name,
        requirement="R1",
        outcome=outcome,
        score=0,
        max_score=points,
        feedback=Feedback(asked="a", came_back=f"back from {name}", hint=hint),
    )


def test_the_cause_that_costs_most_says_start_here() -> None:
    """Each cause says how many points it costs."""
    tests = (lost("first", 2, "x"), lost("second", 1, "y"), lost("third", 2, "y"))
    grade = grade_of(HARMLESS).model_copy(
        update={"checkpoints": (checkpoint_of("reader", "Reading", tests),)}
    )

    page = as_html(grade)

    costs = re.findall(r'<p class="cost">(.*?)</p>', page)
    assert [re.sub(r"<[^>]*>", "", cost) for cost in costs] == [
        "Start here 3 points lost",
        "2 points lost",
    ]
    assert page.index("back from second") < page.index("back from first")


def test_points_that_are_not_decided_are_drawn_as_open() -> None:
    """The bar has three parts, and no word says that they are lost."""
    tests = (
        lost("marked", 5, "").model_copy(update={"outcome": Outcome.PASSED, "score": 5}),
        lost("waiting", 2, "", Outcome.UNMARKED),
        lost("failed", 1, "", Outcome.GRADER_ERROR),
        lost("wrong", 2, "x"),
    )
    grade = grade_of(HARMLESS).model_copy(
        update={
            "checkpoints": (checkpoint_of("reader", "Reading", tests),),
            "score": 5,
            "max_score": 10,
        }
    )

    page = as_html(grade)

    bars = re.findall(
        r'class="open" width="(\d+)" height="8"/><rect class="given" width="(\d+)"', page
    )
    assert bars == [("80", "50")] * 2
    assert "2 points lost; 3 points open" in page
    assert [page.count(text) for text in ("open / 2", "open / 1", "0 / 1")] == [2, 2, 0]


def test_the_handout_is_linked_from_where_the_page_is(tmp_path: Path) -> None:
    """The first folder that has it counts; without one, nothing is linked."""
    empty, full = tmp_path / "ada", tmp_path / "the handout"
    for folder in (empty, full, tmp_path / "pages"):
        folder.mkdir()
    (full / "README.md").touch()

    way = way_to_handout(tmp_path / "pages" / "ada.html", (empty, full))

    assert way == "../the%20handout/"
    assert f'<a href="{way}{HANDOUT}">' in as_html(grade_of(HARMLESS), files_at=way)
    assert way_to_handout(tmp_path / "page.html", (empty,)) is None
    assert f'"{HANDOUT}' not in as_html(grade_of(HARMLESS))
