# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/what_a_log_can_do_above_all"]
# ///
"""Thinks that logs are about speed."""

c4 = "A"
