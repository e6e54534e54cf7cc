"""Runs all attacks, and renews the record if they hold: `python -m autograder.tests.hostile`."""

import subprocess
import sys
from pathlib import Path

from autograder.tests.hostile.record import note_held


def main() -> int:
    """Return pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--all-attacks"]
    code = subprocess.run([*command, str(Path(__file__).parent)], check=False).returncode
    if code == 0:
        note_held()
    return code


if __name__ == "__main__":
    sys.exit(main())
