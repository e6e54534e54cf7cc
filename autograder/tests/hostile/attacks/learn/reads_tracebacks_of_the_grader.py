# /// attack
# outcomes = ["crashed"]
# says = "raised"
# ///
"""Has its error's text made late, in the grader's hands, and raises with the stack found there."""

import faulthandler
import sys
import tempfile
import traceback


class Late(Exception):
    def __str__(self):
        seen = traceback.format_stack() + [repr(sys.exc_info())]
        with tempfile.TemporaryFile() as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            seen.append(file.read().decode())
        frame = sys._getframe()
        while frame is not None:
            seen += [
                f"{name}={value!r}"[:300]
                for name, value in frame.f_locals.items()
                if name not in ("seen", "frame")
            ]
            frame = frame.f_back
        return "\n".join(seen)


def read_queue_twice(queue_name, messages):
    raise Late


def read_log_twice(stream_name, messages):
    try:
        raise Late
    except Late as error:
        raise ExceptionGroup(str(error)[-1900:], [error]) from error
