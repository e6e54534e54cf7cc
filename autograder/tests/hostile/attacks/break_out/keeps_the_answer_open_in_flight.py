# /// attack
# outcomes = ["wrong", "killed", "timed_out"]
# ///
"""Sends the answer's descriptor along with a pair of sockets that hold each other, and so outlive it.

Nobody has the pipe open any more, yet it has no end: whoever reads it to its end waits for ever.
"""

import array
import os
import socket


def read_queue_twice(queue_name, messages):
    one, other = socket.socketpair()
    held = array.array("i", [one.fileno(), other.fileno(), 1, 2, 3])
    for end in (one, other):
        end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, held)])
    os.write(3, b'{"kind": "returned", "value": "passed"}')
    os._exit(0)


def read_log_twice(stream_name, messages):
    return "passed"
