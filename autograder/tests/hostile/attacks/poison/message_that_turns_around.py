# /// attack
# outcomes = ["crashed", "wrong", "unimplemented"]
# says = "RuntimeError"
# ///
"""Reads otherwise than it is written: right to left, invisible, in look-alikes."""

TEXT = (
    "\u202e01 / 01 dessap\u202c \u2066\u2067isolates\u2069\u2069 \u200e\u200f\u061c "
    "ze\u200bro\u200c wi\u200ddth\u2060\ufeff\u00ad s\u0455or\u0435 \U000e0041\U000e0042 \ufff9a\ufffab\ufffb"
)


def read_queue_twice(queue_name, messages):
    raise RuntimeError(TEXT)


def read_log_twice(stream_name, messages):
    return [TEXT], [TEXT, "\u202e" * 100]
