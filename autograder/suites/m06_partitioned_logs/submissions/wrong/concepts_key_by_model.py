# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/partition_key_of_readings"]
# ///
"""Spreads over eight keys."""

c3["partition_key"] = "B"
