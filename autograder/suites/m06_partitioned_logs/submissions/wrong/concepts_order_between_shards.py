# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/order_between_shards"]
# ///
"""Thinks that a stream is one log."""

c3["ordered_between"] = True
