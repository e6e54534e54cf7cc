"""Finds the commands in a log that the Actions runner obeys."""

from collections.abc import Iterator

from autograder.tests.feedback.test_actions import Command, parse


def obeyed(log: str) -> Iterator[Command]:
    """Yield the commands that the runner obeys; it ignores those after `::stop-commands::`."""
    token = None
    for line in log.splitlines():
        command = parse(line)
        if command is None:
            continue
        if token is not None:
            token = None if command.name == token else token
        elif command.name == "stop-commands":
            token = command.data
        else:
            yield command
