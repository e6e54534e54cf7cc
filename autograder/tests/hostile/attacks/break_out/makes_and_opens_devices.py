# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Makes device files, and opens those of disks, memory, virtual machines, networks and terminals."""

import os
import stat

NAMES = ("mem", "kmem", "port", "kmsg", "kvm", "fuse", "vda", "sda", "nvme0n1", "dm-0", "loop0", "loop-control",
         "net/tun", "vsock", "vhost-net", "vhost-vsock", "mapper/control", "userfaultfd", "cuse", "uinput",
         "input/event0", "dri/card0", "snapshot", "hpet", "cpu/0/msr", "vfio/vfio", "binder", "rtc0")  # fmt: skip


def make(name, kind, major, minor):
    os.mknod(f"/tmp/{name}", kind | 0o666, os.makedev(major, minor))
    with open(f"/tmp/{name}", "rb") as file:
        file.read(1)


STEPS = {
    f"open {name}": lambda name=name: os.close(os.open(f"/dev/{name}", os.O_RDONLY))
    for name in NAMES
}
STEPS |= {
    "make memory": lambda: make("mem", stat.S_IFCHR, 1, 1),
    "make a disk": lambda: make("disk", stat.S_IFBLK, 8, 0),
    "make a virtual disk": lambda: make("vdisk", stat.S_IFBLK, 254, 0),
    "make messages": lambda: make("kmsg", stat.S_IFCHR, 1, 11),
    "write in /dev": lambda: os.mknod("/dev/mine", 0o666),
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
