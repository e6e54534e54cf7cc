# /// attack
# outcomes = ["crashed"]
# says = "raised"
# ///
"""Raises from code that says it is in another file, so that the traceback shows that file's lines."""

PATHS = [
    "/submission/../proc/1/environ",
    "/submission/../proc/self/mountinfo",
    "/submission/../runner/_sandbox_runner/child.py",
    "/submission/../../etc/shadow",
    "/submission/compare_with_sqs.py/../../../etc/passwd",
]


def raise_in(path, line):
    source = "\n" * (line - 1) + "def leak(): raise RuntimeError('look at the trace')"
    space = {}
    exec(compile(source, path, "exec"), space)
    space["leak"]()


def read_queue_twice(queue_name, messages):
    raise_in(PATHS[len(messages) % len(PATHS)], 1)


def read_log_twice(stream_name, messages):
    error = SyntaxError("look at the trace")
    error.filename, error.lineno = PATHS[len(messages) % len(PATHS)], 1
    raise error
