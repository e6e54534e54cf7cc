# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/broker_for_rides"]
# ///
"""Thinks only of the reader that there is today."""

c1["rides"] = "queue"
