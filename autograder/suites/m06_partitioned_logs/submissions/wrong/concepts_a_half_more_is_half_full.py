# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/shards_with_headroom"]
# ///
"""Adds a half instead of doubling."""

c3["shards_half_full"] = 15
