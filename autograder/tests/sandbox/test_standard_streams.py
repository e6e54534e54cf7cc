"""Standard streams in the sandbox can be used as in a terminal."""

from collections.abc import Iterator

import pytest

from autograder.sandbox import Returned, Sandbox
from autograder.tests.limits import LIMITS

HABITS = {
    "reconfigures": 'sys.stdout.reconfigure(encoding="utf-8"); print("✓ → ü")',
    "reconfigures_errors": (
        'sys.stderr.reconfigure(line_buffering=False); print("ü", file=sys.stderr)'
    ),
    "wraps_the_buffer": (
        'sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8"); print("✓")'
    ),
    "wraps_what_it_detached": (
        'sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding="utf-8"); print("✓")'
    ),
    "writes_bytes": 'sys.stdout.buffer.write(b"bytes"); sys.stdout.flush()',
    "opens_the_descriptor": (
        'out = os.fdopen(os.dup(sys.stdout.fileno()), "w"); print("x", file=out)'
    ),
    "writes_to_the_descriptor": 'os.write(sys.stdout.fileno(), b"bytes")',
    "logs": 'logging.basicConfig(level="INFO", force=True); logging.info("started ✓")',
    "logs_to_stdout": (
        'logging.basicConfig(stream=sys.stdout, level="INFO", force=True); logging.info("✓")'
    ),
    "enables_faulthandler": "faulthandler.enable(); faulthandler.dump_traceback()",
    "redirects": (
        "with contextlib.redirect_stdout(io.StringIO()) as held: print('held')\n"
        "assert held.getvalue() == 'held\\n'"
    ),
    "asks_whether_it_is_a_terminal": "assert not sys.stdout.isatty(); print(sys.stdout.encoding)",
    "closes": "sys.stdout.close()",
    "reads": "assert sys.stdin.read() == ''",
}
HEAD = "import contextlib, faulthandler, io, logging, os, sys\n"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Return a sandbox with a module for each usage, at import and in a function."""
    folder = tmp_path_factory.mktemp("streams")
    folder.chmod(0o755)
    for name, code in HABITS.items():
        (folder / f"at_import_{name}.py").write_text(
            f"{HEAD}{code}\ndef call(): print('later') if not sys.stdout.closed else None\n"
        )
        body = "".join(f"    {line}\n" for line in code.splitlines())
        (folder / f"in_call_{name}.py").write_text(f"{HEAD}def call():\n{body}    return None\n")
    with Sandbox(folder, LIMITS) as sandbox:
        yield sandbox


@pytest.mark.parametrize("where", ["at_import", "in_call"])
@pytest.mark.parametrize("name", HABITS)
def test_common_uses_of_standard_streams_work(name: str, where: str, sandbox: Sandbox) -> None:
    """The printed text counts towards the limit."""
    result = sandbox.call(f"{where}_{name}", "call", [], {})

    assert isinstance(result, Returned), result
    assert result.value is None


def test_printed_text_counts_however_it_is_written(sandbox: Sandbox) -> None:
    """It may be written to the text stream, its buffer or the descriptor."""
    printed = [
        sandbox.call(f"in_call_{name}", "call", [], {}).usage.printed_bytes  # type: ignore[union-attr]
        for name in ("wraps_the_buffer", "writes_bytes", "writes_to_the_descriptor")
    ]

    assert printed == [len("✓\n".encode()), 5, 5]
