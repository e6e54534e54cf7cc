"""Turns how a call ended into an outcome and sentences that help the student on."""

from typing import NoReturn

from autograder.grading.grade import Feedback, Outcome
from autograder.grading.verdict import Verdict, steady
from autograder.jail import (
    CallResult,
    MissingFunction,
    MissingModule,
    Raised,
    Returned,
    Stopped,
    Unsendable,
)
from autograder.limits import Limits

_STOPPED: dict[str, tuple[Outcome, str, str]] = {
    "wall": (
        Outcome.TIMED_OUT,
        "{call} had not returned when its time was up.",
        "Does it wait for something that never comes, such as a lock that nobody releases?",
    ),
    "still": (
        Outcome.TIMED_OUT,
        "{call} stood still, and had not returned when it was stopped.",
        "Does it wait for something that never comes, such as a lock that nobody releases?",
    ),
    "submission": (
        Outcome.TIMED_OUT,
        "{call} was not called any more: the calls before it had taken more than "
        "{limits.submission_seconds:g} seconds together.",
        "A right solution takes a few seconds in all. What do the functions wait for?",
    ),
    "cpu": (
        Outcome.TIMED_OUT,
        "{call} used up its processor time without returning.",
        "Look for a loop whose condition never changes.",
    ),
    "virtual_time": (
        Outcome.TIMED_OUT,
        "{call} slept for more than {limits.virtual_seconds:g} seconds without returning.",
        "Pause briefly between attempts, and stop once there is nothing left to wait for.",
    ),
    "api_calls": (
        Outcome.TIMED_OUT,
        "{call} made more than {limits.api_calls} requests to AWS without returning.",
        "Which answer from AWS should end the loop? Check that your code looks for it.",
    ),
    "idle_reads": (
        Outcome.TIMED_OUT,
        "{call} went on polling: {limits.idle_reads} GetRecords answers in a row were empty "
        "and said it had caught up (MillisBehindLatest 0).",
        "Once an answer is empty and MillisBehindLatest is 0, you have read all there is: stop.",
    ),
    "traffic": (
        Outcome.TIMED_OUT,
        "{call} sent to AWS and received from it more than {limits.traffic_mib} MiB without "
        "returning.",
        "Does it send or read the same records again and again?",
    ),
    "memory": (
        Outcome.OUT_OF_MEMORY,
        "{call} needed more than {limits.memory_total_mib} MiB of memory, with all processes and "
        "sockets that it started.",
        "Start fewer processes, close sockets, and look for a list that grows without end.",
    ),
    "output": (
        Outcome.KILLED,
        "{call} printed more than {limits.output_kib} KiB and was stopped.",
        "What is printed is never graded; print less.",
    ),
    "exited": (
        Outcome.KILLED,
        "{call} ended the whole Python process instead of returning.",
        "Remove exit(), quit() or os._exit(); return a value or raise an exception.",
    ),
    "signal": (
        Outcome.KILLED,
        "{call} was ended by a signal before it returned.",
        "Leave processes and signals alone; plain Python and boto3 are enough.",
    ),
    "runner_died": (
        Outcome.KILLED,
        "{call} took down the process that ran it.",
        "Leave processes and signals alone; plain Python and boto3 are enough.",
    ),
}

_UNSENDABLE: dict[str, str] = {
    "type": "Return plain values: lists, tuples, dicts, strings, numbers, True, False, None.",
    "nan": "NaN and infinity are no JSON numbers.",
    "cycle_or_depth": "Does the value contain itself?",
    "huge_int": "Sequence numbers are strings; keep them as Kinesis gives them.",
    "bad_text": "The text is no valid Unicode; decode bytes as UTF-8.",
    "key": "Keys of a dict must be strings.",
    "too_large": "Return only what was asked for.",
}

_ERROR_HINTS: dict[str, str] = {
    "ProvisionedThroughputExceededException": "Kinesis throttles now and then: wait a moment and "
    "try again, several times if need be.",
    "LimitExceededException": "Wait a moment and try again.",
    "ResourceNotFoundException": "Is the stream there, and ACTIVE, at this point? Are its name "
    "and the shard's id the ones that were passed in?",
    "ResourceInUseException": "A stream of that name exists already: is that an error here?",
    "ExpiredIteratorException": "Shard iterators live for five minutes; take a new one.",
    "InvalidArgumentException": "Look at the parameters of that call in boto3's documentation.",
    "ValidationException": "Look at the limits of that call in the Kinesis documentation, such as "
    "500 records for each PutRecords.",
}

