# /// submission
# file = "word_count.py"
# fails = ["counting/case_makes_no_difference"]
# ///
"""Leaves the words as they are written."""


def count_words(text):
    return {word: text.split().count(word) for word in text.split()}
