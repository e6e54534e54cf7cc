# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/how_many_are_processed_twice"]
# ///
"""Counts the gaps instead of the records."""

c6["processed_twice"] = 49
