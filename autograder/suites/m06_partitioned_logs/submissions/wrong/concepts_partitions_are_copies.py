# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/purpose_of_partitions"]
# ///
"""Mixes up partitions and replicas."""

c5 = "A"
