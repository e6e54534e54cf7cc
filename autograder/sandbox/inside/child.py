"""The forked child: takes its limits, imports the student's module, calls the function, answers.

It answers through descriptor 3. What it answers may be forged by the student's code; that only
forges a return value, which the student may choose anyway.
"""

import contextlib
import difflib
import importlib
import linecache
import math
import os
import random
import resource
import signal
import sys
import types
from typing import Any, NoReturn

from . import values, virtual_clock, wire
from .vocabulary import AnswerKind, UnsendableReason

ANSWER = 3
IMPORTED = b"i"
"""Goes before the answer, once the module is imported: a call that is stopped sends no more."""
DESCRIPTORS = 128
"""Files and sockets of each process: with 64 processes, their buffers stay near the bound on memory
even between two looks of the grader."""
LARGEST_FILE = 16 << 20
"""Bytes: as many as each writable folder holds."""
STACK = 8 << 20
"""Bytes: Linux's default."""
MAX_TEXT = 2000
MAX_FRAMES = 20
MAX_SHOWN_LINE = 200
"""Characters of a message, frames of a traceback, characters of a line: more than anybody reads."""


def run(
    request: dict[str, Any],
    clock: virtual_clock.VirtualClock,
    submission: str,
    scratch: str,
    *,
    confined: bool,
) -> NoReturn:
    """Do one call and end the process."""
    answer: dict[str, Any]
    try:
        _set_limits(request["limits"], confined=confined)
        _open_streams()
        os.chdir(scratch)
        random.seed()
        clock.limit(request["limits"]["virtual_seconds"], _virtual_time_is_up)
        answer = _call(request, submission)
    except BaseException as error:
        answer = {"kind": AnswerKind.RAISED, "during_import": True, **_described(error, submission)}
    try:
        payload = wire.encode({**answer, "virtual_seconds": round(clock.offset, 3)})
    except BaseException:
        payload = wire.encode(
            {
                "kind": AnswerKind.UNSENDABLE,
                "where": "",
                "type": "?",
                "reason": UnsendableReason.TYPE,
            }
        )
    _flush()
    _answer(payload)


def _virtual_time_is_up() -> NoReturn:
    """End immediately, not by an exception: student code has bare `except:` clauses."""
    _answer(wire.encode({"kind": AnswerKind.OUT_OF_VIRTUAL_TIME}))


def _answer(payload: bytes) -> NoReturn:
    view = memoryview(payload)
    try:
        while view:
            view = view[os.write(ANSWER, view) :]
    finally:
        os._exit(0)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # printed text is not graded
            stream.flush()


def _open_streams() -> None:
    """Open the standard streams again, as a program in a terminal has them.

    The runner's own were made over a file, and believe that they can seek; now there are pipes.
    The descriptors stay open, whatever a student closes, so that no printed text is lost.
    """
    shared: dict[str, Any] = {"encoding": "utf-8", "closefd": False}
    streams = {
        # All three live as long as the process.
        "stdin": open(0, **shared),  # noqa: SIM115 - see above
        "stdout": open(1, "w", buffering=1, **shared),  # noqa: SIM115 - see above
        "stderr": open(2, "w", buffering=1, errors="backslashreplace", **shared),  # noqa: SIM115 - see above
    }
    for name, stream in streams.items():
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _set_limits(limits: dict[str, Any], *, confined: bool) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as Python does: a broken pipe is an OSError
    memory = limits["memory_mib"] << 20
    bounds = {
        "RLIMIT_CPU": (math.ceil(limits["cpu_seconds"]), math.ceil(limits["cpu_seconds"]) + 1),
        "RLIMIT_AS": (memory, memory),
        "RLIMIT_FSIZE": (LARGEST_FILE, LARGEST_FILE),
        "RLIMIT_NOFILE": (DESCRIPTORS, DESCRIPTORS),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_STACK": (STACK, STACK),
    }
    if confined:  # outside a sandbox the limit would count all processes of the user
        bounds["RLIMIT_NPROC"] = (limits["processes"], limits["processes"])
    for name, bound in bounds.items():
        try:
            resource.setrlimit(getattr(resource, name), bound)
        except (AttributeError, ValueError, OSError):
            if confined:
                raise


def _call(request: dict[str, Any], submission: str) -> dict[str, Any]:
    name, function = request["module"], request["function"]
    try:
        module = importlib.import_module(name)
    except BaseException as error:
        return {"kind": AnswerKind.RAISED, "during_import": True, **_described(error, submission)}
    with contextlib.suppress(OSError):  # the module closed the descriptor
        os.write(ANSWER, IMPORTED)
    target = getattr(module, function, None)
    if not callable(target):
        return {"kind": AnswerKind.MISSING_FUNCTION, "similar": _similar(module, function)}
    try:
        value = target(*request["args"], **request["kwargs"])
        if request["again"]:
            value = [value, *(target(*arguments) for arguments in request["again"])]
        plain = values.plain(value, request["limits"]["return_kib"] << 10)
    except values.UnsendableError as error:
        return {
            "kind": AnswerKind.UNSENDABLE,
            "where": error.where[:MAX_SHOWN_LINE],
            "type": _clean(error.type_name)[:MAX_SHOWN_LINE],
            "reason": error.reason,
        }
    except BaseException as error:
        return {"kind": AnswerKind.RAISED, "during_import": False, **_described(error, submission)}
    return {"kind": AnswerKind.RETURNED, "value": plain}


def _similar(module: types.ModuleType, function: str) -> str | None:
    functions = [
        name
        for name, value in vars(module).items()
        if isinstance(value, types.FunctionType) and value.__module__ == module.__name__
    ]
    return next(iter(difflib.get_close_matches(function, functions, 1)), None)


def _described(error: BaseException, submission: str) -> dict[str, Any]:
    """Describe an exception, also one that raises another when it is looked at."""
    try:
        return _facts_of(error, submission)
    except BaseException as failure:
        return {
            "type": "MemoryError" if isinstance(failure, MemoryError) else "Exception",
            "bases": [],
            "message": "an exception that cannot be shown",
            "frames": [],
            "code": None,
        }


def _facts_of(error: BaseException, submission: str) -> dict[str, Any]:
    """Tell an exception's type, its text, and the frames in the student's own files."""
    trace = error.__traceback__
    error.__traceback__ = None  # frees what the frames hold, in case memory is short
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    try:
        message = str(error)
    except BaseException:
        message = ""
    frames: list[list[Any]] = []
    while trace is not None:
        _add_frame(frames, submission, trace.tb_frame.f_code.co_filename, trace.tb_lineno,
                   trace.tb_frame.f_code.co_name)  # fmt: skip
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        _add_frame(frames, submission, error.filename, error.lineno or 0, "<module>")
    return {
        "type": _clean(type(error).__name__),
        "bases": [_clean(base.__name__) for base in type(error).__mro__[:MAX_FRAMES]],
        "message": _clean(message),
        "frames": frames[-MAX_FRAMES:],
        "code": _clean(code) if isinstance(code, str) else None,
    }


def _add_frame(
    frames: list[list[Any]], submission: str, file: str, line: int, function: str
) -> None:
    if file.startswith(f"{submission}/"):
        code = ""
        with contextlib.suppress(BaseException):  # no file name, or an unknown encoding
            code = linecache.getline(file, line).strip()[:MAX_SHOWN_LINE]
        name = file.removeprefix(f"{submission}/")
        number = line if type(line) is int and 0 <= line < 1 << 31 else 0
        frames.append([_clean(name), number, _clean(function), _clean(code)])


def _clean(text: str) -> str:
    return text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()
