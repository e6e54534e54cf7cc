# /// attack
# outcomes = ["crashed"]
# says = "seen []"
# ///
"""Lists folders to find hidden tests, solutions, a repository or the grader by their names."""

import glob
import os
import time

WANTED = (
    "test_brokers.py",
    "m06_partitioned_logs",
    "autograder",
    "assignment.toml",
    "grade.json",
    "other-student",
    "id_ed25519",
    ".netrc",
    "_pytest",
    "pytest_jsonreport",
)


def read_queue_twice(queue_name, messages):
    seen, end = [], time.monotonic() + 1
    for folder, folders, names in os.walk("/", followlinks=False):
        if time.process_time() > 0.4 or time.monotonic() > end:
            break
        if folder.startswith(("/proc", "/sys")):
            folders.clear()
        seen += [os.path.join(folder, one) for one in (*folders, *names) if one in WANTED]
    for pattern in (
        "/*/*/test_*.py",
        "/tmp/autograder-*",
        "/../*",
        "/submission/../../*/solutions",
    ):
        seen += [one for one in glob.glob(pattern) if "grader" in one or "test" in one]
    raise RuntimeError(f"seen {seen}")


def read_log_twice(stream_name, messages):
    raise RuntimeError(f"seen {os.listdir('/')} {os.listdir('/..')} {os.listdir('/usr')}")
