# /// attack
# outcomes = ["crashed", "wrong", "timed_out"]
# says = "read_"
# ///
"""Walks the disk from its root, and raises with each text that looks like a test or a secret."""

import os
import time

FIRST = [
    "/work",
    "/home",
    "/root",
    "/etc",
    "/opt",
    "/srv",
    "/var",
    "/mnt",
    "/run",
    "/tmp",
    "/usr/src",
]
NEEDLES = [
    word.encode() for word in ("cana" + "ry-", "@pytest.mark." + "graded", "BEGIN " + "SOLUTION")
]


def finds():
    end = time.monotonic() + 1
    for start in [*FIRST, "/runtime", "/runner", "/submission", "/"]:
        for folder, folders, names in os.walk(start):
            folders[:] = [one for one in folders if one not in ("proc", "sys", "encodings")]
            for name in names:
                if time.process_time() > 0.4 or time.monotonic() > end:
                    return
                path = os.path.join(folder, name)
                try:
                    with open(path, "rb") as file:
                        text = file.read(1 << 18)
                except OSError:
                    continue
                for needle in NEEDLES:
                    if needle in text:
                        at = text.index(needle)
                        yield f"{path}: {text[at : at + 60]!r}"


def read_queue_twice(queue_name, messages):
    found = list(finds())
    raise RuntimeError(f"read {len(found)}: {found}")


def read_log_twice(stream_name, messages):
    # Below /root or /opt there may be the interpreter, alone.
    for folder in (
        "/work",
        "/etc/ssl",
        "/etc/ssh",
        "/var",
        "/mnt",
        "/run",
        "/usr/src",
        "/usr/bin",
        "/usr/local/bin",
    ):
        if os.path.isdir(folder):
            raise RuntimeError(f"read {folder}: {os.listdir(folder)}")
    return "nothing"
