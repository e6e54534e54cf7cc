"""Random terms come out as the oracle says; those that once did not are kept."""

import pytest

from autograder.tests.course.terms import play_term

FAILED_ONCE = (
    "a:1",  # the handout, which GitHub does not list, and a branch
    "a:8",  # a handout that the student pushed into an empty repository
)
SAMPLE = tuple(f"sample:{number}" for number in range(40))
REAL = tuple(f"real:{number}" for number in range(3))


@pytest.mark.parametrize("seed", [*FAILED_ONCE, *SAMPLE])
def test_a_term_comes_out_as_the_oracle_says(seed: str) -> None:
    """`python -m autograder.tests.course.terms` plays many more."""
    assert not play_term(seed).report


@pytest.mark.parametrize("seed", REAL)
def test_so_does_a_term_with_git_and_http(seed: str) -> None:
    """The requests are checked against GitHub's description, too."""
    assert not play_term(seed, real=True).report
