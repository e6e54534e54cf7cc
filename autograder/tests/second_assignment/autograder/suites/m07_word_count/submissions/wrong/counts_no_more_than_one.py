# /// submission
# file = "word_count.py"
# fails = ["counting/counts_each_word", "counting/case_makes_no_difference", "counting/any_blanks_separate_words"]
# ///
"""Notes which words there are."""


def count_words(text):
    return dict.fromkeys(text.lower().split(), 1)
