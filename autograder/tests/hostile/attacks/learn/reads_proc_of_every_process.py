# /// attack
# outcomes = ["crashed"]
# says = "processes"
# ///
"""Reads what /proc says of each process: environment, command, maps, descriptors, mounts and roots."""

import os

FILES = (
    "environ",
    "cmdline",
    "maps",
    "mountinfo",
    "cgroup",
    "status",
    "stack",
    "numa_maps",
    "auxv",
)
LINKS = ("cwd", "root", "exe")
WORDS = (
    "cana" + "ry-",
    "/tmp/",
    "/submission",
    "/runner",
    "autograder",
    "token",
    "/home",
    "/docker",
)


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace").replace("\0", " ").splitlines()
    except OSError:
        return []


def look():
    for pid in ["self", "thread-self", *map(str, range(1, 200))]:
        for name in FILES:
            yield from (f"{pid}/{name}: {line}" for line in read(f"/proc/{pid}/{name}"))
        for name in LINKS:
            try:
                path = f"/proc/{pid}/{name}"
                yield f"{path} -> {os.readlink(path)} {os.listdir(path)}"
            except OSError:
                pass
        try:
            for number in os.listdir(f"/proc/{pid}/fd"):
                yield f"{pid}/fd/{number} -> {os.readlink(f'/proc/{pid}/fd/{number}')}"
        except OSError:
            pass


def read_queue_twice(queue_name, messages):
    lines = [line for line in dict.fromkeys(look()) if any(word in line for word in WORDS)]
    lines.sort(key=lambda line: "mountinfo" not in line)
    raise RuntimeError("processes " + "\n".join(line[-160:] for line in lines))


def read_log_twice(stream_name, messages):
    seen = []
    for name in (
        "version",
        "cmdline",
        "mounts",
        "keys",
        "sys/kernel/hostname",
        "modules",
        "sys/kernel/core_pattern",
        "net/unix",
        "1/sched",
        "locks",
        "key-users",
    ):
        seen += [f"{name}: {line[:120]}" for line in read(f"/proc/{name}")[:6]]
    raise RuntimeError("processes " + "\n".join(seen))
