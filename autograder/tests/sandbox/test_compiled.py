"""A submission's modules are compiled once, and calls notice nothing of it."""

import inspect
import time
from collections.abc import Iterator

import pytest

from autograder.sandbox import Raised, Returned, Sandbox
from autograder.tests.limits import LIMITS

LONG = "def f():\n    x = 1\n" + "    x = x + 1 if x else [x, (x, x)]\n" * 20_000
"""Takes long to compile, and little to load and to call."""
FILES = {
    "long.py": f"import helpers\n{LONG}    return helpers.name()\n".encode(),
    "helpers/__init__.py": "# -*- coding: latin-1 -*-\ndef name(): return 'é'\n".encode("latin-1"),
    "marked.py": "\ufeffdef f():\n    {}['x']\n".encode(),
    "broken.py": b"def f(:\n    pass\n",
    "deep.py": b"(" * 200_000,
    "nulls.py": b"x = 1\0",
    "source.py": inspect.cleandoc(
        """
        import inspect, sys

        def f():
            return [inspect.getsource(f).splitlines(), __file__, f.__code__.co_filename]
        """
    ).encode(),
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start a sandbox with these files."""
    folder = tmp_path_factory.mktemp("submission")
    folder.chmod(0o755)
    (folder / "helpers").mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    with Sandbox(folder, LIMITS) as made:
        yield made


def test_a_call_does_not_compile(sandbox: Sandbox) -> None:
    """It takes a fraction of what compiling takes, here in the same noise."""
    sandbox.call("marked", "f", [], {})
    begin = time.process_time()
    compile(FILES["long.py"], "long.py", "exec")
    compiling = time.process_time() - begin

    result = sandbox.call("long", "f", [], {})

    assert isinstance(result, Returned)
    assert result.value == "é"
    assert result.usage.cpu_seconds < compiling / 2


@pytest.mark.parametrize(
    ("module", "error"),
    [("broken", "SyntaxError"), ("deep", "SyntaxError"), ("nulls", "SyntaxError")],
)
def test_what_cannot_be_compiled_fails_in_the_call(
    sandbox: Sandbox, module: str, error: str
) -> None:
    """As it does without a sandbox."""
    result = sandbox.call(module, "f", [], {})

    assert isinstance(result, Raised)
    assert result.during_import
    assert result.type_name in {error, "MemoryError"}


def test_a_traceback_shows_the_lines(sandbox: Sandbox) -> None:
    """Of a file with a byte order mark, too."""
    result = sandbox.call("marked", "f", [], {})

    assert isinstance(result, Raised)
    assert [(frame.line, frame.code) for frame in result.traceback] == [(2, "{}['x']")]


def test_code_finds_its_own_source(sandbox: Sandbox) -> None:
    """By the same path as always."""
    result = sandbox.call("source", "f", [], {})

    assert isinstance(result, Returned)
    lines, file, compiled_from = result.value
    assert lines[0] == "def f():"
    assert file == compiled_from
