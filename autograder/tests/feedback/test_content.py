"""What all formats show of a grade."""

import pytest

from autograder.feedback.content import (
    LONGEST_TRACE,
    MOST_NOTES,
    MOST_RECORDS,
    causes_of,
    feedback_lines,
    handout_link,
    notes_of,
    others_lost,
    undecided_tests,
)
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
from autograder.text import LONGEST_LINE


def test_the_number_of_lines_is_limited() -> None:
    """A long trace shows its end, where the error was raised; each anomaly shows a few records."""
    many = tuple(f"{n}" * 200 for n in range(50))
    witnesses = (Witnesses(anomaly=Anomaly.LOST, records=many, total=60),) * 50
    feedback = Feedback(
        asked="a", came_back="b", expected="c", hint="d", witnesses=witnesses, trace=many
    )

    lines = feedback_lines(feedback)

    labels = [label for label, _ in lines]
    assert labels.count("at") == LONGEST_TRACE
    assert labels.count("lost") == len(Anomaly)
    assert lines[-2] == ("at", many[-1])
    assert all(len(text) <= LONGEST_LINE for _, text in lines)
    assert lines[3][1].count(", ") == MOST_RECORDS - 1
    assert lines[3][1].endswith(f" and {60 - MOST_RECORDS} more")


def test_the_number_of_notes_is_limited_and_each_is_escaped_and_truncated() -> None:
    """Anybody may have written the file that a grade is read from."""
    notes = ("x" * 1000, "\x1b[31m", *("more" for _ in range(100)))
    grade = Grade(
        assignment="m06",
        score=0,
        max_score=0,
        submission=GradedSubmission(digest="sha256:0", files={}, notes=notes),
        grader=Grader(
            version="0", suite="sha256:0", sandbox=True, python="3.12", python_named="3.12"
        ),
        checkpoints=(),
    )

    shown = notes_of(grade)

    assert len(shown) == MOST_NOTES
    assert len(shown[0]) == LONGEST_LINE
    assert shown[1] == r"\x1b[31m"


def test_a_giant_count_is_not_an_error() -> None:
    """Python refuses to print numbers with this many digits."""
    absurd = Witnesses(anomaly=Anomaly.LOST, records=("1",), total=10**5000)

    lines = feedback_lines(Feedback(asked="a", came_back="b", witnesses=(absurd,)))

    assert lines[-1] == ("lost", "1 and 1000000 more")


@pytest.mark.parametrize(
    ("handout", "link"),
    [
        ("README.md#r2", "at/README.md#r2"),
        ("docs/handout.md", "at/docs/handout.md"),
        ("javascript:alert(1)", None),
        ("//evil.example", None),
        ("README.md#r2\n", None),
        ("", None),
    ],
)
def test_only_places_in_the_repository_are_linked(handout: str, link: str | None) -> None:
    """Anything else is shown without a link."""
    assert handout_link(handout, "at/") == link
    assert handout_link(handout, None) is None


def lost_one(name: str, came_back: str, hint: str) -> GradedTest:
    """Make a lost test of 2 points."""
    feedback = Feedback(asked="Something.", came_back=came_back, hint=hint)
    return GradedTest(
        id=name, title=name, requirement="R1", outcome=Outcome.WRONG, score=0, max_score=2,
        feedback=feedback,
    )  # fmt: skip


def test_a_cause_says_how_many_points_it_costs_in_all() -> None:
    """Tests that are not decided yet do not count as lost."""
    alone = lost_one("a", "It stopped.", "Go on.")
    same = [alone, lost_one("b", "It stopped.", "Go on."), lost_one("c", "It stopped.", "Go on.")]
    advice = [alone, lost_one("b", "It returned 7.", "Go on.")]
    ours = [test.model_copy(update={"outcome": Outcome.GRADER_ERROR}) for test in same]

    assert others_lost([alone]) == ""
    assert others_lost(same) == "2 more tests fail for the same reason (6 points lost in total)"
    assert (
        others_lost(advice) == "1 more test fails; the same hint applies (4 points lost in total)"
    )
    assert others_lost(ours) == ""


def grade_with(*checkpoints: tuple[GradedTest, ...]) -> Grade:
    """Make a grade of these tests."""
    made = tuple(checkpoint_of("reader", "Reading", tests) for tests in checkpoints)
    return Grade(
        assignment="m06",
        score=sum(checkpoint.score for checkpoint in made),
        max_score=sum(checkpoint.max_score for checkpoint in made),
        submission=GradedSubmission(digest="sha256:0", files={}),
        grader=Grader(
            version="0", suite="sha256:0", sandbox=True, python="3.12", python_named="3.12"
        ),
        checkpoints=made,
    )


def test_the_cause_that_costs_most_comes_first_over_all_checkpoints() -> None:
    """A hint that helps with several requirements is one cause."""
    alone = lost_one("alone", "It raised.", "Look again.").model_copy(update={"max_score": 3})
    shared = lost_one("shared", "It stopped.", "Go on.")
    other = lost_one("other", "It returned 7.", "Go on.").model_copy(update={"requirement": "P1"})
    passed = lost_one("passed", "", "").model_copy(update={"outcome": Outcome.PASSED, "score": 2})

    causes = causes_of(grade_with((alone, shared, passed), (other,)))

    assert [[test.id for test in tests] for tests in causes] == [["shared", "other"], ["alone"]]
    assert (
        others_lost(causes[0])
        == "1 more test fails; the same hint applies (4 points lost in total)"
    )


def test_open_points_are_no_cause_and_wait_together_for_the_same() -> None:
    """They are those of the grader's failures and of answers that a person marks."""
    tests = [lost_one(name, "A person will mark it.", "") for name in "abcd"]
    outcomes = (
        Outcome.UNMARKED,
        Outcome.GRADER_ERROR,
        Outcome.UNMARKED,
        Outcome.ANSWERED,
    )
    made = tuple(
        test.model_copy(update={"outcome": outcome})
        for test, outcome in zip(tests, outcomes, strict=True)
    )

    grade = grade_with(made)

    assert causes_of(grade) == []
    assert [[test.id for test in waiting] for waiting in undecided_tests(grade)] == [
        ["a", "c"],
        ["b"],
    ]
