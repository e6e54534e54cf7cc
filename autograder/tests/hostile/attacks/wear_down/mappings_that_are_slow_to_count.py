# /// attack
# outcomes = ["out_of_memory", "timed_out", "unimplemented"]
# says = "read_log_twice()"
# ///
"""Has many processes with 62,000 mappings each, through which the kernel walks to count pages."""

import ctypes
import mmap
import os
import select

PAGE = 4096


def read_queue_twice(queue_name, messages):
    raise NotImplementedError


def read_log_twice(stream_name, messages):
    libc = ctypes.CDLL(None)
    held = mmap.mmap(-1, 62_000 * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    start = ctypes.addressof(ctypes.c_char.from_buffer(held))
    for number in range(31_000):
        libc.mprotect(ctypes.c_void_p(start + 2 * number * PAGE), PAGE, mmap.PROT_READ)
    for _ in range(45):
        if os.fork() == 0:
            select.poll().poll()
    select.poll().poll(4000)
    for _ in range(4):
        if os.fork() == 0:
            hoard = bytearray(b"x") * (500 << 20)
            select.poll().poll()
    select.poll().poll()
