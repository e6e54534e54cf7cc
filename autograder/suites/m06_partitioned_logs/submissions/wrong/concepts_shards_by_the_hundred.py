# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/fewest_shards"]
# ///
"""Divides by what a shard takes of something else."""

c3["shards_at_least"] = 100
