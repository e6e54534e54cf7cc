"""Grading on many machines: submissions and the hidden suite travel, workers bring the rest."""
