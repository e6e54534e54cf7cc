# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/broker_for_balances"]
# ///
"""Thinks of a balance as a job."""

c1["balances"] = "queue"
