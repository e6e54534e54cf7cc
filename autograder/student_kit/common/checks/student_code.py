"""Runs your functions for the checks, and explains in plain words why a call failed."""

import importlib
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from reprlib import Repr
from types import ModuleType, TracebackType
from typing import Any, NamedTuple, NoReturn

import pytest

from checks.hand_in import ROOT, installed_as_where_graded, why_not_graded
from checks.student_streams import own_streams
from checks.time_limit import LONGEST_SLEEPS, SleptTooLong, TimeLimit, TooLong

CHECKS = Path(__file__).resolve().parent
_NOT_YOURS = tuple(
    Path(path).resolve()
    for path in (str(CHECKS), *map(sysconfig.get_path, ("stdlib", "purelib", "scripts")))
)
_limit = TimeLimit()
_repr = Repr()
_repr.maxstring = _repr.maxother = 120
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 6
_repr.maxlevel = 4


class Location(NamedTuple):
    """A line of one of your files."""

    file: str
    line: int


class CheckFailed(pytest.fail.Exception):  # type: ignore[name-defined, misc]  # set at run time
    """A check failed. Its text is the whole message, without a traceback."""

    def __init__(self, message: str, location: Location | None) -> None:
        super().__init__(message, pytrace=False)
        self.location = location


class StudentFile:
    """One of your files. `file.name(...)` imports the file and calls its function `name`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | CheckFailed | None = None
        self._location: Location | None = None

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("_"):
            raise AttributeError(function)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._call(function, arguments, named)

        return call

    def must(self, condition: object, message: str) -> None:
        """Fail with a message unless a condition holds; it is shown at the last called function."""
        if not condition:
            raise CheckFailed(message, self._location)

    def fails(self, function: str, *arguments: Any) -> bool:
        """Tell whether a call raises an error; running out of time does not count."""
        try:
            self._call(function, arguments, {}, wants_error=True)
        except _Raised:
            return True
        return False

    def _call(
        self,
        function: str,
        arguments: tuple[Any, ...],
        named: dict[str, Any],
        *,
        wants_error: bool = False,
    ) -> Any:
        module = self._load()
        self._location = Location(self._name, 1)
        found = getattr(module, function, None)
        if found is None or not callable(found):
            message = f"The function `{function}` is missing in {self._name}."
            raise CheckFailed(message, self._location)
        code = getattr(found, "__code__", None)
        if code is not None and is_yours(code.co_filename):
            self._location = Location(relative(code.co_filename), code.co_firstlineno)
        shown = f"{function}({', '.join(map(show, arguments))})"
        try:
            with own_streams():
                return _limit.run(lambda: found(*arguments, **named))
        except KeyboardInterrupt:
            raise
        except NotImplementedError as error:
            self._fail(
                error, f"{function} is not written yet: it still raises NotImplementedError."
            )
        except BaseException as error:
            if wants_error and isinstance(error, Exception) and not isinstance(error, TooLong):
                raise _Raised from None
            self._fail(error, _what_happened(shown, error))

    def _load(self) -> ModuleType:
        """Import the file when it is first used: by then, all fixtures are set up."""
        if self._module is None:
            self._module = self._import()
        if isinstance(self._module, CheckFailed):
            raise CheckFailed(str(self._module), self._module.location)
        return self._module

    def _import(self) -> ModuleType | CheckFailed:
        self._location = Location(self._name, 1)
        if (reason := why_not_graded(self._name)) is not None:
            return CheckFailed(reason, self._location)
        for name, loaded in list(sys.modules.items()):
            file = getattr(loaded, "__dict__", {}).get("__file__")
            if isinstance(file, str) and is_yours(file):
                del sys.modules[name]
        name = self._name.removesuffix(".py")
        try:
            with own_streams(), installed_as_where_graded():
                module: ModuleType = _limit.run(lambda: importlib.import_module(name))
            return module
        except KeyboardInterrupt:
            raise
        except SyntaxError as error:
            if error.filename and is_yours(error.filename):
                self._location = Location(relative(error.filename), error.lineno or 1)
            return CheckFailed(
                f"{self._location.file} is not valid Python: {_text_of(error)}", self._location
            )
        except BaseException as error:
            try:
                self._fail(error, _what_happened(f"Importing {self._name}", error))
            except CheckFailed as failure:
                return failure

    def _fail(self, error: BaseException, message: str) -> NoReturn:
        lines = list(_your_lines(error.__traceback__))
        where = [
            f"  {location.file}, line {location.line}: {text}" for location, text in lines[-5:]
        ]
        location = lines[-1][0] if lines else self._location
        raise CheckFailed("\n".join([message, *where]), location) from None


class _Raised(Exception):  # noqa: N818 - not a failure
    """A call raised an error, as the check expects."""


def show(value: object) -> str:
    """Return a value's repr, shortened."""
    try:
        return _repr.repr(value)
    except Exception as error:
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"


