"""Cuts texts that came out of the sandbox."""

ESCAPE_BYTES = 10
"""What a character takes that can't be printed, once it is written as an escape."""


def cut(text: str, most: int) -> str:
    """Cut a text to so many bytes as it is shown, where some characters become escapes."""
    for index, character in enumerate(text):
        most -= len(character.encode()) if character.isprintable() else ESCAPE_BYTES
        if most < 0:
            return f"{text[:index]}..."
    return text
