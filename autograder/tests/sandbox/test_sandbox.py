"""Calls in the sandbox: what they return, and what is stopped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import (
    CallResult,
    MissingFunction,
    MissingModule,
    Raised,
    Returned,
    Sandbox,
    Stopped,
    Unsendable,
)
from autograder.sandbox.bubblewrap import INSIDE
from autograder.tests.limits import LIMITS


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        ("pair", [1, "two"]),
        ("named", [1, 2]),
        ("ordered", {"a": 1}),
        ("enum", 3),
        ("subclass", "truth"),
        ("nested", {"a": [None, True, 1.5, "ü"]}),
    ],
)
def test_values_come_back_as_plain_json(
    call: Callable[..., CallResult], kind: str, plain: object
) -> None:
    """Subclasses, which could lie, become plain values."""
    result = call("value", kind)

    assert isinstance(result, Returned)
    assert result.value == plain
    assert type(result.value) is type(plain)


@pytest.mark.parametrize(
    ("kind", "reason", "where"),
    [
        ("bytes", "type", ""),
        ("set", "type", ""),
        ("datetime", "type", ""),
        ("decimal", "type", "[0]"),
        ("generator", "type", ""),
        ("mock", "type", ""),
        ("object", "type", ""),
        ("nan", "nan", "[0]"),
        ("infinity", "nan", ""),
        ("cycle", "cycle_or_depth", "[0]" * 33),
        ("huge", "huge_int", "[0]"),
        ("surrogate", "bad_text", ""),
        ("key", "key", ""),
        ("large", "too_large", ""),
    ],
)
def test_a_value_that_is_not_plain_json_is_reported(
    call: Callable[..., CallResult], kind: str, reason: str, where: str
) -> None:
    """The result has the place in the value; the call never crashes."""
    result = call("value", kind)

    assert isinstance(result, Unsendable)
    assert (result.reason, result.where) == (reason, where)


def test_an_exception_has_the_students_lines(call: Callable[..., CallResult]) -> None:
    """Frames of the runner and of libraries are left out."""
    result = call("outer")

    assert isinstance(result, Raised)
    assert (result.type_name, result.message) == ("ValueError", "no \x1b[31m")
    assert [(frame.file, frame.function) for frame in result.traceback] == [
        ("student.py", "outer"),
        ("student.py", "boom"),
    ]


def test_an_aws_error_keeps_its_code(call: Callable[..., CallResult]) -> None:
    """So that feedback can tell a throttle from a missing stream."""
    result = call("no_such_stream")

    assert isinstance(result, Raised)
    assert result.error_code == "ResourceNotFoundException"


@pytest.mark.parametrize("function", ["unspeakable", "leave"])
def test_odd_exceptions_are_reported(call: Callable[..., CallResult], function: str) -> None:
    """Such as one that cannot be printed, and SystemExit."""
    assert isinstance(call(function), Raised)


@pytest.mark.parametrize(
    ("module", "type_name", "file"),
    [("broken", "SyntaxError", "broken.py"), ("failing", "ModuleNotFoundError", "failing.py")],
)
def test_a_module_that_cannot_be_imported_is_reported(
    sandbox: Sandbox, module: str, type_name: str, file: str
) -> None:
    """The report has the file and the line."""
    result = sandbox.call(module, "f", [], {})

    assert isinstance(result, Raised)
    assert (result.type_name, result.during_import) == (type_name, True)
    assert result.traceback[-1].file == file


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("looping", "cpu"),
        ("leaving", "exited"),
        ("sleeping", "virtual_time"),
        ("flooding", "exited"),
    ],
)
def test_a_call_that_is_stopped_while_its_module_is_imported_says_so(
    sandbox: Sandbox, module: str, reason: str
) -> None:
    """The function that was called is not at fault."""
    result = sandbox.call(module, "f", [], {}, LIMITS.model_copy(update={"cpu_seconds": 1}))

    assert isinstance(result, Stopped)
    assert (result.reason, result.during_import) == (reason, True)


@pytest.mark.parametrize(
    ("function", "reason"),
    [("spin", "cpu"), ("exit_now", "exited"), ("sleep_for_ever", "virtual_time")],
)
def test_a_call_that_is_stopped_in_the_function_says_so(
    call: Callable[..., CallResult], function: str, reason: str
) -> None:
    """The module's import had ended before."""
    result = call(function, cpu_seconds=1)

    assert isinstance(result, Stopped)
    assert (result.reason, result.during_import) == (reason, False)


