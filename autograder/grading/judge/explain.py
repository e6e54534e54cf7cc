"""Turns how a call ended into an outcome and feedback that helps the student."""

import re
from typing import NoReturn

from autograder.aws.hints import (
    ERROR_HINTS,
    EXCEPTION_HINTS,
    HUGE_NUMBER_HINT,
    IDLE_READS,
    IDLE_READS_HINT,
)
from autograder.grading.grade import Feedback, Outcome
from autograder.grading.judge.verdict import Verdict, steady
from autograder.limits import Limits
from autograder.sandbox import (
    CallResult,
    MissingFunction,
    MissingModule,
    Raised,
    Returned,
    Stopped,
    StopReason,
    Unsendable,
    UnsendableReason,
)

_REPEATED = "{call} hung before, so it had less time here; it did not end in that time either."
_NEVER = "Does it wait for something that never comes, such as a lock that nobody releases?"
_PROCESSES = "Do not kill or signal processes: return a value or raise an exception instead."

_STOPPED: dict[StopReason, tuple[Outcome, str, str]] = {
    StopReason.WALL: (Outcome.TIMED_OUT, "{call} did not return before its time was up.", _NEVER),
    StopReason.STILL: (
        Outcome.TIMED_OUT,
        "{call} did nothing for so long that it was stopped before it returned.",
        _NEVER,
    ),
    StopReason.SUBMISSION: (
        Outcome.TIMED_OUT,
        "{call} was not called: the calls before it took more than "
        "{limits.submission_seconds:g} seconds together.",
        "A correct solution takes a few seconds in all. What do the functions wait for?",
    ),
    StopReason.CPU: (
        Outcome.TIMED_OUT,
        "{call} used up its processor time without returning.",
        "Look for a loop whose condition never changes.",
    ),
    StopReason.VIRTUAL_TIME: (
        Outcome.TIMED_OUT,
        "{call} slept for more than {limits.virtual_seconds:g} seconds without returning.",
        "Pause briefly between attempts, and stop when there is nothing left to wait for.",
    ),
    StopReason.API_CALLS: (
        Outcome.TIMED_OUT,
        "{call} made more than {limits.aws.api_calls} requests to AWS without returning.",
        "Which answer from AWS should end the loop? Check that your code looks for it.",
    ),
    StopReason.IDLE_READS: (Outcome.TIMED_OUT, IDLE_READS, IDLE_READS_HINT),
    StopReason.TRAFFIC: (
        Outcome.TIMED_OUT,
        "{call} exchanged more than {limits.aws.traffic_mib} MiB with AWS without returning.",
        "Does it send or read the same records again and again?",
    ),
    StopReason.ANSWERS: (
        Outcome.TIMED_OUT,
        "{call} sent requests that took the simulated AWS too long to answer.",
        "Does it send the same records again and again, or far more than it was asked for?",
    ),
    StopReason.MEMORY: (
        Outcome.OUT_OF_MEMORY,
        "{call} used more than {limits.memory_total_mib} MiB of memory, including the processes "
        "and sockets that it started.",
        "Start fewer processes, close sockets, and look for a list that never stops growing.",
    ),
    StopReason.OUTPUT: (
        Outcome.KILLED,
        "{call} printed more than {limits.output_kib} KiB and was stopped.",
        "Printed text is never graded: print less.",
    ),
    StopReason.EXITED: (
        Outcome.KILLED,
        "{call} ended the whole Python process instead of returning.",
        "Remove exit(), quit() and os._exit(): return a value or raise an exception.",
    ),
    StopReason.SIGNAL: (
        Outcome.KILLED,
        "{call} was ended by a signal before it returned.",
        _PROCESSES,
    ),
    StopReason.RUNNER_DIED: (
        Outcome.KILLED,
        "{call} crashed the Python process.",
        _PROCESSES,
    ),
}

