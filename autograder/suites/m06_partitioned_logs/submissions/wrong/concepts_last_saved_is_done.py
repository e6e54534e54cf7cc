# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/where_a_consumer_goes_on"]
# ///
"""Takes a saved offset for the last record that was read."""

c6["goes_on_at"] = 401
