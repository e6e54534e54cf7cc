"""The hidden suites, a folder for each assignment."""
