# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/recomputing_from_a_log"]
# ///
"""Takes a log for a queue with a memory."""

c2["log"] = "A"
