"""What a request may hold, by botocore's own models of the services.

The models say which operations exist and of which type and size each member of their input is.
Parameters are rebuilt from the members that exist, so that nothing else reaches the services.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from autograder.aws.errors import (
    AwsError,
    Violation,
    malformed,
    unknown_operation,
    validation,
)

Check = Callable[[Any], Any]
"""Checks a member's value and returns it, rebuilt."""

_SMALLEST_INTEGER, _LARGEST_INTEGER = -(1 << 31), (1 << 31) - 1
MOST_VIOLATIONS = 10
"""In one error. Source: kinesalite's tests of PutRecords, which were recorded on AWS."""
_LARGEST_NUMBER = 1e15
"""Timestamps are the only numbers: this is millions of years away."""


@cache
def _model_of(service: str) -> ServiceModel:
    """Read a service's model, once: forks inherit it."""
    return ServiceModel(create_loader().load_service_model(service, "service-2"), service)


@cache
def enum_of(service: str, shape: str) -> frozenset[str]:
    """Return the values that a service's model states for a shape."""
    return frozenset(_model_of(service).shape_for(shape).metadata["enum"])


class Shapes:
    """The operations of one service.

    Args:
        service: Its name in botocore.
        make_error: Makes the service's error for members that are missing or out of bounds.
        checks_words: Whether texts must be of the patterns and the sets of values that the model
            states. SQS looks at names of attributes itself, with other errors.
    """

    def __init__(
        self,
        service: str,
        make_error: Callable[..., AwsError] = validation,
        *,
        checks_words: bool = True,
    ) -> None:
        self._model = _model_of(service)
        self._make_error = make_error
        self._checks_words = checks_words
        self._checks: dict[str, Check] = {}

    def take(self, operation: str, parameters: object) -> dict[str, Any]:
        """Rebuild the parameters of an operation from what they may hold.

        Raises:
            AwsError: There is no such operation, or the parameters are not of its shape.
        """
        if operation not in self._checks:
            if operation not in self._model.operation_names:
                raise unknown_operation(operation)
            shape = self._model.operation_model(operation).input_shape
            self._checks[operation] = (
                _check_for(shape, self._checks_words) if shape else lambda _: {}
            )
        try:
            taken: dict[str, Any] = self._checks[operation](parameters)
        except _WrongTypeError as error:
            where = ".".join(reversed(error.path))
            raise malformed(f"{where or 'The body'}: {error.problem}") from None
        except _ViolationError as error:
            raise self._make_error(*error.violations[:MOST_VIOLATIONS]) from None
        return taken


class _WrongTypeError(Exception):
    """A value that is not of its type; the path to it grows on the way up."""

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.problem = problem
        self.path: list[str] = []


