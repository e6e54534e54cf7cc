# /// attack
# outcomes = ["crashed"]
# says = "raised"
# ///
"""Has in the line that a traceback shows what would do harm anywhere."""


def read_queue_twice(queue_name, messages):
    raise ValueError(
        "boo"
    )  # ESC]8;;https://evil.exampleESC\ RLO ::error::`</code><script>alert(1)</script>|@everyone


def read_log_twice(stream_name, messages):
    assert messages == "=HYPERLINK(1)", """
::error::next line
"""  # ```
