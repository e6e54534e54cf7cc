"""Hidden tests of greeting.py."""

import pytest

from autograder.testing import Module, shown, wrong


@pytest.mark.graded("G1", points=10)
def test_greets_whoever_is_named(greeting: Module) -> None:
    """Each name is greeted, also one with blanks and accents."""
    for name in ("Ada", "Zoë de la Cruz"):
        found = greeting.greet(name)

        if found != f"Hello, {name}!":
            wrong(
                f"greet({name!r}) returned {shown(found)}.",
                expected=f"'Hello, {name}!'",
                hint="Put the parameter into the text; an f-string does that.",
            )
