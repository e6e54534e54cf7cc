"""Virtual time in the sandbox: sleeping or waiting with a timeout moves the clock at no cost."""

from collections.abc import Callable, Iterator

import pytest

from autograder.sandbox import CallResult, Raised, Returned, Sandbox
from autograder.tests.limits import LIMITS

STUDENT = """
import datetime, os, queue, select, socket, threading, time

def clocks():
    before = (time.time(), time.monotonic(), datetime.datetime.now().timestamp())
    time.sleep(100)
    after = (time.time(), time.monotonic(), datetime.datetime.now().timestamp())
    return [round(b - a, -1) for a, b in zip(before, after)]
def wait_for_event(): return threading.Event().wait(30)
def wait_for_condition():
    condition = threading.Condition()
    with condition:
        return [condition.wait(10), condition.wait_for(lambda: False, 20)]
def wait_unowned(): threading.Condition().wait(10)
def wait_for_item():
    try:
        queue.Queue().get(timeout=30)
    except queue.Empty:
        return "empty"
def wait_for_another(seconds=30):
    event = threading.Event()
    threading.Thread(target=lambda: (time.sleep(seconds), event.set()), daemon=True).start()
    return event.wait(60)
def wait_too_short_for_another(): return wait_for_another(100)
def wait_by_select():
    select.select([], [], [], 30)
    return select.select([], [], [], 0)
def wait_in_a_loop():
    import asyncio
    async def tick(number):
        await asyncio.sleep(10 * number)
        return number
    async def ticks():
        return await asyncio.gather(tick(3), tick(1), tick(2))
    return asyncio.run(ticks())
def talk_in_a_loop():
    import asyncio
    async def talk():
        ours, theirs = socket.socketpair()
        os.fork() or (ours.close(), theirs.send(b"word"), os._exit(0))
        theirs.close()
        reader, _ = await asyncio.open_connection(sock=ours)
        return (await asyncio.wait_for(reader.read(), 30)).decode()
    return asyncio.run(talk())
def adaptive_bucket():
    from botocore.retries.bucket import Clock, TokenBucket
    bucket = TokenBucket(max_rate=0.5, clock=Clock())
    return [bucket.acquire(1), bucket.acquire(1)]
def datetimes():
    now = datetime.datetime.now(datetime.timezone.utc)
    real = datetime.datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    return [isinstance(now, datetime.datetime), isinstance(now - real, datetime.timedelta),
            now > real, now.isoformat()[:2], isinstance(now.date(), datetime.date)]
"""


