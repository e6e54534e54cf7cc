"""Where student code runs: bubblewrap, a warm runner that forks for every call, virtual time."""

from autograder.jail.bubblewrap import find_bubblewrap, require_jail
from autograder.jail.interpreter import (
    Interpreter,
    find_interpreter,
    interpreter_for,
    require_interpreter,
)
from autograder.jail.jail import Jail
from autograder.jail.outcomes import (
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

__all__ = [
    "CallResult",
    "Frame",
    "Interpreter",
    "Jail",
    "MissingFunction",
    "MissingModule",
    "Raised",
    "Returned",
    "Stopped",
    "Unsendable",
    "Usage",
    "find_bubblewrap",
    "find_interpreter",
    "interpreter_for",
    "require_interpreter",
    "require_jail",
]
