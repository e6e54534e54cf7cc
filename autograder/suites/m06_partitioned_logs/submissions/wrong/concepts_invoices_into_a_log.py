# /// submission
# file = "concepts.ipynb"
# fails = ["concepts/broker_for_invoices"]
# ///
"""Wants to keep what nobody will read again."""

c1["invoices"] = "log"
