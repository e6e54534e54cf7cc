"""Warm interpreters that examiners share: to start one takes longer than most tests."""

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from autograder.grading.foreman import launcher
from autograder.grading.foreman.launcher import Launcher, RunExit


class SharedLaunchers:
    """Lends launchers. One that an examiner closes waits for the next, which runs the same code."""

    def __init__(self) -> None:
        self._idle: defaultdict[object, list[_SharedLauncher]] = defaultdict(list)

    def borrow(self) -> Launcher:
        """Return an idle or a new launcher of this environment."""
        place = self._idle[_surroundings()]
        return place.pop() if place else _SharedLauncher(place)

    def close(self) -> None:
        """End all launchers that are idle."""
        for place in self._idle.values():
            for idle in place:
                Launcher.close(idle)


class _SharedLauncher(Launcher):
    """A launcher that goes back to its place when it is closed."""

    def __init__(self, place: list["_SharedLauncher"]) -> None:
        self._place = place
        self._folders: set[Path] = set()
        """Of the runs under way."""
        super().__init__()

    def run(self, arguments: Sequence[str], folder: Path, seconds: float) -> RunExit:
        """Run pytest once."""
        self._folders.add(folder)
        try:
            return super().run(arguments, folder, seconds)
        finally:
            self._folders.discard(folder)

    def close(self) -> None:
        """Wait for the next borrower; end now if a run is under way."""
        if self._folders:
            super().close()
        elif self not in self._place:
            self._place.append(self)


def _surroundings() -> object:
    """Return what a launcher takes over when it starts."""
    return sys.executable, tuple(sorted(launcher._environment().items()))
