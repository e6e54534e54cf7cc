"""Fuzzing of what parses hostile bytes: `python -m autograder.tests.fuzz TARGET`."""
