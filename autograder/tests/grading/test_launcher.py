"""Closing the warm interpreter."""

from autograder.grading.foreman.launcher import Launcher


def test_it_can_be_closed_twice() -> None:
    """A run that failed may have closed it already."""
    launcher = Launcher()
    launcher.close()

    launcher.close()

    assert launcher._process.returncode is not None
