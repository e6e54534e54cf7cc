"""Rehearse a lost point: python checks/rehearse.py CASE. Your feedback shows the case.

It arranges what the hidden test arranged, calls your function, and shows what happened.
"""

import argparse
import io
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path[:] = [str(Path(__file__).resolve().parents[1]), *sys.path[1:]]

try:
    from checks import saved_cases
    from checks.cases import CaseError
    from checks.rehearsal import LeftDebuggerError, PlayedCall, Snapshot, play
    from checks.rehearsal_text import shown_call, shown_request, shown_scene
    from checks.request_log import Request
except ImportError as missing:
    sys.exit(
        f"{missing.name} is not installed: run `uv run checks/rehearse.py CASE`, or first "
        "`pip install -r requirements.txt`."
        if missing.name and not missing.name.startswith("checks")
        else "Another file or folder named `checks` hides the checks: rename it."
    )

END = (
    "Sequence numbers and times are others than in your feedback: compare events by their eventId."
)


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
        calls = play(options.case, _Announcer() if options.pdb else None)
        for line in _shown(calls, with_scenes=not options.pdb):
            sys.stdout.write(f"{line}\n")
        if options.save:
            sys.stdout.write(f"\n{saved_cases.save(options.case, calls)}\n")
        sys.stdout.write(f"\n{END}\n")
    except LeftDebuggerError:
        sys.stdout.write("You left the debugger before the call came to its end.\n")
    except CaseError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return 130
    return 0


class _Announcer:
    """Tells what happens between the stops of the debugger."""

    def call(self, text: str, scene: Snapshot) -> None:
        """Tell the call and the scene before it."""
        for line in (*shown_scene(scene), f"\nDebugger at {text}"):
            sys.stdout.write(f"{line}\n")

    def request(self, request: Request) -> None:
        """Tell a request and its answer."""
        sys.stdout.write(f"    {shown_request(request)}\n")
        sys.stdout.flush()


def _shown(calls: Sequence[PlayedCall], *, with_scenes: bool) -> Iterator[str]:
    for number, call in enumerate(calls, start=1):
        if len(calls) > 1:
            yield f"{'' if number == 1 else chr(10)}Call {number} of {len(calls)}"
        yield from shown_call(call, with_scene=with_scenes)


def _end(status: int) -> None:
    """End the process, with the threads that your code has left behind."""
    try:
        sys.stdout.flush()
    except OSError:  # nobody reads on, as after `| head`
        os._exit(1)
    others = [each for each in threading.enumerate() if not each.daemon]
    others.remove(threading.main_thread())
    for thread in others:
        thread.join(1)
    if any(thread.is_alive() for thread in others):
        sys.stderr.write("A thread that your code started still ran, and was ended.\n")
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    try:
        _end(main())
    except BrokenPipeError:
        os._exit(1)
