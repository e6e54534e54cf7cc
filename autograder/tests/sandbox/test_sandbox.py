"""Calls in the sandbox: what comes back, and what is stopped."""

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
    """Whatever subclass they were: nothing that could lie crosses."""
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
def test_what_is_no_plain_json_is_told(
    call: Callable[..., CallResult], kind: str, reason: str, where: str
) -> None:
    """A verdict with its place, never a crash."""
    result = call("value", kind)

    assert isinstance(result, Unsendable)
    assert (result.reason, result.where) == (reason, where)


def test_an_exception_comes_with_the_students_own_lines(call: Callable[..., CallResult]) -> None:
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
def test_odd_exceptions_are_told_too(call: Callable[..., CallResult], function: str) -> None:
    """One that cannot be printed, and SystemExit."""
    assert isinstance(call(function), Raised)


@pytest.mark.parametrize(
    ("module", "type_name", "file"),
    [("broken", "SyntaxError", "broken.py"), ("failing", "ModuleNotFoundError", "failing.py")],
)
def test_a_module_that_cannot_be_imported_is_told(
    sandbox: Sandbox, module: str, type_name: str, file: str
) -> None:
    """With the file and line."""
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
    """The fault is not in the function that was called."""
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
    """Its module was imported before."""
    result = call(function, cpu_seconds=1)

    assert isinstance(result, Stopped)
    assert (result.reason, result.during_import) == (reason, False)


def test_modules_beside_the_graded_one_can_be_imported(sandbox: Sandbox) -> None:
    """Helpers come along."""
    result = sandbox.call("helped", "f", [], {})

    assert isinstance(result, Raised)
    assert result.type_name == "ValueError"


@pytest.mark.parametrize("confined", [True, False])
def test_a_helper_may_be_called_as_a_module_of_the_runner(tmp_path: Path, confined: bool) -> None:
    """The runner's own modules are in a package, so that they are in nobody's way."""
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


def test_what_is_missing_is_told(sandbox: Sandbox) -> None:
    """A file, a function (with a function of a similar name), and a name of something else."""
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
def test_each_end_has_its_reason_and_the_next_call_works(
    call: Callable[..., CallResult],
    function: str,
    args: list[Any],
    limits: dict[str, Any],
    reason: str,
) -> None:
    """The wait is bounded, the reason true, and nothing carries over."""
    result = call(function, *args, **limits)
    following = call("value", "pair")

    assert isinstance(result, Stopped)
    assert result.reason == reason
    assert isinstance(following, Returned)


@pytest.mark.parametrize("function", ["work_in_a_child", "work_after_many_threads"])
def test_a_call_whose_processes_work_does_not_stand_still(
    call: Callable[..., CallResult], function: str
) -> None:
    """Though the first of them only waits."""
    result = call(function, still_seconds=0.5)

    assert isinstance(result, Returned)
    assert result.value == "done"


def test_too_much_memory_is_a_memory_error(call: Callable[..., CallResult]) -> None:
    """The limit is on address space, so it strikes before the machine suffers."""
    result = call("hoard")

    assert isinstance(result, Raised)
    assert result.type_name == "MemoryError"
