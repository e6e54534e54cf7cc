# /// attack
# outcomes = ["killed"]
# says = "ended the whole Python process"
# ///
"""Ends the process with exit code 0 while it is imported, as if all had passed."""

import os

os._exit(0)