_UNSENDABLE: dict[UnsendableReason, str] = {
    UnsendableReason.TYPE: "Return plain values: lists, tuples, dicts, strings, numbers, True, "
    "False, None.",
    UnsendableReason.NAN: "NaN and infinity are not JSON numbers.",
    UnsendableReason.CYCLE_OR_DEPTH: "Does the value contain itself?",
    UnsendableReason.HUGE_INT: HUGE_NUMBER_HINT,
    UnsendableReason.BAD_TEXT: "The text is not valid Unicode: decode bytes as UTF-8.",
    UnsendableReason.KEY: "Keys of a dict must be strings.",
    UnsendableReason.TOO_LARGE: "Return only what was asked for.",
}

_UNSENDABLE_TYPES: dict[str, str] = {
    "generator": "A function with `yield` in it returns a generator, not its items. Collect the "
    "items in a list, and return the list.",
    "async_generator": "An `async def` function with `yield` returns an async generator. Collect "
    "the items in a list inside it, and run it with asyncio.run() from a plain `def`.",
    "coroutine": "A function that begins with `async def` returns a coroutine, not its result. "
    "Begin it with `def`, and call asyncio.run() inside.",
}
"""Hints for values of a type that is returned by mistake."""

_IMPORT = (
    "Code outside functions runs whenever the file is imported. Move your own calls into main(), "
    'and call main() below `if __name__ == "__main__":`.'
)
_IMPORTING = "importing the file"
_LOOK = "What does the last line shown assume that is not true here?"
_EXITED = (
    "The last line shown ends the process, as exit() does, or argparse when it does not know an "
    "argument. Return a value or raise an exception instead."
)
_TYPE_HINTS: dict[str, str] = {
    **EXCEPTION_HINTS,
    "ModuleNotFoundError": "Your code may import Python's standard library, boto3 and your own "
    "modules; no other package is installed where it is graded. If the module is your own, check "
    "that its file was handed in.",
    "IndentationError": "Compare the indentation of the line shown with the lines around it.",
    "TabError": "Indent with spaces only, or with tabs only.",
    "EOFError": "Nobody answers input() during grading: take what you need from the parameters.",
    "IndexError": "What does the code do when the list is empty?",
}

_COMPREHENSIONS = ("<listcomp>", "<dictcomp>", "<setcomp>")
_KEY_OF_AWS = re.compile(r"'[A-Z][A-Za-z]*'")
"""Keys of boto3's answers begin with a capital letter; those of events do not."""
_KEY_OF_AN_ANSWER = (
    "Not every answer of AWS has every key. boto3's documentation says when this one is there."
)
_KEY_OF_ANOTHER_DICT = (
    "The dictionary in the last line shown does not have this key. The handout says which keys an "
    "event has; in a dictionary of your own, is the key set before it is looked up?"
)


def about_python(used: str, named: str) -> str:
    """Say which Python graded, for errors that another version of Python would not raise.

    Args:
        used: The version that ran the student's code, such as `3.12`.
        named: The version that the assignment names.
    """
    if used == named:
        return (
            f"Graded with Python {used}, as the handout says. Is the line shown valid in Python "
            f"{used}?"
        )
    return (
        f"Graded with Python {used}, though the assignment names Python {named}. If your code runs "
        f"with {named}, tell your instructor."
    )


def verdict_of(
    result: CallResult,
    call: str,
    limits: Limits,
    signature: str | None = None,
    python: str | None = None,
) -> Verdict | None:
    """Judge how a call ended; return None if it returned a value.

    Args:
        result: What the sandbox says.
        call: The call as a student would name it, such as `count_words()`.
        limits: The budgets of a call. A call that had less time, because the function hung before,
            is not told how much.
        signature: The function's signature in the handout, such as `count_words(path)`;
            None if that is not known.
        python: What `about_python` says, for errors that depend on Python's version.
    """
    match result:
        case Returned():
            return None
        case MissingModule(module):
            return _verdict(
                Outcome.MISSING,
                f"The file {module}.py is missing.",
                "Hand the file in under exactly this name.",
            )
        case MissingFunction(module, function, similar):
            near = f"You have {similar}(): is that the one?" if similar else None
            return _verdict(Outcome.MISSING, f"{module}.py has no function {function}().", near)
        case Unsendable():
            place = f" (at {result.where})" if result.where else ""
            return _verdict(
                Outcome.WRONG,
                f"{call} returned a value that cannot be graded: {result.type_name}{place}.",
                _UNSENDABLE_TYPES.get(result.type_name, _UNSENDABLE[result.reason]),
            )
        case Raised():
            return _raised(result, call, signature, python)
        case Stopped():
            outcome, sentence, advice = _STOPPED[result.reason]
            if result.is_repeated:
                sentence = _REPEATED
            if result.during_import:
                call, advice = _IMPORTING, _IMPORT
            return _verdict(outcome, sentence.format(call=call, limits=limits), advice)


