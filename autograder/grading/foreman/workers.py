"""How many submissions are graded side by side."""

import os

WORKERS = (os.cpu_count() or 1) + 1
"""Unless it is said: one more than processors, since some submissions only wait."""
