"""The warm interpreter ends when it should."""

from autograder.grading.foreman.launcher import Launcher


def test_to_close_it_twice_is_no_error() -> None:
    """A run that failed may have closed it already."""
    launcher = Launcher()
    launcher.close()

    launcher.close()

    assert launcher._process.returncode is not None
