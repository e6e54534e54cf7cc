# /// submission
# file = "word_count.py"
# fails = ["counting/any_blanks_separate_words"]
# ///
"""Finds empty words between two blanks."""


def count_words(text):
    words = text.lower().split(" ")
    return {word: words.count(word) for word in words}
