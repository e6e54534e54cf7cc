"""What each hidden test does: count the words of a text, and compare."""

from autograder.testing import Module, shown, wrong


def expect_counts(words: Module, text: str, expected: dict[str, int], hint: str) -> None:
    """Fail unless `count_words(text)` returns these counts."""
    found = words.count_words(text)
    if found != expected:
        wrong(f"count_words({text!r}) returned {shown(found)}.", expected=f"{expected}", hint=hint)
