"""How a hidden test reports a failure: with a `Verdict` that carries typed feedback.

A test that ends without an exception has passed. Any exception other than a `Verdict`, a failed
`assert` included, is the grader's own fault before the student's code was called. Afterwards the
test is `unreadable`: it looked at something that the student's code had left behind.
"""

import re
from collections.abc import Sequence
from typing import NoReturn

from autograder.grading.grade import Attachable, Feedback, Outcome, Witnesses
from autograder.grading.judge.phases import TEST_SECONDS, InspectionLimitError
from autograder.text import shortened

# What a page of feedback has room for; a grade of a hundred tests stays below a megabyte.
SHOWN_CHARACTERS = 200
LONGEST_TEXT = 1000
LONGEST_TRACE_LINE = 300
LONGEST_RECORD = 100
MOST_FRAMES = 8
"""Of a traceback, counted from the line that raised: recursion would show one line many times."""

_CHANGING = (
    (re.compile(r"\b20\d\d-\d\d-\d\d\b"), "YYYY-MM-DD"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"), "YYYY-MM-DDThh:mm:ss"),
    (re.compile(r"\b\d\d:\d\d:\d\d(\.\d+)?"), "hh:mm:ss"),
    (re.compile(r"\b1[6-9]\d{8}(\d{3})?(\.\d+)?\b"), "(seconds since 1970)"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "0x..."),
)


class Verdict(Exception):  # noqa: N818 - it is a judgement, not an error
    """A test's judgement, other than "passed"; its feedback is cut, so that a grade stays small."""

    def __init__(self, outcome: Outcome, feedback: Feedback) -> None:
        feedback = _bounded(feedback)
        super().__init__(outcome.value, feedback.came_back)
        self.outcome = outcome
        self.feedback = feedback


class GraderFaultError(Exception):
    """Something on the grader's side failed while a test ran."""


class NeedlessRequestError(Exception):
    """The simulated AWS failed at an operation that the assignment does not need."""


def wrong(
    came_back: str,
    *,
    expected: str,
    hint: str,
    witnesses: Sequence[Witnesses] = (),
    attachment: Attachable | None = None,
    about_form: bool = False,
) -> NoReturn:
    """End the test: the code ran, but did not do what the requirement asks.

    >>> wrong(
    ...     f"count_words() returned {shown(value)}.",
    ...     expected="a list of pairs",
    ...     hint="Does your function return what it has collected?",
    ... )

    Args:
        came_back: What the code did, one or two sentences.
        expected: What would have been right.
        hint: One step towards the solution, which it does not give away.
        witnesses: The records that prove it.
        attachment: What shows it better than words, such as a `LogPicture`.
        about_form: Whether a closed answer has the wrong form, which students read
            immediately. Whether an answer of the right form is wrong, they read after the deadline.

    Raises:
        Verdict: Always.
    """
    raise Verdict(
        Outcome.WRONG,
        Feedback(
            asked="",
            came_back=came_back,
            expected=expected,
            hint=hint,
            witnesses=tuple(witnesses),
            attachments=() if attachment is None else (attachment.attachment(),),
            about_form=about_form,
        ),
    )


def unreadable(error: BaseException) -> Verdict:
    """Make the verdict of a test that failed unexpectedly while it inspected.

    Args:
        error: What stopped it. Its text goes to the instructor alone.
    """
    reason = "a hidden test could not make sense of it"
    if isinstance(error, InspectionLimitError):
        reason = f"it takes more than {TEST_SECONDS:g} seconds of processor time"
    elif isinstance(error, NeedlessRequestError):
        reason = f"the simulated AWS failed at a request that no requirement needs, {error}"
    elif isinstance(error, MemoryError):
        reason = "it takes too much memory"
    return Verdict(
        Outcome.UNREADABLE,
        Feedback(
            asked="",
            came_back=f"What your code left behind could not be read: {reason}.",
            hint="Does your function return, store and delete exactly what the handout asks for? "
            "Your instructor sees this too, and will look at it.",
        ),
    )


def _bounded(feedback: Feedback) -> Feedback:
    """Shorten every text that may have come out of the sandbox."""
    witnesses = tuple(
        deviation.model_copy(
            update={
                "records": tuple(shortened(record, LONGEST_RECORD) for record in deviation.records)
            }
        )
        for deviation in feedback.witnesses
    )
    trace = tuple(shortened(line, LONGEST_TRACE_LINE) for line in feedback.trace[-MOST_FRAMES:])
    return feedback.model_copy(
        update={
            "came_back": shortened(feedback.came_back, LONGEST_TEXT),
            "expected": feedback.expected and shortened(feedback.expected, LONGEST_TEXT),
            "witnesses": witnesses,
            "trace": trace,
        }
    )


def steady(text: str) -> str:
    """Blank times and addresses, which differ from run to run: a grade is always the same."""
    for pattern, blank in _CHANGING:
        text = pattern.sub(blank, text)
    return text


def shown(value: object) -> str:
    """Return a value that came out of the sandbox as Python writes it, shortened if it is long.

    >>> shown(["a", 1, None])
    "['a', 1, None]"

    Times and addresses are blanked, so that feedback is the same in each run.
    """
    try:
        text = steady(repr(value))
    except (ValueError, RecursionError, MemoryError):  # a number of 4,300 digits, or great depth
        return f"a value that cannot be shown ({type(value).__name__})"
    if len(text) <= SHOWN_CHARACTERS:
        return text
    return f"{text[:SHOWN_CHARACTERS]}... ({len(text)} characters)"
