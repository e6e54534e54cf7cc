"""How a call that went wrong is put into words."""

import pytest

from autograder.grading.explain import verdict_of
from autograder.grading.grade import Feedback
from autograder.jail import CallResult, Raised, Stopped
from autograder.jail.outcomes import Usage
from autograder.tests.limits import LIMITS

FUNCTION = "read_from_shard()"
IMPORT = "importing the file"
MAIN = '`if __name__ == "__main__":`'


def feedback_on(result: CallResult) -> Feedback:
    """Give what a student reads of a call that ended so."""
    verdict = verdict_of(result, FUNCTION, LIMITS)
    assert verdict is not None
    return verdict.feedback


def raised(type_name: str, code: str | None = None, *, during_import: bool) -> Raised:
    """Make an exception of a student's code."""
    return Raised(type_name, (type_name,), "so it is", (), code, during_import, Usage())


@pytest.mark.parametrize("reason", ["wall", "still", "cpu", "api_calls", "idle_reads", "exited"])
def test_what_is_stopped_while_imported_is_no_fault_of_the_function(reason: str) -> None:
    """It is said, and where calls of one's own belong."""
    feedback = feedback_on(Stopped(reason, Usage(), during_import=True))

    assert IMPORT in feedback.came_back
    assert FUNCTION not in feedback.came_back
    assert MAIN in str(feedback.hint)


@pytest.mark.parametrize("reason", ["wall", "still", "cpu", "api_calls", "idle_reads", "exited"])
def test_what_is_stopped_in_the_function_names_it(reason: str) -> None:
    """And says nothing of imports."""
    feedback = feedback_on(Stopped(reason, Usage()))

    assert FUNCTION in feedback.came_back
    assert IMPORT not in feedback.came_back
    assert MAIN not in str(feedback.hint)


def test_an_error_of_aws_while_imported_comes_from_a_call_outside_of_functions() -> None:
    """What would help with that error in a function does not help here."""
    error = ("ResourceNotFoundException", "ResourceNotFoundException")

    outside = feedback_on(raised(*error, during_import=True))
    inside = feedback_on(raised(*error, during_import=False))

    assert IMPORT in outside.came_back
    assert MAIN in str(outside.hint)
    assert FUNCTION in inside.came_back
    assert MAIN not in str(inside.hint)


@pytest.mark.parametrize("type_name", ["SyntaxError", "ModuleNotFoundError", "EOFError"])
def test_an_error_with_a_cause_of_its_own_keeps_its_hint_while_imported(type_name: str) -> None:
    """A file that Python cannot read needs another hint than one that runs too much."""
    outside, inside = (
        feedback_on(raised(type_name, during_import=during_import))
        for during_import in (True, False)
    )

    assert outside.hint == inside.hint
    assert outside.hint != feedback_on(raised("ValueError", during_import=True)).hint
