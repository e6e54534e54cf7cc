"""Judges what a hidden test finds: its plan, verdicts and explanations."""