class _ViolationError(Exception):
    """Values that the model does not allow; their members' names grow on the way up."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__()
        self.violations = violations

    def within(self, name: str) -> tuple[Violation, ...]:
        """Return the violations, as seen from the structure or list that holds the member."""
        return tuple(
            replace(
                violation,
                member=f"{name}.{violation.member}" if violation.member else name,
            )
            for violation in self.violations
        )


def _check_for(shape: Shape, checks_words: bool) -> Check:
    if isinstance(shape, StructureShape):
        return _structure(shape, checks_words)
    if isinstance(shape, ListShape):
        return _bounded(shape, _list_of(_check_for(shape.member, checks_words)), len, "length")
    if isinstance(shape, MapShape):
        return _bounded(
            shape,
            _map_of(_check_for(shape.key, checks_words), _check_for(shape.value, checks_words)),
            len,
            "length",
        )
    match shape.type_name:
        case "string":
            bounded = _bounded(shape, _text, len, "length")
            return _worded(shape, bounded) if checks_words else bounded
        case "blob":
            return _blob
        case "integer" | "long":
            return _bounded(shape, _integer, lambda value: value, "value")
        case "boolean":
            return _boolean
        case "timestamp" | "float" | "double":
            return _number
    raise NotImplementedError(f"a member of type {shape.type_name}")


def _structure(shape: StructureShape, checks_words: bool) -> Check:
    members: Mapping[str, Check] = {
        str(member.serialization.get("name", name)): _check_for(member, checks_words)
        for name, member in shape.members.items()
    }
    required = frozenset(shape.required_members)

    def check(value: Any) -> dict[str, Any]:
        _demand(value, dict)
        taken: dict[str, Any] = {}
        violations: list[Violation] = []
        for name, check_member in members.items():
            member = value.get(name)
            if member is not None:
                try:
                    taken[name] = check_member(member)
                except _WrongTypeError as error:
                    error.path.append(name)
                    raise
                except _ViolationError as error:
                    violations += error.within(name)
            elif name in required:
                violations.append(Violation(None, name, "Member must not be null"))
        if violations:
            raise _ViolationError(*violations)
        return taken

    return check


def _list_of(check_member: Check) -> Check:
    def check(value: Any) -> list[Any]:
        _demand(value, list)
        taken: list[Any] = []
        violations: list[Violation] = []
        for number, member in enumerate(value, 1):
            try:
                taken.append(check_member(member))
            except _WrongTypeError as error:
                error.path += ["member", str(number)]
                raise
            except _ViolationError as error:
                violations += error.within(f"{number}.member")
                if len(violations) >= MOST_VIOLATIONS:
                    break
        if violations:
            raise _ViolationError(*violations)
        return taken

    return check


def _map_of(check_key: Check, check_value: Check) -> Check:
    def check(value: Any) -> dict[str, Any]:
        _demand(value, dict)
        taken: dict[str, Any] = {}
        for key, member in value.items():
            try:
                taken[check_key(key)] = check_value(member)
            except _WrongTypeError as error:
                error.path.append("value")
                raise
            except _ViolationError as error:
                raise _ViolationError(*error.within("value")) from None
        return taken

    return check


def _bounded(shape: Shape, check: Check, measure: Callable[[Any], int], what: str) -> Check:
    """Add the bounds that the model states, if it does."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is None and most is None:
        return check

    def check_bounds(value: Any) -> Any:
        taken = check(value)
        size = measure(taken)
        if least is not None and size < least:
            constraint = f"Member must have {what} greater than or equal to {least}"
        elif most is not None and size > most:
            constraint = f"Member must have {what} less than or equal to {most}"
        else:
            return taken
        shown = f"[{size} members]" if isinstance(taken, list | dict) else taken
        raise _ViolationError(Violation(shown, "", constraint))

    return check_bounds


def _worded(shape: Shape, check: Check) -> Check:
    """Add the values or the pattern that the model states, if it does.

    Patterns of ARNs are left out: what they name is looked up, and a long text would keep some of
    them busy for minutes.
    """
    values, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    if values:
        allowed = re.compile("|".join(map(re.escape, values)))
        constraint = f"Member must satisfy enum value set: [{', '.join(values)}]"
    elif pattern and (".*" not in pattern or pattern.startswith("arn:")):
        if pattern.startswith("^(") and pattern.endswith(")$"):
            pattern = pattern[2:-2]
        # Colons divide an ARN, so that no two of these parts can match the same text.
        allowed = re.compile(pattern.replace(".*", "[^:]*"), re.ASCII)
        constraint = f"Member must satisfy regular expression pattern: {pattern}"
    else:
        return check

    def check_words(value: Any) -> str:
        violations: tuple[Violation, ...] = ()
        try:
            check(value)
        except _ViolationError as error:
            violations = error.violations
        if not allowed.fullmatch(value):
            violations = (Violation(value, "", constraint), *violations)
        if violations:
            raise _ViolationError(*violations)
        return str(value)

    return check_words


def _demand(value: object, kind: type) -> None:
    if type(value) is not kind:
        raise _WrongTypeError(
            f"{_KINDS.get(type(value), 'a value')} where {_KINDS[kind]} is expected"
        )


_KINDS = {
    dict: "a structure", list: "a list", str: "a string", int: "an integer", float: "a number",
    bool: "a boolean", type(None): "null",
}  # fmt: skip


def _text(value: Any) -> str:
    _demand(value, str)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _WrongTypeError("a string that is not valid Unicode") from None
    return str(value)


def _blob(value: Any) -> str:
    """Check that bytes come as base64, and leave them so."""
    _demand(value, str)
    try:
        base64.b64decode(value, validate=True)
    except ValueError:
        raise _WrongTypeError("a blob that is not base64") from None
    return str(value)


def _integer(value: Any) -> int:
    _demand(value, int)
    if not _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
        raise _WrongTypeError("an integer that is out of range")
    return int(value)


def _boolean(value: Any) -> bool:
    _demand(value, bool)
    return bool(value)


def _number(value: Any) -> float:
    """Check a number; timestamps are seconds since the epoch."""
    if type(value) is not int:
        _demand(value, float)
    if not abs(value) < _LARGEST_NUMBER:  # NaN is not smaller than anything
        raise _WrongTypeError("a number that is out of range")
    return float(value)
