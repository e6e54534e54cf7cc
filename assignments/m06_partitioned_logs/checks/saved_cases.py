"""Keeps rehearsed cases as checks of your own, in test_rehearsed.py."""

from collections.abc import Sequence
from pathlib import Path

from checks.cases import PREFIX
from checks.rehearsal import PlayedCall, outcome_of, play

FILE = "checks/test_rehearsed.py"
_PATH = Path(__file__).with_name("test_rehearsed.py")
_HEAD = '''"""Cases that you saved with `rehearse.py --save`.

Each fails until your function does otherwise. A case does not know what is right; you may add that:
assert len(play_again(...).value) == 12
"""

from checks.saved_cases import play_again
'''


def save(word: str, calls: Sequence[PlayedCall]) -> str:
    """Write a check that fails as long as a case ends as it did. Returns a sentence about it."""
    word = "".join(word.split())
    text = _PATH.read_text("utf-8") if _PATH.exists() else _HEAD
    if word in text:
        return f"{FILE} has this case already."
    number = text.count("\ndef test_") + 1
    text += f'''

def test_case_{number}() -> None:
    """{calls[-1].text.partition("(")[0]} as in a hidden test."""
    play_again(
        "{word}",
        not_again="{outcome_of(calls)}",
    )
'''
    _PATH.write_text(text, "utf-8")
    return f"Saved as test_case_{number} in {FILE}. It fails until your function does otherwise."


def play_again(word: str, *, not_again: str) -> PlayedCall:
    """Play a case; fail if it ends as it did when it was saved."""
    calls = play(word)
    assert outcome_of(calls) != not_again, (
        f"{calls[-1].text} still ends as in the test that you lost: "
        f"uv run checks/rehearse.py {word[: len(PREFIX) + 8]}... shows how."
    )
    return calls[-1]
