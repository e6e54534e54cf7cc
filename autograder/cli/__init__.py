"""The command line: `autograder grade PATH`, `grade-class`, `grade-pushes`, `build` and others.

Exit codes, which no submission can change:

* 0: the command is done, whatever the scores are.
* 1: the command is done, but something needs attention: `build --check` found a file out of date,
  `validate` has findings, `doctor` misses something, `gradebook`, `classroom50` or `report` could
  not read some input, or some students or pushes were not graded.
* 2: the command could not be done; one line on stderr says why.
"""

import sys

import typer
from typer.exceptions import TyperException

from autograder.cli.commands import COMMANDS, make_app
from autograder.errors import AutograderError
from autograder.text import in_log


def main() -> None:
    """Run the command line; only the command that is called is imported."""
    named = [command for command in COMMANDS if command.name in sys.argv[1:2]]
    app = make_app(named or COMMANDS)
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except AutograderError as error:
        message = str(error)
    except TyperException as error:
        message = error.format_message()
    except typer.Abort:
        sys.exit(130)
    if message:  # without arguments, the help was printed instead
        lines = map(in_log, message.splitlines())
        sys.stderr.write("\n".join(["autograder: " + next(lines), *lines, ""]))
    sys.exit(2)
