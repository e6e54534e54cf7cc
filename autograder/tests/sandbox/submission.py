"""A submission that tries everything, for the tests of the sandbox."""

from pathlib import Path

from autograder.sandbox import Sandbox

STUDENT = """
import array, ctypes, datetime, os, select, signal, socket, sys, threading, time
from collections import OrderedDict, namedtuple
from decimal import Decimal
from enum import IntEnum
from unittest.mock import MagicMock

Point = namedtuple("Point", "x y")
class Level(IntEnum):
    HIGH = 3
class Text(str):
    def __str__(self): return "lie"
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Unspeakable(Exception):
    def __str__(self): raise RuntimeError
counter = 0
not_callable = 3

def value(kind):
    loop = []
    loop.append(loop)
    return {
        "pair": (1, "two"), "named": Point(1, 2), "ordered": OrderedDict(a=1), "enum": Level.HIGH,
        "subclass": Text("truth"), "nested": {"a": [None, True, 1.5, "ü"]},
        "bytes": b"x", "set": {1}, "datetime": datetime.datetime.now(), "decimal": [Decimal(1)],
        "mock": MagicMock(spec=list),
        "generator": (item for item in [1]), "object": object(), "nan": [float("nan")],
        "infinity": float("inf"), "cycle": loop, "huge": [10 ** 200], "surrogate": "\\ud800",
        "key": {1: 2}, "large": "x" * 200_000,
    }[kind]

def boom(): raise ValueError("no \\x1b[31m")
def outer(): boom()
def unspeakable(): raise Unspeakable
def leave(): sys.exit(0)
def no_such_stream():
    import boto3
    raise boto3.client("kinesis").exceptions.ResourceNotFoundException(
        {"Error": {"Code": "ResourceNotFoundException", "Message": "gone"}}, "DescribeStream")
def spin():
    while True:
        try:
            pass
        except BaseException:
            pass
def block(): select.select([], [], [])
def wait_with_children():
    if os.fork() == 0:
        block()
    os.wait()
def work_in_a_child():
    if os.fork() == 0:
        while time.process_time() < 1.5:
            pass
        os._exit(0)
    os.wait()
    return "done"
def sleep(seconds): time.sleep(seconds); return seconds
def sleep_for_ever():
    while True:
        try:
            time.sleep(1)
        except:
            pass
def work_after_many_threads():
    for _ in range(300):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    return work_in_a_child()
def flood():
    while True:
        print("x" * 10_000)
def hoard(): return [bytearray(1 << 28) for _ in range(40)]
def exit_now(): os._exit(0)
def litter():
    for number in range(5001):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT))
def signal_runner():
    first = os.getppid()
    for number in range(1, signal.NSIG):
        if number != signal.SIGCHLD:
            os.kill(first, number)
    return first
def hold_answer_open():
    ends = socket.socketpair()
    held = array.array("i", [*(end.fileno() for end in ends), 1, 2, 3])
    for end in ends:
        end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, held)])
    os._exit(0)
def kill_self(): os.kill(os.getpid(), signal.SIGSEGV)
def bomb():
    count = 0
    try:
        while True:
            if os.fork() == 0:
                block()
            count += 1
    except OSError:
        return count
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            block()
        os._exit(0)
    return True
def processes():
    seen = 0
    for pid in range(1, 2000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        except PermissionError:
            pass
        seen += 1
    return seen
def count():
    global counter
    counter += 1
    return counter
def leave_file():
    os.makedirs("/tmp/a/b")
    open("/tmp/a/b/c", "w").write("x")
    return os.listdir("/tmp")
def files(path): return os.listdir(path)
def can_import(name):
    __import__(name)
def connect(host, port):
    with socket.create_connection((host, port), timeout=5) as connection:
        return connection.getpeername()[1]
def fetch():
    import urllib.request
    return urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"]).read().decode()
def forge():
    for descriptor in range(64):
        try:
            os.write(descriptor, b"\\x00\\x00\\x00\\x02{}" * 10)
        except OSError:
            pass
    os._exit(0)
def forge_value():
    os.write(3, b'{"kind":"returned","value":"forged"}')
    os._exit(0)
def trace_runner(): return ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0)
def runner_memory(): return open(f"/proc/{os.getppid()}/mem", "rb").read(1).hex()
def identity(): return [os.getuid(), os.environ.get("HOME"), sorted(k for k in os.environ)]
def pool():
    from multiprocessing.pool import ThreadPool
    with ThreadPool(4) as threads:
        return threads.map(abs, [-1, -2])
def write_everywhere():
    taken = []
    for folder in ("/", "/submission", "/runner", "/runtime", "/dev", "/usr/lib", "/etc"):
        try:
            open(folder + "/x", "w")
            taken.append(folder)
        except OSError:
            pass
    return taken
"""


def runner_of(sandbox: Sandbox) -> int:
    """Return the runner's process id on the machine: the child of the sandbox's first process."""
    children = Path(f"/proc/{sandbox.pid}/task/{sandbox.pid}/children").read_text(encoding="ascii")
    (runner,) = map(int, children.split())
    return runner
