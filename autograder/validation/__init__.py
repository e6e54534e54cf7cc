"""Validates hidden tests against known-right and known-wrong submissions and mutants."""
