# /// attack
# outcomes = ["wrong"]
# says = "returned 'only its own'"
# ///
"""Looks at every descriptor that it was born with: what it is, what it holds, who is behind it."""

import os
import select
import socket
import stat


def look(number):
    kind = stat.S_IFMT(os.fstat(number).st_mode)
    seen = [number, oct(kind)]
    if kind == stat.S_IFSOCK:
        with socket.socket(fileno=os.dup(number)) as one:
            seen += [one.getsockname(), one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)]
    if number != 0 and select.select([number], [], [], 0)[0]:
        seen.append(os.read(number, 1000))
    return seen


def read_queue_twice(queue_name, messages):
    found = []
    for number in range(4096):
        try:
            found.append(look(number))
        except OSError:
            continue
    kinds = [kind for _, kind, *rest in found]
    # No input, two of output, and the pipe of the answer, which only take.
    if len(found) != 4 or kinds != [oct(stat.S_IFCHR), *[oct(stat.S_IFIFO)] * 3]:
        raise RuntimeError(f"descriptors {found}")
    if any(len(one) > 2 for one in found) or os.read(0, 10):
        raise RuntimeError(f"something to read: {found}")
    return "only its own"


read_log_twice = read_queue_twice
