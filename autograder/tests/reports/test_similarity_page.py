"""The page of similar pairs: what it shows, what it never says, and that it is inert."""

import re
from html.parser import HTMLParser

import pytest

from autograder.reports.similar_pairs import Comparison, Sources, compare
from autograder.reports.similarity_page import MOST_TEXT, as_page
from autograder.tests.feedback.nasty import NASTY
from autograder.tests.reports.test_similar_pairs import FILE, code, student

TITLE = "Partitioned logs"


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._in_mark = tag == "mark" or (self._in_mark and tag == "span")
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        """Note the marked text."""
        if self._in_mark:
            self.marked[-1] += data


def two(first: str, second: str) -> Comparison:
    """Compare two students."""
    return compare([student("ada", first), student("bob", second)], [], 50)


def test_alike_lines_are_marked_on_both_sides() -> None:
    """Only those are marked; lines far from them are left out."""
    apart = "\n".join(f"# line {number}" for number in range(30))
    first = f"import os\n{apart}\n{code(1)}\n{apart}\nprint(os)\n"

    page = as_page(two(first, code(1)), TITLE)

    marked = [re.sub(r"^\d+", "", line) for line in Elements(page).marked]
    assert marked.count("def f0(client, x):") == 2
    assert not [line for line in marked if "# line" in line]
    assert "print(os)" not in page
    assert "100 %" in page
    assert page.count(f"<h3><bdi>{FILE}</bdi> of ") == 2


def test_a_page_for_a_class_without_alike_code_says_so() -> None:
    """The page has nothing else."""
    page = as_page(two(code(1), code(2)), TITLE)

    assert "No two submissions are much alike." in page
    assert "<table" not in page


@pytest.mark.parametrize("pairs", [True, False])
def test_the_page_does_not_accuse(pairs: bool) -> None:
    """Code is alike; only people can find out why."""
    page = as_page(two(code(1), code(1) if pairs else code(2)), TITLE).casefold()

    accusing = (
        r"plagiar|cheat|copied|copying|suspici|guilt|offen[cd]|culprit|fraud|caught|dishonest"
    )
    assert not re.search(accusing, page)
    assert "not why" in page


def test_names_can_be_hidden_on_the_page() -> None:
    """Students who were not compared are hidden too, and numbers do not follow the alphabet."""
    students = [
        student("ada", code(1)),
        *(student("mallory", code(2)), student("zoe", code(2)), student("eve")),
    ]
    comparison = compare(students, [], 50)

    page, open_page = (as_page(comparison, TITLE, anonymous=hide) for hide in (True, False))

    names = ("ada", "mallory", "zoe", "eve:")
    assert not [name for name in names if name in page]
    assert "<bdi>student 1</bdi>" in page
    assert "zoe" in open_page
    assert "eve: has too little" in open_page


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_code_is_only_shown(nasty: str) -> None:
    """The hostile text is in comments, strings and code, in and around marked lines."""
    text = nasty.encode("utf-8", "replace").decode()
    lines = "".join(f"# {line}\n" for line in text.splitlines() or [""])
    hostile = f"{lines}{code(1)}\nx = {text!r}\n{lines}"

    page = as_page(two(hostile, hostile), TITLE)

    plain = Elements(as_page(two(code(1), code(1)), TITLE))
    shown = Elements(page)
    assert shown.tags <= plain.tags | {"p", "ul", "li"}
    assert shown.attributes <= plain.attributes
    assert all(character.isprintable() or character == "\n" for character in page)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    """The page's policy forbids it too; all links lead into the page."""
    page = as_page(two(code(1), code(1)), TITLE)

    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert "script" not in Elements(page).tags
    assert set(re.findall(r'href="(.)', page)) == {"#"}
    assert "src=" not in page.replace("default-src", "")
    assert "light dark" in page


def test_the_size_of_the_page_is_limited() -> None:
    """Long lines are truncated; pairs that do not fit are only in the table."""
    long = "\n".join(f"{line}  # {'&' * 1000}" for line in code(1, 60).split("\n"))
    long = long[: 60 << 10].rpartition("\n")[0]
    many = [Sources(f"s{number}", {FILE: long.encode()}) for number in range(2)]
    (pair,) = compare(many, [], 500).pairs
    comparison = Comparison(2, 0, (), 500, (pair,) * 500, ("x" * 10**5,) * 10**4)

    page = as_page(comparison, TITLE)

    assert len(page) < 6 * MOST_TEXT
    assert page.count("<tr>") == 501
    assert page.count("<section") < 500


def test_a_group_is_on_top_and_its_members_are_next_to_its_middle() -> None:
    """Pairs within it are not listed as well."""
    group = [student(name, code(1)) for name in ("ada", "bob", "cyd", "dan")]
    comparison = compare([*group, student("eve", code(2)), student("fay", code(2))], [], 50)

    page = as_page(comparison, TITLE)

    assert 0 < page.index("<h2>Groups</h2>") < page.index("<h2>Pairs</h2>")
    assert "<h2>Group 1: 4 submissions</h2>" in page
    assert page.count("<summary>") == 3
    assert page.count('<section id="pair-') == 1
    assert page.index("<h2>Group 1") < page.index("<bdi>eve</bdi> and <bdi>fay</bdi>: 100 %")


@pytest.mark.parametrize("anonymous", [True, False])
def test_known_code_is_marked(anonymous: bool) -> None:
    """Its origin is named; in anonymous mode neither that nor its student is."""
    known = Sources("zoe", {FILE: code(1).encode()}, "logs-2025")
    comparison = compare([student("ada", code(1)), student("bob", code(2))], [], 50, [known])

    page = as_page(comparison, TITLE, anonymous=anonymous)

    assert ("<bdi>zoe</bdi> from <bdi>logs-2025</bdi>" in page) == (not anonymous)
    assert ("<bdi>submission 2</bdi> from <bdi>elsewhere</bdi>" in page) == anonymous
    assert ("zoe" in page) == ("2025" in page) == (not anonymous)
    assert "2 submissions were compared, each with 1 submission from elsewhere too." in page
