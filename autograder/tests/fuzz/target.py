"""The interface of fuzzing targets."""

import random
from collections.abc import Callable, Sequence
from typing import Protocol

MutateBytes = Callable[[bytes, int], bytes]
"""Changes bytes at random; its argument is the largest size of the result."""


class BrokenGuaranteeError(Exception):
    """A parser broke one of its guarantees."""


class Target(Protocol):
    """A parser under test."""

    @property
    def seeds(self) -> Sequence[bytes]:
        """Inputs to begin with: interesting inputs, and those that once broke something."""
        ...

    def __call__(self, data: bytes) -> None:
        """Feed one input.

        Raises:
            Exception: The parser broke one of its guarantees.
        """

    def mutate(
        self, data: bytes, size: int, rng: random.Random, mutate_bytes: MutateBytes
    ) -> bytes:
        """Return a changed input."""
