"""The terminal format: every lost point is explained, and every hostile string is inert."""

import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from autograder.feedback.text import LONGEST_LINE, inert, print_grade
from autograder.grading.grade import (
    Anomaly,
    Feedback,
    Grade,
    GradedSubmission,
    GradedTest,
    Grader,
    Outcome,
    Witnesses,
    checkpoint_of,
)


def lost_test(name: str, outcome: Outcome, feedback: Feedback | None) -> GradedTest:
    """Make a test without points."""
    return GradedTest(
        id=f"reader/{name}",
        title=f"Title of {name}",
        requirement="R2",
        outcome=outcome,
        score=0,
        max_score=3,
        feedback=feedback,
    )


def printed(*tests: GradedTest, sandbox: bool = True, notes: tuple[str, ...] = ()) -> str:
    """Return a grade as printed into a pipe."""
    checkpoint = checkpoint_of("reader", "Reading", tests)
    grade = Grade(
        assignment="m06",
        score=checkpoint.score,
        max_score=checkpoint.max_score,
        submission=GradedSubmission(digest="sha256:0", files={}, notes=notes),
        grader=Grader(
            version="0", suite="sha256:0", sandbox=sandbox, python="3.12", python_named="3.12"
        ),
        checkpoints=(checkpoint,),
    )
    file = io.StringIO()
    print_grade(grade, Console(file=file, width=100, highlight=False, markup=False))
    return file.getvalue()


def test_a_lost_point_shows_the_requirement_the_result_and_the_expected_result() -> None:
    """The records, the student's lines and a hint are there, too."""
    text = printed(
        lost_test(
            "empty_page",
            Outcome.WRONG,
            Feedback(
                asked="An empty page is not the end.",
                came_back="You returned 7 of 19 records.",
                expected="19 pairs",
                hint="Go on.",
                witnesses=(
                    Witnesses(anomaly=Anomaly.UNREAD, records=("event 7", "event 8"), total=12),
                ),
                trace=("reader.py:3, in f: x",),
            ),
        )
    )

    for words in (
        "R2  Title of empty_page  0 / 3  wrong",
        "asked:      An empty page is not the end.",
        "got:        You returned 7 of 19 records.",
        "expected:   19 pairs",
        "unread:     event 7, event 8 and 10 more",
        "at:         reader.py:3, in f: x",
        "hint:       Go on.",
    ):
        assert words in text


def test_one_cause_is_explained_once() -> None:
    """Tests that failed for the same reason are listed under one explanation."""
    cause = Feedback(asked="Something.", came_back="The file reader.py is missing.")

    text = printed(*(lost_test(name, Outcome.MISSING, cause) for name in ("a", "b", "c")))

    assert text.count("The file reader.py is missing.") == 1
    assert text.count("0 / 3  missing") == 3
    assert "2 more tests fail for the same reason (9 points lost in total):" in text


def test_open_points_are_not_shown_as_lost() -> None:
    """This covers points that a person must mark, and points of tests that the grader failed at."""
    waiting = printed(lost_test("open", Outcome.UNMARKED, None))
    failed = printed(lost_test("ours", Outcome.GRADER_ERROR, None))

    assert "3 points to be marked by a person" in waiting
    assert "3 points open" in waiting
    assert "3 points open: the grader failed" in failed
    assert "open / 3" in failed
    assert "points lost" not in waiting + failed


def test_each_note_has_a_line() -> None:
    """Notes say what was left out of the submission."""
    lines = printed(notes=("'a' is ignored: b", "3 more are ignored")).splitlines()

    assert lines[-2:] == ["note: 'a' is ignored: b", "note: 3 more are ignored"]


def test_a_grade_without_a_sandbox_says_so() -> None:
    """Every reader learns that the instructor chose this."""
    assert "--no-sandbox" in printed(lost_test("a", Outcome.WRONG, None), sandbox=False)


@given(st.text(alphabet=st.characters(codec=None), max_size=2000))
def test_any_text_is_printed_inert_and_bounded(text: str) -> None:
    """It is valid UTF-8 of limited length, without control characters or line breaks."""
    shown = inert(text)

    assert all(
        character == " " or unicodedata.category(character)[0] not in "CZ" for character in shown
    )
    assert len(shown) <= LONGEST_LINE * 10 + 3
    shown.encode()
