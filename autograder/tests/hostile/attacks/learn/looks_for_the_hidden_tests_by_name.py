# /// attack
# outcomes = ["crashed"]
# says = "seen []"
# ///
"""Lists folders to find hidden tests, solutions, a repository or the grader by their names."""

import glob
import os
import time

WANTED = ("test_brokers", "solutions", "suites", "autograder", "conftest.py", ".git", "pyproject.toml",
          "moto", "_pytest", "grade.json", "report.json", "other-student", "id_ed25519", ".netrc")


def read_queue_twice(queue_name, messages):
    seen = []
    for folder, folders, names in os.walk("/", followlinks=False):
        if time.process_time() > 0.6:
            break
        if folder.startswith(("/proc", "/sys")):
            folders.clear()
        seen += [os.path.join(folder, one) for one in (*folders, *names) if one in WANTED]
    for pattern in ("/*/*/test_*.py", "/tmp/autograder-*", "/../*", "/submission/../../*/solutions"):
        seen += [one for one in glob.glob(pattern) if "grader" in one or "test" in one]
    raise RuntimeError(f"seen {seen}")


read_log_twice = read_queue_twice
