# /// attack
# outcomes = ["crashed"]
# says = "frames"
# ///
"""Walks up the frames that called it, and raises with their files, variables and code."""

import inspect
import sys


def read_queue_twice(queue_name, messages):
    seen = []
    frame = sys._getframe()
    while frame is not None:
        code = frame.f_code
        seen.append(f"{code.co_filename}:{code.co_name}({', '.join(frame.f_locals)})")
        seen += [repr(value)[:150] for name, value in frame.f_locals.items() if name != "frame"]
        seen += [str(constant)[:40] for constant in code.co_consts if isinstance(constant, str)]
        frame = frame.f_back
    for info in inspect.stack(context=3):
        seen.append(f"{info.filename} {info.code_context}")
    raise RuntimeError(f"frames {'; '.join(seen)}")


def read_log_twice(stream_name, messages):
    try:
        read_queue_twice(stream_name, messages)
    except RuntimeError as error:
        raise RuntimeError(f"frames {str(error)[1900:]}") from None