_IMPORT = (
    "What stands outside of functions runs whenever the file is imported. Calls of your own belong "
    'into main(), below `if __name__ == "__main__":`.'
)
_IMPORTING = "importing the file"
_LOOK = "What does your code take for granted in the last line shown, that is not so here?"

_TYPE_HINTS: dict[str, str] = {
    "ModuleNotFoundError": "Only the standard library, boto3 and your own modules can be imported.",
    "EndpointConnectionError": "Do not write an endpoint into your code; it comes from the "
    "environment.",
    "ConnectTimeoutError": "Do not write an endpoint into your code; it comes from the "
    "environment.",
    "SyntaxError": "Run the file with Python on your machine first.",
    "IndentationError": "Run the file with Python on your machine first.",
    "EOFError": "Nobody answers input() while graded: take what you need from the parameters.",
    "KeyError": "Not every answer has every key; look in boto3's documentation when it is there.",
    "IndexError": "What does the code do where the list is empty?",
    "ParamValidationError": "boto3 refuses these parameters before it asks AWS; its documentation "
    "says which are allowed.",
}


def verdict_of(result: CallResult, call: str, limits: Limits) -> Verdict | None:
    """Judge how a call ended; None where it returned a value.

    Args:
        result: What the jail says.
        call: The call as a student would name it, such as `read_from_shard()`.
        limits: The budgets of a call; where what hung before had less time, that is not named.
    """
    match result:
        case Returned():
            return None
        case MissingModule(module):
            return _verdict(
                Outcome.MISSING,
                f"There is no file {module}.py.",
                "Hand in the file under exactly this name.",
            )
        case MissingFunction(module, function, similar):
            near = f"You have {similar}(): is that the one?" if similar else None
            return _verdict(Outcome.MISSING, f"{module}.py has no function {function}().", near)
        case Unsendable():
            place = f" (at {result.where})" if result.where else ""
            return _verdict(
                Outcome.WRONG,
                f"{call} returned a value that cannot be graded: {result.type_name}{place}.",
                _UNSENDABLE[result.reason],
            )
        case Raised():
            return _raised(result, call)
        case Stopped():
            outcome, sentence, advice = _STOPPED.get(result.reason, _STOPPED["signal"])
            if result.during_import:
                call, advice = _IMPORTING, _IMPORT
            return _verdict(outcome, sentence.format(call=call, limits=limits), advice)


def crashed(error: Raised, call: str, *, expected: str, hint: str | None = None) -> NoReturn:
    """End the test: the function raised an error where a requirement says that it does not.

    Args:
        error: What it raised.
        call: The call as a student would name it.
        expected: What would have been right.
        hint: What helps on; None for what helps with such an error anywhere.

    Raises:
        Verdict: Always.
    """
    verdict = _raised(error, call)
    told = {"expected": expected, "hint": hint or verdict.feedback.hint}
    raise Verdict(verdict.outcome, verdict.feedback.model_copy(update=told))


def _raised(result: Raised, call: str) -> Verdict:
    if result.during_import:
        call = _IMPORTING
    if "NotImplementedError" in (result.type_name, *result.bases):
        return _verdict(Outcome.UNIMPLEMENTED, f"{call} still raises NotImplementedError.", None)
    if result.type_name == "MemoryError":
        return _verdict(
            Outcome.OUT_OF_MEMORY, f"{call} ran out of memory.", "Look for a list without end."
        )
    if result.type_name == "SystemExit":
        _, sentence, advice = _STOPPED["exited"]
        return _verdict(Outcome.KILLED, sentence.format(call=call), advice)
    trace = tuple(
        f"{frame.file}:{frame.line}, in {frame.function}: {frame.code}"
        for frame in result.traceback
    )
    if result.during_import and result.error_code:  # a call of the student's own
        hint = _IMPORT
    else:
        hint = _ERROR_HINTS.get(result.error_code or "", _TYPE_HINTS.get(result.type_name, _LOOK))
    message = f": {steady(result.message)}" if result.message else ""
    return Verdict(
        Outcome.CRASHED,
        Feedback(
            asked="",
            came_back=f"{call} raised {result.type_name}{message}",
            hint=hint,
            trace=trace,
        ),
    )


def _verdict(outcome: Outcome, came_back: str, hint: str | None) -> Verdict:
    return Verdict(outcome, Feedback(asked="", came_back=came_back, hint=hint))
