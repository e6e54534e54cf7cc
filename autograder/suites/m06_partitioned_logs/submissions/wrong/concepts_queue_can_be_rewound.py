# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/recomputing_from_a_queue"]
# ///
"""Thinks that a queue has positions."""

c2["queue"] = "B"
