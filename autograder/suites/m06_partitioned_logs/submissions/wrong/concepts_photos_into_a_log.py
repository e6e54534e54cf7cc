# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/broker_for_photos"]
# ///
"""Thinks that whatever is processed at scale belongs into a log."""

c1["photos"] = "log"
