# /// attack
# outcomes = ["crashed"]
# says = "RuntimeError"
# ///
"""Clears the terminal, renames its window, hides a link in a word and writes over the score."""

TEXT = (
    "\x1b[2J\x1b[H\x1b[32m10 / 10 complete\x1b[0m\x1b]0;graded\x07"
    "\x1b]8;;https://evil.example\x1b\\your grade\x1b]8;;\x1b\\"
    "\x1b]52;c;cm0gLXJmIH4=\x07\x1bP+q544e\x1b\\\x9b31m\x9d0;c1\x9c\r10 / 10\x08\x08\x0e\x0f\x7f"
)


def read_queue_twice(queue_name, messages):
    print(TEXT)
    raise RuntimeError(TEXT)


def read_log_twice(stream_name, messages):
    raise type(TEXT.replace("\0", ""), (RuntimeError,), {})(TEXT)
