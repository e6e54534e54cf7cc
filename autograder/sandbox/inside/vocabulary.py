"""The closed sets of words that the runner, its children and the grader exchange."""

from enum import StrEnum

ABOUT_TO_SLEEP = b"about to sleep"
"""The name of a thread that lets others work before its sleep moves the clock. From outside it
looks as if it waited for an answer, but it goes on by itself."""


class StopReason(StrEnum):
    """Why a call of a student's function ended without an answer.

    The runner reports the reasons of `REPORTED`. The others are the grader's own: it told the
    runner to end the call, lost the runner, or did not make the call at all.
    """

    WALL = "wall"
    """The call did not end in its real time."""
    STILL = "still"
    """Its processes used no processor time for too long."""
    CPU = "cpu"
    """It used up its processor time."""
    VIRTUAL_TIME = "virtual_time"
    """It moved the virtual clock too far."""
    MEMORY = "memory"
    """Its processes held too much memory together."""
    OUTPUT = "output"
    """It printed too much."""
    EXITED = "exited"
    """It ended its process, or forged an answer."""
    SIGNAL = "signal"
    """A signal ended its process."""
    RUNNER_DIED = "runner_died"
    """The runner broke off, or said what no runner says."""
    SUBMISSION = "submission"
    """The earlier calls of the submission together took too long."""
    API_CALLS = "api_calls"
    """It sent too many requests to the simulated AWS."""
    IDLE_READS = "idle_reads"
    """It continued to read where there was nothing more to read."""
    TRAFFIC = "traffic"
    """It exchanged too many bytes with the simulated AWS."""
    ANSWERS = "answers"
    """The simulated AWS took too long for all of its requests."""


REPORTED = frozenset(
    {
        StopReason.WALL,
        StopReason.STILL,
        StopReason.CPU,
        StopReason.OUTPUT,
        StopReason.EXITED,
        StopReason.SIGNAL,
    }
)
"""The reasons that the runner reports itself."""


class AnswerKind(StrEnum):
    """What a child's answer says of the call."""

    RETURNED = "returned"
    UNSENDABLE = "unsendable"
    RAISED = "raised"
    MISSING_FUNCTION = "missing_function"
    OUT_OF_VIRTUAL_TIME = "stopped"


class UnsendableReason(StrEnum):
    """Why a returned value cannot be sent as plain JSON."""

    TYPE = "type"
    NAN = "nan"
    CYCLE_OR_DEPTH = "cycle_or_depth"
    HUGE_INT = "huge_int"
    BAD_TEXT = "bad_text"
    KEY = "key"
    TOO_LARGE = "too_large"
