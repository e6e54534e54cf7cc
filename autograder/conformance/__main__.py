"""`python -m autograder.conformance`: write the table again."""

import sys

from autograder.conformance.emulators import EMULATORS, UnavailableError, running
from autograder.conformance.table import TABLE_FILE, run_against, write_table


def main() -> int:
    """Run everything; if an emulator is not available, the table is not changed."""
    columns = {"this project": run_against(None)}
    for emulator in EMULATORS:
        try:
            with running(emulator) as endpoint:
                columns[f"{emulator.name} {emulator.version}"] = run_against(endpoint)
        except UnavailableError as error:
            sys.stderr.write(f"{emulator.name}: {error}; the table was not written\n")
            return 1
    TABLE_FILE.write_text(write_table(columns), encoding="utf-8")
    sys.stdout.write(TABLE_FILE.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
