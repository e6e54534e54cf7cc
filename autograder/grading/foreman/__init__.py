"""Runs the hidden tests of a submission, and collects their verdicts."""
