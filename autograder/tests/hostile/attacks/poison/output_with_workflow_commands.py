# /// attack
# outcomes = ["crashed"]
# says = "RuntimeError"
# ///
"""Speaks to GitHub Actions: sets outputs, masks, stops commands, raises annotations."""

import sys

TEXT = """
::error file=solutions/x.py,line=1::forged
  ::warning::indented
::set-output name=score::10
::save-state name=score::10
::add-mask::0
::add-path::/tmp
::set-env name=PATH::/tmp
::stop-commands::pause
::group::hidden
##[error]forged
##[group]hidden
##vso[task.setvariable variable=score]10
%0A::error::encoded%0D%0A::notice::encoded
\r::error::after a return\x0b::error::after a tab\x0c::error::after a feed\x85::error::after a line\u2028::error::after another
"""


def read_queue_twice(queue_name, messages):
    print(TEXT, flush=True)
    print(TEXT, file=sys.stderr, flush=True)
    raise RuntimeError(TEXT)


def read_log_twice(stream_name, messages):
    raise type("::error::forged", (RuntimeError,), {})("::add-mask::10\n::error::" + TEXT)
