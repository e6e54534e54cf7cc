# /// attack
# outcomes = ["crashed"]
# says = "imported []"
# ///
"""Imports the grader, its tests and what they are made with, from wherever packages may lie."""

import glob
import importlib
import importlib.metadata
import inspect
import sys

NAMES = (
    "autograder",
    "autograder.suites.m06_partitioned_logs.test_brokers",
    "autograder.grading.foreman.examiner",
    "test_brokers",
    "moto",
    "moto.kinesis.models",
    "pytest",
    "_pytest",
    "werkzeug",
    "pydantic",
    "pip",
)


def read_queue_twice(queue_name, messages):
    for pattern in ("/**/site-packages", "/**/dist-packages"):
        for root in ("/usr", "/root", "/home", "/opt", "/runtime"):
            sys.path += glob.glob(root + "/*" + pattern) + glob.glob(root + pattern)
    sys.path += ["/", "..", "/submission/..", "/runner/..", "/runner/../.."]
    imported = []
    for name in NAMES:
        try:
            imported.append(inspect.getsource(importlib.import_module(name))[:100])
        except Exception:
            continue
    imported += [one.name for one in importlib.metadata.distributions()]
    raise RuntimeError(f"imported {imported}")


read_log_twice = read_queue_twice
