# /// submission
# file = "greeting.py"
# fails = ["greeting/greets_whoever_is_named"]
# ///
"""Forgets the name."""


def greet(name):
    return "Hello, world!"
