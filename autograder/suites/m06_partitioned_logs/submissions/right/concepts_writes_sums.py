# /// submission
# file = "concepts.ipynb"
# ///
"""Answers with sums, names, and a line for each part."""

c1 = dict(photos="queue", balances="log", invoices="queue", rides="log")
SHARDS = 100_000 / 10 / 1_000
c3["records_per_second"] = 100_000 // 10
c3["megabytes_per_second"] = 100_000 / 10 * 1_000 / 1_000_000
c3["shards_at_least"] = SHARDS
c3["shards_half_full"] = round(2 * SHARDS)
c3["partition_key"] = "A"
LETTER = "C"
c4 = LETTER
