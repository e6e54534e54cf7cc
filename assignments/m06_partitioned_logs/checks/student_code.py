"""Runs your functions for the checks, and says in plain words what became of a call."""

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
from checks.time_limit import TimeLimit, TooLong

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


class Place(NamedTuple):
    """A line of one of your files."""

    file: str
    line: int


class CheckFailed(pytest.fail.Exception):  # type: ignore[name-defined, misc]
    """A check failed; its text is all that there is to say."""

    def __init__(self, message: str, place: Place | None) -> None:
        super().__init__(message, pytrace=False)
        self.place = place


class StudentFile:
    """One of your files. `file.name(...)` calls its function `name` as the checks do."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | CheckFailed | None = None
        self._place: Place | None = None

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("_"):
            raise AttributeError(function)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._call(function, arguments, named)

        return call

    def must(self, right: object, otherwise: str) -> None:
        """Fail, at the function that was called last, unless something is right."""
        if not right:
            raise CheckFailed(otherwise, self._place)

    def fails(self, function: str, *arguments: Any) -> bool:
        """Tell whether a call raises an error of its own accord, as it should."""
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
        self._place = Place(self._name, 1)
        found = getattr(module, function, None)
        if found is None or not callable(found):
            raise CheckFailed(f"{self._name} has no function `{function}`.", self._place)
        code = getattr(found, "__code__", None)
        if code is not None and is_yours(code.co_filename):
            self._place = Place(_relative(code.co_filename), code.co_firstlineno)
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
        """Import the file at its first call: by then the fixtures have set up what it may need."""
        if self._module is None:
            self._module = self._import()
        if isinstance(self._module, CheckFailed):
            raise CheckFailed(str(self._module), self._module.place)
        return self._module

    def _import(self) -> ModuleType | CheckFailed:
        self._place = Place(self._name, 1)
        if (reason := why_not_graded(self._name)) is not None:
            return CheckFailed(reason, self._place)
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
                self._place = Place(_relative(error.filename), error.lineno or 1)
            return CheckFailed(
                f"{self._place.file} is not valid Python: {_text_of(error)}", self._place
            )
        except BaseException as error:
            try:
                self._fail(error, _what_happened(f"Importing {self._name}", error))
            except CheckFailed as failure:
                return failure

    def _fail(self, error: BaseException, message: str) -> NoReturn:
        lines = list(_your_lines(error.__traceback__))
        where = [f"  {place.file}, line {place.line}: {text}" for place, text in lines[-5:]]
        place = lines[-1][0] if lines else self._place
        raise CheckFailed("\n".join([message, *where]), place) from None


class _Raised(Exception):  # noqa: N818 - what was hoped for
    """A call raised an error, as it should."""


def show(value: object) -> str:
    """Write a value as Python does, shortened."""
    try:
        return _repr.repr(value)
    except Exception as error:
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"


def as_lists(pairs: object) -> object:
    """Take tuples, lists and namedtuples for the same; anything else stays as it is."""
    if not isinstance(pairs, list | tuple):
        return pairs
    return [list(one) if isinstance(one, list | tuple) else one for one in pairs]


def is_yours(file: str) -> bool:
    """Tell whether a file is one that you wrote: in this repository, and no check or package."""
    if not file or file.startswith("<"):
        return False
    path = Path(file).resolve()
    return path.is_relative_to(ROOT) and not any(map(path.is_relative_to, _NOT_YOURS))


def _what_happened(call: str, error: BaseException) -> str:
    if isinstance(error, TooLong):
        return (
            f"{call} did not return within {error.seconds:g} s, even though sleeps are shortened "
            "here. Does a loop wait for something that never comes?"
        )
    return f"{call} raised {type(error).__name__}: {_text_of(error)}"


def _text_of(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:600]
    except Exception:
        return "(its text cannot be shown)"


def _your_lines(trace: TracebackType | None) -> Iterator[tuple[Place, str]]:
    for frame in traceback.extract_tb(trace):
        if is_yours(frame.filename):
            yield Place(_relative(frame.filename), frame.lineno or 1), frame.line or ""


def _relative(file: str) -> str:
    return Path(file).resolve().relative_to(ROOT).as_posix()
