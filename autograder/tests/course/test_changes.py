"""Who gained or lost points, by which tests, and why: each cause on its own, and together."""

import csv
import random

import pytest

from autograder.course.changes import (
    ChangeReason,
    ScoreBasis,
    ScoreChange,
    ScoredTest,
    changes_table,
    score_basis,
    score_changes,
    words_of_reasons,
    words_of_test,
)
from autograder.grading.grade import Grade, Outcome, checkpoint_of
from autograder.tests.feedback.nasty import NASTY
from autograder.tests.gradebook.students import a_grade

WRONG, OPEN = Outcome.WRONG, Outcome.UNMARKED
WRITER = a_grade().checkpoints[0].tests
FIRST, SECOND = WRITER[0], WRITER[3]
assert FIRST.max_score != SECOND.max_score
ANSWER = next(test for test in a_grade().checkpoints[-1].tests if test.marked_by == "person")


def graded(
    outcomes: dict[str, Outcome] | None = None, *, suite: str = "sha256:1", files: str = "a"
) -> Grade:
    """Make a grade of a suite and of files."""
    made = a_grade(outcomes, f"sha256:{files}")
    return made.model_copy(update={"grader": made.grader.model_copy(update={"suite": suite})})


def basis(grade: Grade, percent: float = 0.0, rulings: dict[str, str] | None = None) -> ScoreBasis:
    """Return what decides the points, under a policy that is applied here once more."""
    tests = [test for checkpoint in grade.checkpoints for test in checkpoint.tests]
    points = sum(
        {"dropped": 0.0, "full": test.max_score}.get((rulings or {}).get(test.id, ""), test.score)
        for test in tests
    )
    return score_basis(grade, points * (100 - percent) / 100, percent, rulings)


def change(before: ScoreBasis | None, after: ScoreBasis) -> ScoreChange:
    """Return the only change."""
    (found,) = score_changes({} if before is None else {"ada": before}, {"ada": after})
    return found


def test_a_corrected_test_is_due_to_the_suite() -> None:
    """The row names the test and its points."""
    found = change(basis(graded({FIRST.id: WRONG})), basis(graded(suite="sha256:2")))

    assert (found.before, found.after) == (94 - FIRST.max_score, 94)
    assert [words_of_test(test) for test in found.tests] == [f"{FIRST.id} +{FIRST.max_score:g}"]
    assert words_of_reasons(found) == f"suite +{FIRST.max_score:g}"


def test_other_files_are_another_reason_than_the_suite() -> None:
    """If both are others, nothing is claimed."""
    before = basis(graded({FIRST.id: WRONG}))

    by_files = change(before, basis(graded({SECOND.id: WRONG}, files="b")))
    by_either = change(before, basis(graded(files="b", suite="sha256:2")))

    assert dict(by_files.reasons) == {
        ChangeReason.SUBMISSION: FIRST.max_score - SECOND.max_score,
    }
    assert [test.points for test in by_files.tests] == [FIRST.max_score, -SECOND.max_score]
    assert list(by_either.reasons) == [ChangeReason.SUITE_OR_SUBMISSION]


def test_a_grader_that_failed_before_is_no_change_of_the_suite() -> None:
    """The points were open, and are now given."""
    found = change(basis(graded({FIRST.id: Outcome.GRADER_ERROR})), basis(graded()))

    assert list(found.reasons) == [ChangeReason.GRADER]
    assert found.tests[0].before is None


def test_a_mark_is_told_from_the_suite() -> None:
    """Both in the same run; a mark stays a mark although the suite is another."""
    after = graded({ANSWER.id: Outcome.PASSED, FIRST.id: WRONG}, suite="sha256:2")

    found = change(basis(graded()), basis(after))

    assert dict(found.reasons) == {
        ChangeReason.SUITE: -FIRST.max_score,
        ChangeReason.MARK: ANSWER.max_score,
    }


def test_an_answer_that_was_not_there_is_due_to_the_submission() -> None:
    """No person has decided anything; the test gives no points yet, and is not named."""
    before = basis(graded({ANSWER.id: Outcome.MISSING, FIRST.id: WRONG}))

    found = change(before, basis(graded(files="b")))

    assert dict(found.reasons) == {ChangeReason.SUBMISSION: FIRST.max_score}
    assert [test.test for test in found.tests] == [FIRST.id]


def test_who_gains_by_the_suite_is_not_told_of_a_dropped_test_that_changed_nothing() -> None:
    """Neither as a reason nor among the tests."""
    rulings = {SECOND.id: "dropped"}
    before = basis(graded({FIRST.id: WRONG, SECOND.id: WRONG}))

    found = change(before, basis(graded({SECOND.id: WRONG}, suite="sha256:2"), rulings=rulings))

    assert words_of_reasons(found) == f"suite +{FIRST.max_score:g}"
    assert [words_of_test(test) for test in found.tests] == [f"{FIRST.id} +{FIRST.max_score:g}"]


def test_points_that_a_person_set_for_a_checkpoint_are_a_mark() -> None:
    """No test explains them."""
    grade = graded()
    writer = grade.checkpoints[0]
    by_hand = writer.model_copy(update={"score": writer.score - 4})
    after = grade.model_copy(update={"checkpoints": (by_hand, *grade.checkpoints[1:])})

    found = change(basis(grade), score_basis(after, 90.0))

    assert [words_of_test(test) for test in found.tests] == ["writer by hand -4"]
    assert words_of_reasons(found) == "mark -4"


