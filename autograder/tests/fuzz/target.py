"""What a fuzzing target is."""

import random
from collections.abc import Callable, Sequence
from typing import Protocol

MutateBytes = Callable[[bytes, int], bytes]
"""Changes bytes at random; given how many there may be afterwards."""


class NotHeldError(Exception):
    """A parser did not hold."""


class Target(Protocol):
    """A parser under test."""

    @property
    def seeds(self) -> Sequence[bytes]:
        """Inputs to begin with: interesting ones, and those that once broke something."""
        ...

    def __call__(self, data: bytes) -> None:
        """Feed one input.

        Raises:
            Exception: The parser did not hold.
        """

    def mutate(
        self, data: bytes, size: int, rng: random.Random, mutate_bytes: MutateBytes
    ) -> bytes:
        """Change an input into another."""
