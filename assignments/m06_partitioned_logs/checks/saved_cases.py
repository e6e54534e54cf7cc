"""Keeps rehearsed cases as checks of your own, in test_rehearsed.py."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from checks.hand_in import ROOT
from checks.rehearsal import PlayedCall, outcome_of, play

ERRORS_OF_AWS = (ClientError, BotoCoreError)
"""Only these may reach the caller, if a requirement says so."""
FILE = "checks/test_rehearsed.py"
_PATH = Path(__file__).with_name("test_rehearsed.py")
LONGEST_PLAY = 120
"""Seconds."""
_PLAY_ELSEWHERE = """
import sys
sys.path.insert(0, sys.argv[1])
from checks.rehearsal import outcome_of, play
sys.stdout.write("\\n" + outcome_of(play(sys.argv[2])))
sys.stdout.flush()
"""
_IMPORT = "from checks.saved_cases import play_again\n"
_HEAD = '''"""Cases that you saved with `rehearse.py --save`.

Each fails as long as your function does what cost the point. That it passes does not mean that all
is right: a case does not know what is. Read the requirement, and add what it says, such as
assert len(play_again(...).value) == 12
"""

'''


def save(word: str, calls: Sequence[PlayedCall]) -> str:
    """Write a check that fails as long as a case ends as it did. Returns a sentence about it."""
    word = "".join(word.split())
    try:
        text = _PATH.read_bytes().decode() if _PATH.exists() else ""
    except UnicodeDecodeError:
        return f"Not saved: {FILE} is not UTF-8. Rename it, and save the case again."
    except OSError as error:
        return f"Not saved: {FILE} cannot be read: {error.strerror}."
    if re.search(rf'^ +"{word}"', text, re.M):
        return f"{FILE} has this case already."
    if _outcome_elsewhere(word) != outcome_of(calls):
        return (
            "Not saved: your function does not do the same each time, so a check could not tell "
            "whether it is fixed. Look for what is random, or depends on the time or on the "
            "order of a set."
        )
    if not text.strip():
        text = _HEAD + _IMPORT
    elif _IMPORT not in text:
        text = f"{text.rstrip()}\n\n{_IMPORT}"
    number = max(map(int, re.findall(r"^def test_case_([0-9]{1,9})\b", text, re.M)), default=0) + 1
    text += f'''

def test_case_{number}() -> None:
    """{_functions(calls)} as in a hidden test."""
    play_again(
        "{word}",
        not_again="{outcome_of(calls)}",
    )
'''
    try:
        _PATH.write_bytes(text.encode())
    except OSError as error:
        return f"Not saved: {FILE} cannot be written: {error.strerror}."
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
        is_of_aws = call.error is None or isinstance(call.error, ERRORS_OF_AWS)
        assert is_of_aws, f"{call.text} raised {call.error!r}."
    return calls[-1]


def _outcome_elsewhere(word: str) -> str:
    """Play a case in another process, in which strings have other hash values."""
    other = "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PLAY_ELSEWHERE, str(ROOT), word],
            env=os.environ | {"PYTHONHASHSEED": other}, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=LONGEST_PLAY, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace").rpartition("\n")[2]


def _functions(calls: Sequence[PlayedCall]) -> str:
    """Name the functions of a case, such as `read_all_shards, read_from_shard`."""
    return ", ".join(dict.fromkeys(call.text.partition("(")[0] for call in calls))
