# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/records_in_a_second"]
# ///
"""Forgets the ten seconds."""

c3["records_per_second"] = 100_000
