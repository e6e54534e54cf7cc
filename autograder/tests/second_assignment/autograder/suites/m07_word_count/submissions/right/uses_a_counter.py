# /// submission
# file = "word_count.py"
# ///
"""Counts with the standard library."""

from collections import Counter


def count_words(text):
    return Counter(text.lower().split())
