"""Fuzzing of the code that parses hostile bytes: `python -m autograder.tests.fuzz TARGET`."""
