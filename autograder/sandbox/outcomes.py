"""How a call of a student's function ended, read from the runner's hostile words."""

from dataclasses import dataclass, replace
from typing import Any

from autograder.sandbox.inside.values import UnsendableError, plain
from autograder.sandbox.inside.vocabulary import (
    REPORTED,
    AnswerKind,
    StopReason,
    UnsendableReason,
)
from autograder.sandbox.inside.wire import WireError, decode


@dataclass(frozen=True)
class Usage:
    """What a call used up."""

    cpu_seconds: float = 0.0
    virtual_seconds: float = 0.0
    printed_bytes: int = 0
    import_seconds: float = 0.0
    """Processor time until the module was imported, by the child's own account."""


@dataclass(frozen=True)
class Returned:
    """The function returned a plain JSON value."""

    value: Any
    usage: Usage


@dataclass(frozen=True)
class Unsendable:
    """The function returned something that is not plain JSON."""

    where: str
    """The place in the value, such as `[3][1]`; empty for the value itself."""
    type_name: str
    reason: UnsendableReason
    usage: Usage


@dataclass(frozen=True)
class Frame:
    """One line of a traceback, in a file of the student's."""

    file: str
    line: int
    function: str
    code: str


@dataclass(frozen=True)
class Raised:
    """The function, or the import of its module, raised an exception."""

    type_name: str
    bases: tuple[str, ...]
    """Names of its classes, from its own to `object`."""
    message: str
    traceback: tuple[Frame, ...]
    error_code: str | None
    """The code of an AWS error, such as ResourceNotFoundException."""
    during_import: bool
    usage: Usage


@dataclass(frozen=True)
class MissingModule:
    """There is no such file."""

    module: str


@dataclass(frozen=True)
class MissingFunction:
    """The module has no such function."""

    module: str
    function: str
    similar: str | None
    """A function of the module whose name is close."""


@dataclass(frozen=True)
class Stopped:
    """The call ended without an answer."""

    reason: StopReason
    usage: Usage
    number: int = 0
    """The exit code or the signal; 0 if there is neither."""
    during_import: bool = False
    """Whether the module was still being imported, by the child's own account."""
    is_repeated: bool = False
    """Whether the function had hung before, for this reason, and had less time therefore."""


CallResult = Returned | Unsendable | Raised | MissingModule | MissingFunction | Stopped

_MAX_TEXT = 4096
"""Characters: twice what the child cuts its texts to."""
_MAX_PLACE = 200
_MAX_ITEMS = 64
"""The child sends 20 classes and 20 frames at most."""
_LARGEST_NUMBER = 1e12
_LARGEST_WHOLE = 1 << 62
"""No count or time comes near; larger numbers would not fit where they are stored."""


def read_result(
    report: bytes, answer: bytes, module: str, function: str, max_bytes: int
) -> CallResult:
    """Read what the runner reported and what the child answered.

    Args:
        report: The runner's.
        answer: The child's, empty where it gave none.
        module: What was called.
        function: What was called.
        max_bytes: About how large a returned value may be.

    Raises:
        WireError: The runner's report is not as it should be: the runner is not itself any more.
    """
    facts = _table(decode(report))
    reason = facts.get("reason")
    usage = Usage(
        cpu_seconds=_number(facts.get("cpu_seconds")),
        import_seconds=_number(facts.get("import_seconds", 0.0)),
        printed_bytes=_whole(facts.get("printed_bytes")),
    )
    imported = facts.get("imported")
    if type(imported) is not bool:
        raise WireError("no truth value")
    if reason is not None:
        if _text(reason) not in REPORTED:
            raise WireError("an unknown reason")
        number = _whole(facts.get("signal")) or _whole(facts.get("exit_code"))
        return Stopped(StopReason(reason), usage, number, during_import=not imported)
    try:
        result = _read_answer(_table(decode(answer)), usage, module, function, max_bytes)
    except WireError:
        # Student code wrote to the answer's descriptor.
        result = Stopped(StopReason.EXITED, usage)
    return replace(result, during_import=not imported) if isinstance(result, Stopped) else result


def _read_answer(
    answer: dict[str, Any], usage: Usage, module: str, function: str, max_bytes: int
) -> CallResult:
    usage = replace(usage, virtual_seconds=_number(answer.get("virtual_seconds", 0.0)))
    match answer.get("kind"):
        case AnswerKind.RETURNED:
            if "value" not in answer:
                raise WireError("no value")
            return _returned(answer["value"], usage, max_bytes)
        case AnswerKind.UNSENDABLE:
            return Unsendable(
                where=_text(answer.get("where")),
                type_name=_text(answer.get("type")),
                reason=_unsendable_reason(answer.get("reason")),
                usage=usage,
            )
        case AnswerKind.RAISED:
            code = answer.get("code")
            return Raised(
                type_name=_text(answer.get("type")),
                bases=tuple(_text(base) for base in _list(answer.get("bases"))),
                message=_text(answer.get("message")),
                traceback=tuple(_frame(frame) for frame in _list(answer.get("frames"))),
                error_code=None if code is None else _text(code),
                during_import=answer.get("during_import") is True,
                usage=usage,
            )
        case AnswerKind.MISSING_FUNCTION:
            similar = answer.get("similar")
            return MissingFunction(module, function, None if similar is None else _text(similar))
        case AnswerKind.OUT_OF_VIRTUAL_TIME:
            return Stopped(StopReason.VIRTUAL_TIME, usage)
    raise WireError("an unknown kind")


def _returned(value: Any, usage: Usage, max_bytes: int) -> CallResult:
    """Hold a value to the bounds that an honest child has held it to."""
    try:
        return Returned(plain(value, max_bytes), usage)
    except UnsendableError as error:
        return Unsendable(error.where[:_MAX_PLACE], error.type_name, error.reason, usage)


def _text(value: Any) -> str:
    if type(value) is not str or len(value) > _MAX_TEXT:
        raise WireError("no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise WireError("no valid Unicode") from None
    return value


def _unsendable_reason(value: Any) -> UnsendableReason:
    try:
        return UnsendableReason(_text(value))
    except ValueError:
        raise WireError("an unknown reason") from None


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value < _LARGEST_NUMBER:
        raise WireError("no number")
    return float(value)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST_WHOLE:
        raise WireError("no whole number")
    return value


def _list(value: Any) -> list[Any]:
    if type(value) is not list or len(value) > _MAX_ITEMS:
        raise WireError("no list")
    return value


def _table(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise WireError("no object")
    return value


def _frame(value: Any) -> Frame:
    parts = _list(value)
    if len(parts) != 4:
        raise WireError("no frame")
    file, line, function, code = parts
    return Frame(_text(file), _whole(line), _text(function), _text(code))
