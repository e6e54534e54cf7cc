"""The application with all commands."""

from autograder.cli.commands import COMMANDS, make_app

app = make_app(COMMANDS)
