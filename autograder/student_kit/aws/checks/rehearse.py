"""Rehearse a lost point: python checks/rehearse.py CASE. Your feedback shows the case.

It arranges what the hidden test arranged, calls your function, and shows what happened.
"""

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path[:] = [str(Path(__file__).resolve().parents[1]), *sys.path[1:]]

try:
    from checks import saved_cases
    from checks.cases import CaseError
    from checks.rehearsal import LeftDebuggerError, PlayedCall, Snapshot, play
    from checks.rehearsal_text import shown_call, shown_scene
except ModuleNotFoundError as missing:
    sys.exit(
        f"{missing.name} is not installed: run `uv run checks/rehearse.py CASE`, or first "
        "`pip install -r requirements.txt`."
    )

END = "Sequence numbers and times are others than in your feedback."


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, and play the case. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", metavar="CASE", help="the word that your feedback shows")
    parser.add_argument("--pdb", action="store_true", help="stop at the first line of each call")
    parser.add_argument("--save", action="store_true", help=f"keep it in {saved_cases.FILE}")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        calls = play(options.case, announce=_announce if options.pdb else None)
        for line in _shown(calls):
            sys.stdout.write(f"{line}\n")
        if options.save:
            sys.stdout.write(f"\n{saved_cases.save(options.case, calls)}\n")
        sys.stdout.write(f"\n{END}\n")
    except LeftDebuggerError:
        sys.stdout.write("You left the debugger before the call came to its end.\n")
    except CaseError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _announce(call: str, scene: Snapshot) -> None:
    for line in (*shown_scene(scene), f"\nDebugger at {call}"):
        sys.stdout.write(f"{line}\n")


def _shown(calls: Sequence[PlayedCall]) -> Iterator[str]:
    for number, call in enumerate(calls, start=1):
        if len(calls) > 1:
            yield f"{'' if number == 1 else chr(10)}Call {number} of {len(calls)}"
        yield from shown_call(call)


if __name__ == "__main__":
    sys.exit(main())
