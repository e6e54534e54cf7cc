# /// submission
# file = "concepts.ipynb"
# fails = [
#     "concepts/where_a_consumer_goes_on",
#     "concepts/how_many_are_processed_twice",
# ]
# ///
"""Thinks that the broker knew how far it got."""

c6 = {"goes_on_at": 450, "processed_twice": 0}
