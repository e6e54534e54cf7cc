"""Points of several markers: what is equal, what a person decides, and what is out of date."""

from dataclasses import replace

from autograder.gradebook.marking.agreement import (
    AgreementState,
    ComparedAnswer,
    Decision,
    Marked,
    compare,
    version_of,
)
from autograder.gradebook.marking.copies import MarkingCopy, OpenQuestion
from autograder.gradebook.marking.folders import GivenPoints

QUESTION = OpenQuestion("c2-why", 2.0, "**C2, open (2 points).** Why?")
KEY = ("ada", "c2-why")
ANSWER = "Since the log keeps its records."
COPIES = {"ada": MarkingCopy({"c2-why": ANSWER})}
UNMARKED = GivenPoints(None, "", by_person=False, is_stale=False)


def given(points: float, comment: str = "") -> GivenPoints:
    """Return points that a person gave."""
    return GivenPoints(points, comment, by_person=True, is_stale=False)


def compared(
    *markers: GivenPoints, own: GivenPoints = UNMARKED, decision: Decision | None = None
) -> ComparedAnswer:
    """Compare one answer."""
    (answer,) = compare(
        [QUESTION],
        Marked({KEY: own}, COPIES),
        {f"marker{n}": Marked({KEY: marker}, COPIES) for n, marker in enumerate(markers)},
        {} if decision is None else {KEY: decision},
    )
    return answer


def test_equal_points_go_into_the_gradebook_with_all_comments() -> None:
    """A comment that two markers share is there once."""
    answer = compared(given(1.5, "Good."), given(1.5, "For how long?"), given(1.5, "Good."))

    assert answer.state is AgreementState.EQUAL
    assert (answer.in_gradebook, answer.is_new) == (1.5, True)
    assert answer.new_comment == "Good.\n\nFor how long?"


def test_equal_points_that_the_gradebook_has_are_not_written_again() -> None:
    """So a second run changes nothing."""
    answer = compared(given(1), given(1), own=given(1))

    assert (answer.state, answer.is_new) == (AgreementState.EQUAL, False)


def test_different_points_wait_for_a_decision() -> None:
    """Nothing is written into the gradebook."""
    answer = compared(given(1), given(2))

    assert (answer.state, answer.in_gradebook, answer.is_new) == (
        AgreementState.DIFFERENT, None, False,
    )  # fmt: skip


def test_points_given_in_the_gradebook_itself_are_not_overwritten() -> None:
    """Both markers gave something else, so a person decides."""
    answer = compared(given(1), given(1), own=given(2))

    assert (answer.state, answer.in_gradebook, answer.is_new) == (
        AgreementState.DIFFERENT, 2, False,
    )  # fmt: skip


def test_nothing_is_compared_before_everybody_has_marked() -> None:
    """The answer waits."""
    assert compared(given(1), UNMARKED).state is AgreementState.WAITING


def test_points_for_an_earlier_version_of_the_answer_do_not_count() -> None:
    """It does not matter whether nbgrader's database says so, or the marker's older copy."""
    flagged = compared(given(1), replace(given(1), is_stale=True))
    older = {"ada": MarkingCopy({"c2-why": "Because."})}
    (unnoticed,) = compare(
        [QUESTION],
        Marked({KEY: UNMARKED}, COPIES),
        {"grace": Marked({KEY: given(1)}, COPIES), "lin": Marked({KEY: given(1)}, older)},
        {},
    )

    for answer in (flagged, unnoticed):
        assert answer.state is AgreementState.WAITING
        assert [marker.is_stale for marker in answer.by_marker.values()] == [False, True]


def test_points_in_the_gradebook_for_an_earlier_version_are_replaced() -> None:
    """The markers have read the new version."""
    answer = compared(given(1), given(1), own=replace(given(2, "Old."), is_stale=True))

    assert (answer.in_gradebook, answer.is_new, answer.new_comment) == (1, True, "")


def test_a_decision_counts_until_something_changes() -> None:
    """It is written once, and then kept."""
    decision = Decision(1.5, version_of(ANSWER, None))

    first = compared(given(1), given(2, "Full."), decision=decision)
    again = compared(given(1), given(2), own=given(1.5), decision=decision)

    assert (first.state, first.in_gradebook, first.is_new) == (AgreementState.DECIDED, 1.5, True)
    assert first.new_comment == "Full."
    assert (again.state, again.is_new) == (AgreementState.DECIDED, False)


def test_a_decision_on_an_earlier_answer_is_not_taken_and_not_forgotten() -> None:
    """The table says what was agreed, and keeps saying so on the next run."""
    decision = Decision(1.5, version_of("Because.", None))

    answer = compared(given(1), given(2), decision=decision)
    again = compared(given(1), given(2), decision=Decision(None, answer.version, answer.note))

    assert (answer.state, answer.is_new) == (AgreementState.DIFFERENT, False)
    assert "1.5 agreed before" in answer.note
    assert again.note == answer.note


def test_a_decision_does_not_undo_a_later_change_in_the_gradebook() -> None:
    """A person changed the points there after the agreed ones had been written."""
    written = compared(given(1), given(2), decision=Decision(1.5, version_of(ANSWER, None)))

    answer = compared(given(1), given(2), own=given(2), decision=Decision(1.5, written.version))

    assert (answer.state, answer.in_gradebook, answer.is_new) == (
        AgreementState.DIFFERENT, 2, False,
    )  # fmt: skip


def test_a_decision_changes_points_that_were_given_in_the_gradebook() -> None:
    """The person saw them in the table."""
    answer = compared(
        given(1, "No."), given(2), own=given(2, "Mine."),
        decision=Decision(1.5, version_of(ANSWER, 2)),
    )  # fmt: skip

    assert (answer.in_gradebook, answer.is_new, answer.new_comment) == (1.5, True, None)


def test_an_answer_that_nobody_wrote_or_marked_is_left_out() -> None:
    """It has 0 points by itself."""
    copies = {"ada": MarkingCopy({"c2-why": "YOUR ANSWER HERE"})}
    zero = GivenPoints(0.0, "", by_person=False, is_stale=False)
    folder = Marked({KEY: zero}, copies)
    marked = Marked({KEY: given(0.5)}, copies)

    assert compare([QUESTION], folder, {"grace": folder, "lin": folder}, {}) == ()
    (answer,) = compare([QUESTION], folder, {"grace": folder, "lin": marked}, {})
    assert answer.state is AgreementState.DIFFERENT