def test_modules_next_to_the_graded_file_can_be_imported(sandbox: Sandbox) -> None:
    """Helpers come along."""
    result = sandbox.call("helped", "f", [], {})

    assert isinstance(result, Raised)
    assert result.type_name == "ValueError"


@pytest.mark.parametrize("confined", [True, False])
def test_a_helper_may_have_the_name_of_a_module_of_the_runner(
    tmp_path: Path, confined: bool
) -> None:
    """The runner's modules are in a package, so their names do not clash."""
    names = sorted(path.stem for path in INSIDE.glob("*.py") if path.stem != "__init__")
    for name in names:
        (tmp_path / f"{name}.py").write_text(f"def own(): return '{name}'\n")
    imports = "".join(f"import {name}\n" for name in names)
    calls = ", ".join(f"{name}.own()" for name in names)
    (tmp_path / "student.py").write_text(f"{imports}def f(): return [{calls}]\n")
    tmp_path.chmod(0o755)

    with Sandbox(tmp_path, LIMITS, confined=confined) as sandbox:
        result = sandbox.call("student", "f", [], {})

    assert isinstance(result, Returned)
    assert result.value == names
    assert "runner" in names


def test_missing_files_and_functions_are_reported(sandbox: Sandbox) -> None:
    """A file, a function (with a similar name as hint), or a name that is not a function."""
    assert sandbox.call("nothing", "f", [], {}) == MissingModule("nothing")
    assert sandbox.call("student", "boomm", [], {}) == MissingFunction("student", "boomm", "boom")
    assert sandbox.call("student", "not_callable", [], {}) == MissingFunction(
        "student", "not_callable", None
    )


@pytest.mark.parametrize(
    ("function", "args", "limits", "reason"),
    [
        ("spin", [], {"cpu_seconds": 1}, "cpu"),
        ("block", [], {"wall_seconds": 0.5}, "wall"),
        ("block", [], {"still_seconds": 0.5}, "still"),
        ("wait_with_children", [], {"still_seconds": 0.5}, "still"),
        ("sleep", [365 * 86400], {}, "virtual_time"),
        ("sleep", [1e300], {}, "virtual_time"),
        ("sleep_for_ever", [], {}, "virtual_time"),
        ("flood", [], {}, "output"),
        ("exit_now", [], {}, "exited"),
        ("kill_self", [], {}, "signal"),
        ("forge", [], {}, "exited"),
        ("litter", [], {"wall_seconds": 60.0}, "runner_died"),
    ],
)
def test_each_stopped_call_has_a_reason_and_the_next_call_works(
    call: Callable[..., CallResult],
    function: str,
    args: list[Any],
    limits: dict[str, Any],
    reason: str,
) -> None:
    """The wait is limited, the reason is right, and the next call is not affected."""
    result = call(function, *args, **limits)
    following = call("value", "pair")

    assert isinstance(result, Stopped)
    assert result.reason == reason
    assert isinstance(following, Returned)


@pytest.mark.parametrize("function", ["work_in_a_child", "work_after_many_threads"])
def test_a_call_whose_processes_work_does_not_stand_still(
    call: Callable[..., CallResult], function: str
) -> None:
    """The first process only waits while others work."""
    result = call(function, still_seconds=0.5)

    assert isinstance(result, Returned)
    assert result.value == "done"


def test_too_much_memory_is_a_memory_error(call: Callable[..., CallResult]) -> None:
    """The limit is on address space, so it applies before memory is used."""
    result = call("hoard")

    assert isinstance(result, Raised)
    assert result.type_name == "MemoryError"
