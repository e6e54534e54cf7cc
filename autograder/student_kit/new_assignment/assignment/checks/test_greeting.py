"""Visible checks of greeting.py."""

from checks.student_code import show


def test_a_name_is_greeted(greeting):
    """G1: The name comes between the greeting and the exclamation mark."""
    found = greeting.greet("Grace")

    greeting.must(
        found == "Hello, Grace!",
        f"greet('Grace') should return 'Hello, Grace!'; you returned {show(found)}.",
    )
