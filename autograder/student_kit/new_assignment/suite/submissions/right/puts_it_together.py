# /// submission
# file = "greeting.py"
# ///
"""Adds three texts."""


def greet(name):
    return "Hello, " + name + "!"
