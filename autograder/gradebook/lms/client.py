"""A client of an LMS's API: retries, limits, pacing, bounded answers, and errors in one line.

Sources: "Throttling" and "Pagination" of Canvas's API documentation (a request that exceeds the
quota is answered with `403 Forbidden (Rate Limit Exceeded)` and was not carried out;
`X-Rate-Limit-Remaining` says what is left of the quota); RFC 9110, section 10.2.3, for
`Retry-After`.

The token comes from the environment, and appears in no error, no log and no address.
"""

import json
import math
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

from autograder.errors import LmsError
from autograder.text import inert

if TYPE_CHECKING:
    import httpx

MOST_TRIES = 5
FAILURE_PAUSE = 1.0
"""Seconds after the first failure of the LMS or the network; doubled at each further failure."""
LIMIT_PAUSE = 10.0
"""Seconds, if a limit does not say how long it lasts; doubled at each further limit."""
LONGEST_PAUSE = 300.0
"""Seconds; the LMS that asks for more is asked again by a person, later."""
LOW_QUOTA = 100.0
"""Canvas reserves 50 of its quota while a request runs (app/middleware/request_throttle.rb)."""
QUOTA_RATE = 10.0
"""How much of the quota comes back in a second (ibid., `outflow`)."""
TIMEOUT = 60.0
"""Seconds without a byte; Moodle computes the grades of a whole course before it answers."""
LARGEST_ANSWER = 16 << 20
"""Bytes; a page of Canvas has at most 100 submissions, with their comments."""
LONGEST_MESSAGE = 200
"""Characters of an error that the LMS words."""

_LOCAL = ("127.0.0.1", "localhost")


class UncertainLmsError(LmsError):
    """The LMS may have done what was asked, or not: look before you ask again."""


@dataclass(frozen=True)
class LmsServer:
    """An LMS's address, and the token that opens it."""

    name: str
    """As people call it: `Canvas`, `Moodle`."""
    url: str
    token: str = field(repr=False)

    @classmethod
    def from_environment(
        cls, name: str, address: str | None, token: str, environment: Mapping[str, str] = os.environ
    ) -> Self:
        """Return the server at an address, with the token that the environment has.

        Args:
            name: As people call it.
            address: Where it is; None if nobody said.
            token: The variable that holds the token.
            environment: The variables.

        Raises:
            LmsError: The token is not set, or the address is not safe to send one to.
        """
        found = environment.get(token, "").strip()
        if not found.isascii() or not found.isprintable() or not found:
            raise LmsError(f"{token} is not set to a token: put one of {name} into the environment")
        url = (address or "").strip().rstrip("/")
        if not _is_safe(url):
            raise LmsError(
                f"the address of {name} must be like https://{name.lower()}.example.edu: "
                "a token is sent there"
            )
        return cls(name, url, found)


@dataclass(frozen=True)
class LmsAnswer:
    """What an LMS answered to a request, read to its end."""

    status: int
    headers: Mapping[str, str]
    """By names in small letters."""
    links: Mapping[str, Mapping[str, str]]
    """The header `Link` (RFC 8288): by relation, each with its `url`."""
    body: bytes

    def json(self) -> Any:
        """Return the content.

        Raises:
            LmsError: It is not JSON.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise LmsError("the LMS's answer is not understood: it is not JSON") from None


class LmsClient:
    """Sends requests to one LMS, one after another.

    Args:
        server: Which LMS, and the token for it.
        headers: Headers of each request.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        server: LmsServer,
        headers: Mapping[str, str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx  # here, since commands that ask nothing of an LMS need not wait for it

        self.server = server
        self._sleep = sleep
        # Redirects are not followed: a form would arrive without its fields.
        self._http = httpx.Client(
            headers={"User-Agent": "autograder", "Accept": "application/json", **headers},
            timeout=TIMEOUT,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        parameters: Sequence[tuple[str, str]],
        what: str,
        *,
        repeatable: bool,
    ) -> LmsAnswer:
        """Send a request, and again after a limit; if it is repeatable, after a failure too.

        Args:
            method: `GET`, or one that sends the parameters as a form.
            path: The rest of the address, with a slash in front.
            parameters: Names and values.
            what: What this is for, as an error names it.
            repeatable: Whether doing it twice comes to the same as doing it once.

        Raises:
            UncertainLmsError: It may have been done or not, and is not repeatable.
            LmsError: It was not done.
        """
        for number in range(MOST_TRIES):
            answer, problem, was_sent = self._try(method, path, parameters)
            pause = FAILURE_PAUSE * 2.0**number
            limit = None if answer is None else limit_pause(answer, number)
            if limit is not None:
                # A request over the limit was refused unread, so it may be repeated.
                problem, pause, was_sent = "takes no more requests for now", limit, False
            elif answer is not None:
                self._slow_down(answer)
                if answer.status < 500:
                    return answer
                problem = f"answered {answer.status}"
            problem = f"{self.server.name} {problem} ({what})"
            if was_sent and not repeatable:
                raise UncertainLmsError(problem)
            if number == MOST_TRIES - 1 or pause > LONGEST_PAUSE:
                raise LmsError(problem)
            self._sleep(pause)
        raise AssertionError

    def _try(
        self, method: str, path: str, parameters: Sequence[tuple[str, str]]
    ) -> tuple[LmsAnswer | None, str, bool]:
        """Send a request once.

        Returns:
            The answer, or what went wrong and whether the request may have arrived.
        """
        import httpx

        form = urlencode(parameters)
        url = self.server.url + path
        if method == "GET":
            if form:
                url += ("&" if "?" in url else "?") + form
            request = self._http.build_request(method, url)
        else:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            request = self._http.build_request(method, url, content=form, headers=kind)
        try:
            response = self._http.send(request, stream=True)
            try:
                return _read_whole(response), "", True
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return None, "cannot be reached", False
        except httpx.HTTPError as error:
            return None, f"did not answer: {type(error).__name__}", True

    def _slow_down(self, answer: LmsAnswer) -> None:
        """Wait while the quota is low, so that the next request is not refused."""
        left = _as_number(answer.headers.get("x-rate-limit-remaining", ""))
        if left is not None and left < LOW_QUOTA:
            self._sleep((LOW_QUOTA - max(0.0, left)) / QUOTA_RATE)


def _is_safe(url: str) -> bool:
    """Whether an address is one that a token may be sent to."""
    if not re.fullmatch(r"https?://[\w.-]+(?::\d{1,5})?(?:/[\w./~-]*)?", url, re.ASCII):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _LOCAL


def _read_whole(response: "httpx.Response") -> LmsAnswer:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise LmsError(f"an answer of the LMS is larger than {LARGEST_ANSWER >> 20} MiB")
    links = {str(relation): link for relation, link in response.links.items()}
    headers = {key.lower(): value for key, value in response.headers.items()}
    return LmsAnswer(response.status_code, headers, links, bytes(body))


def limit_pause(answer: LmsAnswer, number: int) -> float | None:
    """Return how many seconds a limit asks to wait; None if the answer is not a limit.

    Args:
        answer: What the LMS answered.
        number: How many tries there were before.
    """
    is_limit = answer.status == 429 or (
        answer.status == 403 and b"rate limit exceeded" in answer.body[:10_000].lower()
    )
    if not is_limit:
        return None
    asked = _as_number(answer.headers.get("retry-after", ""))
    return asked if asked is not None and asked >= 0 else LIMIT_PAUSE * 2.0**number


def _as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def said(text: object) -> str:
    """Return what an LMS said, so that it can be shown in an error."""
    return inert(str(text)[: LONGEST_MESSAGE * 2], LONGEST_MESSAGE)
