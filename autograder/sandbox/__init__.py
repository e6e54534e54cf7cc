"""Where student code runs: bubblewrap, a warm runner that forks for every call, virtual time."""

from autograder.sandbox.bubblewrap import find_bubblewrap, require_sandbox
from autograder.sandbox.inside.vocabulary import StopReason, UnsendableReason
from autograder.sandbox.interpreter import (
    Interpreter,
    find_interpreter,
    interpreter_for,
    require_interpreter,
)
from autograder.sandbox.outcomes import (
    CallResult,
    Frame,
    MissingFunction,
    MissingModule,
    Raised,
    Returned,
    Stopped,
    Unsendable,
    Usage,
)
from autograder.sandbox.sandbox import Sandbox

__all__ = [
    "CallResult",
    "Frame",
    "Interpreter",
    "MissingFunction",
    "MissingModule",
    "Raised",
    "Returned",
    "Sandbox",
    "StopReason",
    "Stopped",
    "Unsendable",
    "UnsendableReason",
    "Usage",
    "find_bubblewrap",
    "find_interpreter",
    "interpreter_for",
    "require_interpreter",
    "require_sandbox",
]