def difference(found: object, expected: list[Any], unit: str) -> str:
    """Say what came back instead of a list: how many values, and the first that differs.

    Args:
        found: What came back.
        expected: The expected list; if both are equal, there is nothing to say.
        unit: What the list holds, such as `pair`.
    """
    if found == expected:
        return ""
    if not isinstance(found, list):
        return f"you returned {show(found)}, which is not a list."
    pairs = zip(found, expected, strict=False)
    same = next((at for at, (ours, theirs) in enumerate(pairs) if ours != theirs), None)
    count = f"you returned {len(found)}."
    if same is not None:
        return (
            f"{count} {unit.capitalize()} {same} should be\n    {show(expected[same])}\n"
            f"  but is\n    {show(found[same])}"
        )
    if len(found) < len(expected):
        right = f"The first {len(found)} are right; {unit}" if found else unit.capitalize()
        return f"{count} {right} {len(found)} is missing:\n    {show(expected[len(found)])}"
    right = f"The first {len(expected)} are right; {unit}" if expected else unit.capitalize()
    return f"{count} {right} {len(expected)} is too many:\n    {show(found[len(expected)])}"


def as_lists(pairs: object) -> object:
    """Turn tuples and namedtuples into lists, so that they compare equal to lists."""
    if not isinstance(pairs, list | tuple):
        return pairs
    return [list(pair) if isinstance(pair, list | tuple) else pair for pair in pairs]


def is_yours(file: str) -> bool:
    """Tell whether you wrote a file: it is in this repository, and not a check or a package."""
    if not file or file.startswith("<"):
        return False
    path = Path(file).resolve()
    return path.is_relative_to(ROOT) and not any(map(path.is_relative_to, _NOT_YOURS))


def _what_happened(call: str, error: BaseException) -> str:
    if isinstance(error, SleptTooLong):
        return (
            f"{call} slept for {error.seconds:.0f} s in all. Sleeping takes no time, but a graded "
            f"call may sleep for {LONGEST_SLEEPS:.0f} s only."
        )
    if isinstance(error, TooLong):
        shorter = " (the limit is shorter after a call that took too long)"
        return (
            f"{call} did not return within {error.seconds:g} s"
            f"{shorter if error.was_shortened else ''}, even though sleeps are shortened "
            "here. Does a loop wait for something that never happens?"
        )
    return f"{call} raised {type(error).__name__}: {_text_of(error)}"


def _text_of(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:600]
    except Exception:
        return "(its text cannot be shown)"


def _your_lines(trace: TracebackType | None) -> Iterator[tuple[Location, str]]:
    for frame in traceback.extract_tb(trace):
        if is_yours(frame.filename):
            yield Location(relative(frame.filename), frame.lineno or 1), frame.line or ""


def relative(file: str) -> str:
    """Name a file of yours as seen from the top folder."""
    return Path(file).resolve().relative_to(ROOT).as_posix()
