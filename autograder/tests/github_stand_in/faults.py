"""Faults that a test adds: responses with an error, and broken connections."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Fault:
    """Replaces the responses to some requests.

    A fault with a status sends that status; a fault without breaks the connection.
    """

    path: str = ""
    """A part of the paths that it affects."""
    method: str = ""
    """The method that it affects; empty for all."""
    after: int = 0
    """How many such requests succeed first."""
    times: int = 1
    """How many such requests fail then."""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "a fault on demand"
    acts: bool = False
    """Whether the request still takes effect, and only its response is lost."""
    then: Callable[[], None] | None = None
    """Called when a request fails: to kill the client, for example."""

    def hits(self, method: str, path: str) -> bool:
        """Count a request, and tell whether it fails."""
        if self.path not in path or self.method not in ("", method) or self.times <= 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


def secondary_limit(path: str = "", *, seconds: int = 30, after: int = 0, times: int = 1) -> Fault:
    """Return GitHub's response to a client that writes too fast."""
    return Fault(
        path,
        after=after,
        times=times,
        status=403,
        headers={"Retry-After": str(seconds)},
        message="You have exceeded a secondary rate limit. Please wait a few minutes.",
    )


def broken(path: str = "", *, acts: bool = False, after: int = 0, times: int = 1) -> Fault:
    """Break the connection, before or (with `acts`) after the request takes effect."""
    return Fault(path, after=after, times=times, acts=acts)
