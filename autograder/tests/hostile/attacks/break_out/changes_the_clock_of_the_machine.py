# /// attack
# outcomes = ["wrong"]
# says = "returned 'stayed inside'"
# ///
"""Sets the machine's clock, its rate and its timers, which all processes share."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)
SETTIMEOFDAY, ADJTIMEX, CLOCK_ADJTIME, CLOCK_SETTIME = 164, 159, 305, 227
ADJ_FREQUENCY = 0x0002


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def adjust(number, *arguments):
    change = (ctypes.c_long * 26)(ADJ_FREQUENCY, 0, 0)
    checked(libc.syscall(number, *arguments, ctypes.byref(change)))


def set_by_call(number, *arguments):
    moment = (ctypes.c_long * 2)(int(time.clock_gettime(time.CLOCK_REALTIME)), 0)
    checked(libc.syscall(number, *arguments, ctypes.byref(moment), None))


STEPS = {
    "the clock": lambda: time.clock_settime(
        time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME)
    ),
    "the clock, by its call": lambda: set_by_call(CLOCK_SETTIME, 0),
    "the time of day": lambda: set_by_call(SETTIMEOFDAY),
    "the rate": lambda: adjust(ADJTIMEX),
    "the rate of a clock": lambda: adjust(CLOCK_ADJTIME, 0),
    "an alarm that wakes the machine": lambda: checked(libc.timerfd_create(8, 0)),
    "the hardware clock": lambda: open("/dev/rtc0", "rb"),
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