def crashed(error: Raised, call: str, *, expected: str, hint: str | None = None) -> NoReturn:
    """End the test: the function raised an error where a requirement says that it does not.

    >>> result = writer.outcome_of("delete_stream", "orders")
    >>> if isinstance(result, Raised):
    ...     crashed(result, "delete_stream()", expected="no error if it does not exist")

    Args:
        error: What it raised.
        call: The call as a student would name it.
        expected: What would have been right.
        hint: What helps; None for the usual hint for such an error.

    Raises:
        Verdict: Always.
    """
    verdict = _raised(error, call)
    update = {"expected": expected, "hint": hint or verdict.feedback.hint}
    raise Verdict(verdict.outcome, verdict.feedback.model_copy(update=update))


def _raised(
    result: Raised, call: str, signature: str | None = None, python: str | None = None
) -> Verdict:
    if result.during_import:
        call = _IMPORTING
    kinds = (result.type_name, *result.bases)
    if "NotImplementedError" in kinds:
        return _verdict(Outcome.UNIMPLEMENTED, f"{call} still raises NotImplementedError.", None)
    if result.type_name == "MemoryError":
        return _verdict(
            Outcome.OUT_OF_MEMORY,
            f"{call} ran out of memory.",
            "Look for a list that never stops growing.",
        )
    trace = _trace_of(result)
    hint = _hint_for(result, signature, python)
    if "SystemExit" in kinds:
        came_back = _STOPPED[StopReason.EXITED][1].format(call=call)
        return _verdict(Outcome.KILLED, came_back, hint, trace)
    message = f": {steady(result.message)}" if result.message else ""
    came_back = f"{call} raised {result.type_name}{message}"
    return _verdict(Outcome.CRASHED, came_back, hint, trace)


def _trace_of(result: Raised) -> tuple[str, ...]:
    """Return a traceback as lines.

    Up to Python 3.11 a comprehension has a frame: leave it out, so that all versions agree.
    """
    frames = [frame for frame in result.traceback if frame.function not in _COMPREHENSIONS]
    return tuple(
        f"{frame.file}:{frame.line}, in {frame.function}: {frame.code}" for frame in frames
    )


def _hint_for(result: Raised, signature: str | None, python: str | None) -> str | None:
    """Return a hint for an exception; None if none helps."""
    kind = result.type_name
    if "SystemExit" in (kind, *result.bases):
        return _IMPORT if result.during_import else _EXITED
    if result.during_import and result.error_code:  # a call of the student's own
        return _IMPORT
    if result.error_code in ERROR_HINTS:
        return ERROR_HINTS[result.error_code]
    if kind in ("SyntaxError", "ImportError"):
        return python
    if kind == "KeyError":
        is_of_aws = _KEY_OF_AWS.fullmatch(result.message)
        return _KEY_OF_AN_ANSWER if is_of_aws else _KEY_OF_ANOTHER_DICT
    # No line of the student's was reached: the call itself did not fit the function.
    if kind == "TypeError" and signature and not result.traceback:
        return f"The handout's signature is {signature}: keep its parameters and their defaults."
    return _TYPE_HINTS.get(kind, _LOOK if result.traceback else None)


def _verdict(
    outcome: Outcome, came_back: str, hint: str | None, trace: tuple[str, ...] = ()
) -> Verdict:
    return Verdict(outcome, Feedback(asked="", came_back=came_back, hint=hint, trace=trace))
