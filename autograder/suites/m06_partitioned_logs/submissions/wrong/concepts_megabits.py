# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/megabytes_in_a_second"]
# ///
"""Mixes up bits and bytes."""

c3["megabytes_per_second"] = 10 * 8
