"""Keeps rehearsed cases as checks of your own, in test_rehearsed.py."""

import re
from collections.abc import Sequence
from pathlib import Path

from checks.rehearsal import PlayedCall, outcome_of, play

OWN_MISTAKES = (NameError, SyntaxError, ImportError, AttributeError, NotImplementedError)
"""Errors that no requirement asks for."""
FILE = "checks/test_rehearsed.py"
_PATH = Path(__file__).with_name("test_rehearsed.py")
_HEAD = '''"""Cases that you saved with `rehearse.py --save`.

Each fails as long as your function does what cost the point. That it passes does not mean that all
is right: a case does not know what is. Read the requirement, and add what it says, such as
assert len(play_again(...).value) == 12
"""

from checks.saved_cases import play_again
'''


def save(word: str, calls: Sequence[PlayedCall]) -> str:
    """Write a check that fails as long as a case ends as it did. Returns a sentence about it."""
    word = "".join(word.split())
    try:
        text = _PATH.read_bytes().decode() if _PATH.exists() else _HEAD
    except UnicodeDecodeError:
        return f"Not saved: {FILE} is not UTF-8. Rename it, and save the case again."
    if word in text:
        return f"{FILE} has this case already."
    number = max(map(int, re.findall(r"^def test_case_([0-9]{1,9})\b", text, re.M)), default=0) + 1
    text += f'''

def test_case_{number}() -> None:
    """{_functions(calls)} as in a hidden test."""
    play_again(
        "{word}",
        not_again="{outcome_of(calls)}",
    )
'''
    _PATH.write_bytes(text.encode())
    return (
        f"Saved as test_case_{number} in {FILE}. It fails as long as your function does the same; "
        "what is right, the requirement says."
    )


def play_again(word: str, *, not_again: str) -> PlayedCall:
    """Play a case; fail if it ends as it did when it was saved, or with a mistake of another kind.

    Returns the last call, for what you want to check yourself.
    """
    calls = play(word)
    assert outcome_of(calls) != not_again, (
        f"{_functions(calls)} still ends as in the test that you lost: rehearse the case of this "
        f"check in {FILE}."
    )
    for call in calls:
        assert not isinstance(call.error, OWN_MISTAKES), f"{call.text} raised {call.error!r}."
    return calls[-1]


def _functions(calls: Sequence[PlayedCall]) -> str:
    """Name the functions of a case, such as `read_all_shards, read_from_shard`."""
    return ", ".join(dict.fromkeys(call.text.partition("(")[0] for call in calls))
