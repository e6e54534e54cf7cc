"""Runs a hidden suite against a submission and makes a Grade of it."""
