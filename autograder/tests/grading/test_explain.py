"""How feedback explains a call that failed."""

import pytest

from autograder.grading.grade import Feedback
from autograder.grading.judge.explain import about_python, verdict_of
from autograder.sandbox import (
    CallResult,
    Frame,
    Raised,
    Stopped,
    StopReason,
    Unsendable,
    UnsendableReason,
)
from autograder.sandbox.outcomes import Usage
from autograder.tests.limits import LIMITS

FUNCTION = "read_from_shard()"
IMPORT = "importing the file"
MAIN = '`if __name__ == "__main__":`'


LINE = Frame("reader.py", 7, "main", "args = parser.parse_args()")


def feedback_on(
    result: CallResult, signature: str | None = None, python: str | None = None
) -> Feedback:
    """Return the feedback that a student gets for the result of a call."""
    verdict = verdict_of(result, FUNCTION, LIMITS, signature, python)
    assert verdict is not None
    return verdict.feedback


def raised(
    type_name: str,
    code: str | None = None,
    *,
    during_import: bool = False,
    message: str = "so it is",
    lines: tuple[Frame, ...] = (LINE,),
) -> Raised:
    """Make an exception raised by a student's code."""
    return Raised(type_name, (type_name,), message, lines, code, during_import, Usage())


@pytest.mark.parametrize("reason", StopReason)
def test_a_call_that_is_stopped_during_import_does_not_blame_the_function(
    reason: StopReason,
) -> None:
    """The feedback names the import, and the hint says where to put calls that try the code."""
    feedback = feedback_on(Stopped(reason, Usage(), during_import=True))

    assert IMPORT in feedback.came_back
    assert FUNCTION not in feedback.came_back
    assert MAIN in str(feedback.hint)


@pytest.mark.parametrize("reason", StopReason)
def test_a_call_that_is_stopped_in_the_function_names_it(reason: StopReason) -> None:
    """The feedback does not mention imports."""
    feedback = feedback_on(Stopped(reason, Usage()))

    assert FUNCTION in feedback.came_back
    assert IMPORT not in feedback.came_back
    assert MAIN not in str(feedback.hint)


def test_an_aws_error_during_import_comes_from_a_call_outside_functions() -> None:
    """The hint for the same error within a function would not help."""
    error = ("ResourceNotFoundException", "ResourceNotFoundException")

    outside = feedback_on(raised(*error, during_import=True))
    inside = feedback_on(raised(*error, during_import=False))

    assert IMPORT in outside.came_back
    assert MAIN in str(outside.hint)
    assert FUNCTION in inside.came_back
    assert MAIN not in str(inside.hint)


@pytest.mark.parametrize("type_name", ["SyntaxError", "ModuleNotFoundError", "EOFError"])
def test_an_error_with_a_cause_of_its_own_keeps_its_hint_while_imported(type_name: str) -> None:
    """A file with a syntax error needs a different hint than a file that runs too much."""
    outside, inside = (
        feedback_on(raised(type_name, during_import=during_import))
        for during_import in (True, False)
    )

    assert outside.hint == inside.hint
    assert outside.hint != feedback_on(raised("ValueError", during_import=True)).hint


def test_a_program_that_parses_arguments_at_import_is_shown_its_line() -> None:
    """Argparse ends the process: the file does not call exit(), so there is nothing to remove."""
    outside = feedback_on(raised("SystemExit", during_import=True, message="2"))
    inside = feedback_on(raised("SystemExit", message="2"))

    assert outside.trace == inside.trace == ("reader.py:7, in main: args = parser.parse_args()",)
    assert MAIN in str(outside.hint)
    assert "exit()" not in str(outside.hint)
    assert "argparse" in str(inside.hint)


def test_a_call_that_does_not_fit_the_function_quotes_the_handout() -> None:
    """The student's lines did not run, so the hint does not refer to them."""
    signature = "read_from_shard(stream_name, shard_id, max_records=50)"
    message = "read_from_shard() takes 2 positional arguments but 3 were given"

    feedback = feedback_on(raised("TypeError", message=message, lines=()), signature)

    assert signature in str(feedback.hint)
    assert signature not in str(feedback_on(raised("TypeError"), signature).hint)


@pytest.mark.parametrize("key", ["action", "userId", "alice", "shardId-000000000001"])
def test_a_key_of_an_event_is_not_looked_up_in_the_documentation_of_boto3(key: str) -> None:
    """Keys of boto3's answers begin with a capital letter."""
    of_an_event = feedback_on(raised("KeyError", message=repr(key)))
    of_an_answer = feedback_on(raised("KeyError", message="'NextShardIterator'"))

    assert "boto3" not in str(of_an_event.hint)
    assert "handout" in str(of_an_event.hint)
    assert "boto3" in str(of_an_answer.hint)


@pytest.mark.parametrize("type_name", ["SyntaxError", "ImportError"])
@pytest.mark.parametrize(
    ("used", "words"),
    [("3.12", "Graded with Python 3.12, as the handout says"), ("3.11", "names Python 3.12")],
)
def test_what_another_python_accepts_names_the_python_that_graded(
    type_name: str, used: str, words: str
) -> None:
    """The same file may run on the student's machine."""
    error = raised(type_name, during_import=True)

    hint = feedback_on(error, python=about_python(used, "3.12")).hint

    assert f"Graded with Python {used}" in str(hint)
    assert words in str(hint)


@pytest.mark.parametrize(
    ("type_name", "words"),
    [("generator", "`yield`"), ("coroutine", "asyncio.run()"), ("Event", "plain values")],
)
def test_a_value_that_cannot_be_graded_says_what_makes_it(type_name: str, words: str) -> None:
    """A stray `yield`, for example, turns a function into a generator."""
    assert words in str(feedback_on(Unsendable("", type_name, UnsendableReason.TYPE, Usage())).hint)


def test_a_missing_module_names_what_may_be_imported() -> None:
    """Either the package is not installed, or the student did not hand in the module."""
    hint = str(feedback_on(raised("ModuleNotFoundError", during_import=True)).hint)

    assert "standard library, boto3" in hint
    assert "handed in" in hint


def test_the_hint_mentions_the_last_line_only_if_a_line_is_shown() -> None:
    """Without lines, `the last line shown` would make no sense."""
    assert feedback_on(raised("ValueError", lines=())).hint is None
    assert "last line shown" in str(feedback_on(raised("ValueError")).hint)


@pytest.mark.parametrize("reason", UnsendableReason)
def test_each_reason_why_a_value_cannot_be_graded_has_a_hint(reason: UnsendableReason) -> None:
    """So a new reason cannot be added without a hint."""
    assert feedback_on(Unsendable("", "Event", reason, Usage())).hint
