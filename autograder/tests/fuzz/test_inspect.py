"""The fuzz target of the hidden tests can find faults; and random submissions are graded."""

import pytest

from autograder.assignment import Course
from autograder.aws.wire.protocols import JsonProtocol
from autograder.grading.grade import Outcome
from autograder.suites.m06_partitioned_logs import events
from autograder.tests.fuzz import program
from autograder.tests.fuzz.hidden_suite import ID
from autograder.tests.fuzz.inspect import InspectTarget
from autograder.tests.fuzz.submissions import grade_random, random_submission, report
from autograder.tests.fuzz.target import BrokenGuaranteeError
from autograder.validation.trials import Trial

HONEST = b'["student.honest", null]'


@pytest.fixture(scope="module")
def target() -> InspectTarget:
    """Return the target, with its suite collected."""
    return InspectTarget()


def test_a_program_of_right_code_loses_no_point(target: InspectTarget) -> None:
    """So changes of it are nearly right, and get far into the tests."""
    run = target.suite.run([("student.honest", None)])

    assert {test.outcome for test in run.tests} == {Outcome.PASSED, Outcome.UNMARKED}
    assert run.errors == ()


def test_an_unexpected_exception_in_a_hidden_test_is_found(
    target: InspectTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unexpected exception ends the run, although the test is only `unreadable`."""
    monkeypatch.setattr(events, "decoded", lambda data: int(data))

    with pytest.raises(BrokenGuaranteeError, match="ValueError"):
        target(HONEST)


def test_a_failure_of_the_cloud_is_found(
    target: InspectTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a failure is the grader's fault."""
    monkeypatch.setattr(JsonProtocol, "parameters_in", lambda *_: int("failed"))

    with pytest.raises(BrokenGuaranteeError, match="BrokenGuaranteeError"):
        target(HONEST)


def test_a_run_that_takes_too_long_is_found(
    target: InspectTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processor time counts."""
    monkeypatch.setattr("autograder.tests.fuzz.inspect.MOST_SECONDS", 0.0)

    with pytest.raises(BrokenGuaranteeError, match="processor time"):
        target(b'["test", 0]')


@pytest.mark.parametrize("how", program.EDITS)
def test_each_way_to_edit_a_value_changes_it(how: str) -> None:
    """The value itself is not changed."""
    value = {"a": ["b", ["cd", 1]]}

    after = [program.edited(value, {"at": at, "how": how, "by": "new"}) for at in range(5)]

    assert any(value != {"a": ["b", ["cd", 1]]} for value in after)
    assert value == {"a": ["b", ["cd", 1]]}


def test_a_random_submission_depends_on_its_number_alone() -> None:
    """So a submission that was found can be graded again."""
    again = [random_submission(number).submission.digest for number in range(20)]

    assert [random_submission(number).submission.digest for number in range(20)] == again
    assert len(set(again)) == 20


def test_no_random_submission_is_the_graders_fault() -> None:
    """This is a sample of the submissions that the command makes."""
    course = Course.of_this_checkout()

    trials = grade_random(range(8), course.load(ID), course, workers=2)

    text, is_sound = report(trials)
    assert is_sound, text
    assert Outcome.UNREADABLE.value not in text


def test_a_graders_error_is_reported_with_its_number() -> None:
    """The report names the submission, the test, and what the grader printed."""
    trial = Trial(random_submission(3), {"writer/it": Outcome.GRADER_ERROR}, "", "KeyError: 'x'")

    text, is_sound = report([trial])

    assert not is_sound
    assert f"grader_error: {trial.candidate.name}: writer/it" in text
    assert "KeyError" in text