THREADS = """
import asyncio, concurrent.futures, threading, time

def sleep_beside_a_worker():
    # The worker that to_thread leaves behind has nothing to do, so nobody can end the sleep.
    async def back_off():
        for attempt in range(9):
            await asyncio.to_thread(len, "")
            await asyncio.sleep(0.1 * 2**attempt)
    asyncio.run(back_off())
    return True

def back_off_in_threads():
    # Each waits by an event that nobody sets, as long as a back-off of eight attempts takes.
    def back_off():
        return [threading.Event().wait(0.1 * 2**attempt) for attempt in range(9)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(back_off) for _ in range(4)]
        return not any(any(task.result()) for task in tasks)

def wait_for_a_busy_thread():
    # It needs some real time, but no virtual time.
    done = threading.Event()
    def work():
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        done.set()
    threading.Thread(target=work).start()
    return done.wait(300)

def take_turns():
    # Each is woken by the other, and waits no longer than that takes.
    turns = [threading.Event(), threading.Event()]
    missed = []
    def play(me):
        for _ in range(300):
            if not turns[me].wait(60):
                missed.append(me)
            turns[me].clear()
            turns[1 - me].set()
    threads = [threading.Thread(target=play, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    turns[0].set()
    for thread in threads:
        thread.join()
    return not missed

def sleep_at_the_same_time():
    began = time.monotonic()
    def consume():
        for _ in range(3):
            end = time.thread_time() + 0.002
            while time.thread_time() < end:
                pass
            time.sleep(30)
    threads = [threading.Thread(target=consume) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began < 200  # one after the other they would sleep for 900 s

def wake_in_order():
    woken = []
    def sleep(seconds):
        time.sleep(seconds)
        woken.append(seconds)
    threads = [threading.Thread(target=sleep, args=(seconds,)) for seconds in (30, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return woken == [10, 20, 30]

def sleep_for_who_spins():
    done = []
    def spin():
        while not done:
            pass
    thread = threading.Thread(target=spin)
    thread.start()
    time.sleep(300)
    done.append(True)
    thread.join()
    return True

def sleep_beside_slow_work():
    # As on a busy machine: the other thread works for 0.24 s, and has the processor two fifths
    # of the time.
    done, held = [], threading.Lock()
    def work():
        for _ in range(60):
            end = time.thread_time() + 0.004
            while time.thread_time() < end:
                pass
            held.acquire(timeout=0.006)
        done.append(True)
    held.acquire()
    threading.Thread(target=work).start()
    time.sleep(30)
    return bool(done)

def wait_for_who_waits():
    # The other one waits with a timeout too, and sets the event then: time moves that far.
    done = threading.Event()
    threading.Timer(50, done.set).start()
    return done.wait(100)
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Start one sandbox for all tests."""
    folder = tmp_path_factory.mktemp("student")
    folder.chmod(0o755)
    (folder / "student.py").write_text(STUDENT)
    (folder / "threads.py").write_text(THREADS)
    with Sandbox(folder, LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
def call(sandbox: Sandbox) -> Callable[[str], CallResult]:
    """Call a function of the student's module."""
    return lambda function: sandbox.call("student", function, [], {})


def test_sleeping_moves_every_clock(call: Callable[[str], CallResult]) -> None:
    """It takes no real time; the usage has the virtual seconds."""
    result = call("clocks")

    assert isinstance(result, Returned)
    assert result.value == [100, 100, 100]
    assert result.usage.virtual_seconds == 100


def test_waiting_for_an_event_is_virtual_too(call: Callable[[str], CallResult]) -> None:
    """This is so if no other thread could set the event."""
    result = call("wait_for_event")

    assert isinstance(result, Returned)
    assert (result.value, result.usage.virtual_seconds) == (False, 30)


@pytest.mark.parametrize(
    ("function", "value", "seconds"),
    [
        ("wait_for_condition", [False, False], 30),
        ("wait_for_item", "empty", 30),
        ("adaptive_bucket", [True, True], 4),
        ("wait_for_another", True, 30),
        ("wait_too_short_for_another", False, 60),
        ("wait_by_select", [[], [], []], 30),
        ("wait_in_a_loop", [3, 1, 2], 30),
        ("talk_in_a_loop", "word", 0),
    ],
)
def test_waiting_with_a_timeout_is_virtual(
    call: Callable[[str], CallResult], function: str, value: object, seconds: int
) -> None:
    """Such as waiting for a condition, a queue, a timer, or a token in boto3's adaptive mode.

    Other threads still run, and messages of other processes still arrive.
    """
    result = call(function)

    assert isinstance(result, Returned)
    assert (result.value, round(result.usage.virtual_seconds)) == (value, seconds)


@pytest.mark.parametrize(
    ("function", "seconds"),
    [
        ("sleep_beside_a_worker", 51.1),
        ("back_off_in_threads", 51.1),
        ("wait_for_a_busy_thread", 0),
        ("take_turns", 0),
        ("wait_for_who_waits", 50),
        ("sleep_at_the_same_time", None),  # 90 s, or more on a busy machine
        ("wake_in_order", 30),
        ("sleep_for_who_spins", 300),
        ("sleep_beside_slow_work", 30),
    ],
)
def test_time_jumps_once_all_threads_wait(
    sandbox: Sandbox, function: str, seconds: float | None
) -> None:
    """Threads that work, or were woken, run first."""
    limits = LIMITS.model_copy(update={"virtual_seconds": 600.0, "wall_seconds": 30.0})

    result = sandbox.call("threads", function, [], {}, limits)

    assert isinstance(result, Returned)
    assert result.value is True
    assert seconds is None or abs(result.usage.virtual_seconds - seconds) < 2


def test_waiting_for_a_condition_that_is_not_held_is_an_error(
    call: Callable[[str], CallResult],
) -> None:
    """It is the same error as without virtual time."""
    result = call("wait_unowned")

    assert isinstance(result, Raised)
    assert result.type_name == "RuntimeError"


def test_virtual_datetimes_behave_as_datetimes(call: Callable[[str], CallResult]) -> None:
    """Comparison, difference and isinstance work between virtual and real datetimes."""
    result = call("datetimes")

    assert isinstance(result, Returned)
    assert result.value == [True, True, True, "20", True]