def test_the_late_penalty_is_due_to_the_policy() -> None:
    """Alone, it names no test; with a corrected test, each has its part."""
    late = change(basis(graded()), basis(graded(), percent=10))
    both = change(
        basis(graded({FIRST.id: WRONG}), percent=50), basis(graded(suite="sha256:2"), percent=0)
    )

    assert (late.tests, dict(late.reasons)) == ((), {ChangeReason.POLICY: -9.4})
    assert dict(both.reasons) == {
        ChangeReason.SUITE: FIRST.max_score / 2,
        ChangeReason.POLICY: 94 - (94 - FIRST.max_score) / 2 - FIRST.max_score / 2,
    }


def test_a_dropped_test_lowers_the_maximum() -> None:
    """It is due to the policy, and named; who had not passed it is not listed."""
    rulings = {FIRST.id: "dropped"}
    failed = graded({FIRST.id: WRONG})

    passed = change(basis(graded()), basis(graded(), rulings=rulings))
    not_passed = score_changes({"bob": basis(failed)}, {"bob": basis(failed, rulings=rulings)})

    assert words_of_reasons(passed) == f"policy -{FIRST.max_score:g}"
    assert (passed.max_before, passed.max_after) == (100, 100 - FIRST.max_score)
    assert not_passed == ()


def test_a_test_given_to_everybody_no_longer_depends_on_the_suite() -> None:
    """As long as the ruling stands, the suite changes nothing."""
    rulings = {FIRST.id: "full"}
    before = basis(graded({FIRST.id: WRONG}), rulings=rulings)

    assert score_changes({"ada": before}, {"ada": basis(graded(suite="2"), rulings=rulings)}) == ()
    given = change(basis(graded({FIRST.id: WRONG})), before)
    assert words_of_reasons(given) == f"policy +{FIRST.max_score:g}"


def test_an_excuse_is_due_to_the_policy() -> None:
    """No points count then."""
    found = change(basis(graded()), score_basis(graded(), None))

    assert (found.before, found.after) == (94, None)
    assert words_of_reasons(found) == "policy -94"


def test_a_first_grade_names_no_tests() -> None:
    """All of them would be new."""
    found = change(None, basis(graded()))

    assert (found.before, found.after, found.tests) == (None, 94, ())
    assert words_of_reasons(found) == "submission +94"


def test_who_gains_as_much_as_is_lost_is_left_out() -> None:
    """A renamed test takes its points from everybody, and its new name gives them again."""
    grade = graded(suite="sha256:2")
    writer = grade.checkpoints[0]
    renamed = writer.tests[0].model_copy(update={"id": "writer/other"})
    checkpoint = checkpoint_of(writer.id, writer.title, (renamed, *writer.tests[1:]))
    after = grade.model_copy(update={"checkpoints": (checkpoint, *grade.checkpoints[1:])})

    assert score_changes({"ada": basis(graded())}, {"ada": basis(after)}) == ()


def test_an_excuse_from_0_points_is_listed() -> None:
    """The points do not count any more, although none are lost."""
    found = change(score_basis(graded(), 0.0, 100.0), score_basis(graded(), None))

    assert (found.before, found.after) == (0.0, None)


def test_who_has_the_same_points_from_the_same_tests_is_left_out() -> None:
    """Although files and suite are others; students without a grade now are left out, too."""
    before = {"ada": basis(graded()), "bob": basis(graded())}

    assert score_changes(before, {"ada": basis(graded(suite="2", files="b"))}) == ()


@pytest.mark.parametrize("seed", range(20))
def test_the_reasons_add_up(seed: int) -> None:
    """For any changes together, to a cent for each reason."""
    rng = random.Random(seed)

    def any_basis() -> ScoreBasis:
        names = rng.sample([f"t{number}" for number in range(12)], 9)
        tests = {
            name: ScoredTest(rng.choice([0, 1.5, 3]), 3, by_person=name in ("t0", "t1"))
            for name in names
        }
        rulings = {name: rng.choice(["dropped", "full"]) for name in rng.sample(names, 2)}
        percent = rng.choice([0, 10, 35])
        counted = {
            name: {"dropped": 0, "full": 3}.get(rulings.get(name, ""), test.score)
            for name, test in tests.items()
        }
        points = round(sum(counted.values()) * (100 - percent) / 100, 2)
        digests = rng.choice("ab"), rng.choice("ab")
        return ScoreBasis(*digests, tests, points, percent, rulings)

    for found in score_changes({"ada": any_basis()}, {"ada": any_basis()}):
        assert sum(found.reasons.values()) == pytest.approx(found.points, abs=0.03)


def test_the_table_has_a_row_for_each_student_and_no_formula() -> None:
    """Hostile names of students and tests stay text."""
    found = change(basis(graded({FIRST.id: WRONG})), basis(graded(suite="sha256:2")))
    names = [text for text in NASTY if not any("\ud800" <= sign <= "\udfff" for sign in text)]
    after = {name: basis(graded(suite="sha256:2")) for name in names}
    hostile = score_changes({name: basis(graded({FIRST.id: WRONG})) for name in names}, after)

    rows = list(csv.DictReader(changes_table([found, *hostile]).splitlines()))

    assert rows[0] == {
        "student": "ada",
        "before": f"{94 - FIRST.max_score:g}",
        "after": "94",
        "change": f"{FIRST.max_score:g}",
        "max_before": "100",
        "max_after": "100",
        "tests": f"{FIRST.id} +{FIRST.max_score:g}",
        "why": f"suite +{FIRST.max_score:g}",
    }
    assert len(rows) == 1 + len(names)
    assert not any(row["student"].startswith(("=", "+", "-", "@")) for row in rows)


def test_nobody_changed() -> None:
    """The table has its header alone."""
    assert len(changes_table(()).splitlines()) == 1
