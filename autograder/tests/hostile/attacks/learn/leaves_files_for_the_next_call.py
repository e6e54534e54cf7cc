# /// attack
# outcomes = ["wrong"]
# says = "returned 'first time'"
# ///
"""Keeps notes on what it was asked in files, sockets and links, for its next call to read."""

import os
import socket

PLACES = (
    "/tmp",
    "/tmp/.hidden/deep",
    "/dev/shm",
    "/var/tmp",
    "/run",
    "/submission",
    "/dev/mqueue",
    ".",
)


def remembers(name):
    seen = []
    for place in PLACES:
        try:
            os.makedirs(place, exist_ok=True)
            seen += [one for one in os.listdir(place) if one.startswith(("note-", "..note"))]
        except OSError:
            continue
    other = socket.socket(socket.AF_UNIX)
    try:
        other.connect("\0notes")
        seen.append("abstract socket")
    except OSError:
        pass
    seen += [key for key in os.environ if key.startswith("NOTE_")]
    for place in PLACES:
        for note in (f"note-{name}", f"..note-{name}"):
            try:
                with open(os.path.join(place, note), "w") as file:
                    file.write(name)
                os.symlink("/", os.path.join(place, f"note-link-{name}"))
            except OSError:
                continue
    os.environ["NOTE_1"] = name
    if os.fork() == 0:
        os.setsid()
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0notes")
        server.listen()
        server.accept()
        os._exit(0)
    return seen


def read_queue_twice(queue_name, messages):
    seen = remembers(queue_name)
    if seen:
        raise RuntimeError(f"remembered {seen}")
    return "first time"


read_log_twice = read_queue_twice
