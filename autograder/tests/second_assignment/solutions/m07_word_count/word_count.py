"""Counts the words of a text."""


def count_words(text: str) -> dict[str, int]:
    """Map each word of the text, in lower case, to how often it occurs."""
    ### BEGIN SOLUTION
    counts: dict[str, int] = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
    ### END SOLUTION
