"""What can go wrong with an answer, on demand."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Fault:
    """Replaces the answers to some requests.

    A fault with a status answers so; one without breaks the connection off.
    """

    path: str = ""
    """What the request's path must hold."""
    method: str = ""
    """What its method must be; empty for any."""
    after: int = 0
    """How many that fit are let through first."""
    times: int = 1
    """How many fail then."""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "a fault on demand"
    acts: bool = False
    """Whether the request takes effect all the same, and only its answer is lost."""
    then: Callable[[], None] | None = None
    """Called as it happens: to kill the client, for example."""

    def hits(self, method: str, path: str) -> bool:
        """Whether this request fails; counts it."""
        if self.path not in path or self.method not in ("", method) or self.times <= 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


def secondary_limit(path: str = "", *, seconds: int = 30, after: int = 0, times: int = 1) -> Fault:
    """GitHub's answer to who writes too much at once."""
    return Fault(
        path,
        after=after,
        times=times,
        status=403,
        headers={"Retry-After": str(seconds)},
        message="You have exceeded a secondary rate limit. Please wait a few minutes.",
    )


def broken(path: str = "", *, acts: bool = False, after: int = 0, times: int = 1) -> Fault:
    """Break a connection off, before or after the request took effect."""
    return Fault(path, after=after, times=times, acts=acts)
