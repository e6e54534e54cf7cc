"""A client of GitHub's API: retries, limits, pacing, and errors in one line.

Sources, all of docs.github.com: "Rate limits for the REST API" (wait as long as `retry-after` says,
else until `x-ratelimit-reset` where `x-ratelimit-remaining` is 0, else a minute and then longer
each time), "Best practices for using the REST API" (a second at least between two requests that
write), "Rate limits and query limits for the GraphQL API" (a limit can come with status 200 and an
error of the type RATE_LIMITED).

The token comes from the environment and goes into one header, and into no error and no log. Errors
do not name repositories either, since their names hold the names of students: the code that catches
an error knows whose it is.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from autograder.errors import GitHubError
from autograder.github.git import Remote

if TYPE_CHECKING:
    import httpx

MOST_TRIES = 5
LONGEST_WAIT = 3700.0
"""Seconds; a primary limit ends within the hour."""
LIMIT_PAUSE = 60.0
"""Seconds, if a limit does not say how long it lasts; doubled at each further limit."""
FAILURE_PAUSE = 1.0
"""Seconds after the first failure of GitHub or the network; doubled at each further failure."""
WRITE_PAUSE = 1.0
"""Seconds between two requests that write."""
TIMEOUT = 30.0
"""Seconds; GitHub itself gives up on a request after ten."""

_LOCAL = ("127.0.0.1", "localhost")


class UncertainError(GitHubError):
    """GitHub may have done what was asked, or not: look before you ask again."""


class NotThereError(GitHubError):
    """It does not exist, or the token may not see it: GitHub does not say which."""


@dataclass(frozen=True)
class GitHubServer:
    """The addresses of a GitHub server, and the token that opens it."""

    api_url: str
    graphql_url: str
    url: str
    token: str = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read what GitHub Actions sets; without addresses, the server is github.com.

        Raises:
            GitHubError: `GITHUB_TOKEN` is not set, or an address is not safe to send a token to.
        """
        token = environment.get("GITHUB_TOKEN", "").strip()
        if not token:
            raise GitHubError("GITHUB_TOKEN is not set: put a token into the environment")
        addresses = {
            "GITHUB_API_URL": "https://api.github.com",
            "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
            "GITHUB_SERVER_URL": "https://github.com",
        }
        found = {
            name: (environment.get(name) or default).rstrip("/")
            for name, default in addresses.items()
        }
        for name, address in found.items():
            parts = urlsplit(address)
            if parts.scheme != "https" and (parts.scheme, parts.hostname) not in [
                ("http", host) for host in _LOCAL
            ]:
                raise GitHubError(f"{name} must begin with https://: a token is sent there")
        return cls(
            api_url=found["GITHUB_API_URL"],
            graphql_url=found["GITHUB_GRAPHQL_URL"],
            url=found["GITHUB_SERVER_URL"],
            token=token,
        )

    def remote(self, full_name: str) -> Remote:
        """Return where git finds a repository, by `owner/name`."""
        return Remote(f"{self.url}/{full_name}.git", self.token)


class GitHubClient:
    """Sends requests to GitHub; may be used by several threads.

    Args:
        server: Which GitHub, and the token for it.
        sleep: Waits for a number of seconds.
        now: Returns the time in seconds since 1970.
        transport: Carries requests; None for the network.
    """

    def __init__(
        self,
        server: GitHubServer,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        transport: "httpx.BaseTransport | None" = None,
    ) -> None:
        import httpx  # here, since commands that ask nothing of GitHub need not wait for it

        self.server = server
        self._sleep = sleep
        self._now = now
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._free_at = 0.0
        self._write_at = 0.0
        self._http = httpx.Client(
            headers={
                "Authorization": f"Bearer {server.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "autograder",
            },
            timeout=TIMEOUT,
            transport=transport,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def query(self, text: str, variables: Mapping[str, object], what: str) -> dict[str, Any]:
        """Run a GraphQL query.

        Args:
            text: The query; it only reads.
            variables: The values of its variables.
            what: What this is for, as an error names it: `reading pushes`.

        Returns:
            The data; what does not exist, or may not be seen, is None in it.

        Raises:
            GitHubError: It could not be answered.
        """
        body = {"query": text, "variables": variables}
        answer = self._ask("POST", self.server.graphql_url, what, body=body)
        errors = answer.get("errors") or []
        serious = [error for error in errors if error.get("type") not in ("NOT_FOUND", "FORBIDDEN")]
        if serious or not isinstance(answer.get("data"), dict):
            kinds = {str(error.get("type") or "an error") for error in serious} or {"nothing"}
            raise GitHubError(f"GitHub answered {', '.join(sorted(kinds))} ({what})")
        data: dict[str, Any] = answer["data"]
        return data

    def get(self, path: str, what: str, **parameters: str) -> Any:
        """Read from the REST API.

        Raises:
            GitHubError: It could not be read.
        """
        return self._ask("GET", self.server.api_url + path, what, parameters=parameters)

    def pages(self, path: str, what: str, **parameters: str) -> Iterator[Any]:
        """Read a list of the REST API page by page, as its `Link` headers say.

        Only the cursor is taken from a header, so that the token goes to no other address.

        Raises:
            GitHubError: A page could not be read.
        """
        url = self.server.api_url + path
        after: dict[str, str] = {}
        while True:
            answer = self._send("GET", url, what, parameters=parameters | after)
            yield _content(answer, what)
            following = answer.links.get("next", {}).get("url")
            if following is None:
                return
            cursor = parse_qs(urlsplit(following).query).get("after")
            if not cursor:
                raise GitHubError(f"GitHub's answer is not understood ({what})")
            after = {"after": cursor[0]}

    def write(
        self,
        method: str,
        path: str,
        what: str,
        body: Mapping[str, object] | None = None,
        *,
        repeatable: bool,
    ) -> Any:
        """Change something over the REST API, at the pace that GitHub asks for.

        Args:
            method: `POST`, `PATCH`, `PUT` or `DELETE`.
            path: As GitHub documents it.
            what: What this is for, as an error names it.
            body: To be sent as JSON.
            repeatable: Whether doing it twice comes to the same as doing it once.

        Raises:
            UncertainError: It may have been done or not, and is not repeatable.
            GitHubError: It was not done.
        """
        with self._writing:
            self._wait_until(self._write_at)
            try:
                return self._ask(
                    method, self.server.api_url + path, what, body=body, repeatable=repeatable
                )
            finally:
                self._write_at = self._now() + WRITE_PAUSE

    def _ask(self, method: str, url: str, what: str, **more: Any) -> Any:
        return _content(self._send(method, url, what, **more), what)

    def _send(
        self,
        method: str,
        url: str,
        what: str,
        *,
        body: Mapping[str, object] | None = None,
        parameters: Mapping[str, str] | None = None,
        repeatable: bool = True,
    ) -> "httpx.Response":
        import httpx

        for number in range(MOST_TRIES):
            last = number == MOST_TRIES - 1
            self._wait_until(self._free_at)
            try:
                answer = self._http.request(method, url, json=body, params=parameters)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                problem = f"GitHub cannot be reached ({what})"
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                problem = f"the connection to GitHub broke off ({what}): {type(error).__name__}"
                if not repeatable:
                    raise UncertainError(problem) from None
            else:
                pause = _limit_pause(answer, number, self._now())
                if pause is not None:
                    if last or pause > LONGEST_WAIT:
                        raise GitHubError(f"GitHub's limit of requests is reached ({what})")
                    self._hold(pause)
                    continue
                if answer.status_code < 500:
                    return answer
                problem = f"GitHub answered {answer.status_code} ({what})"
                if not repeatable:
                    raise UncertainError(problem)
            if last:
                raise GitHubError(problem)
            self._sleep(FAILURE_PAUSE * 2.0**number)
        raise AssertionError

    def _hold(self, seconds: float) -> None:
        """Keep all threads from asking for a while."""
        with self._lock:
            self._free_at = max(self._free_at, self._now() + seconds)

    def _wait_until(self, moment: float) -> None:
        pause = moment - self._now()
        if pause > 0:
            self._sleep(pause)


def _limit_pause(answer: "httpx.Response", number: int, now: float) -> float | None:
    """Return how many seconds a limit asks to wait; None if the answer is not a limit."""
    headers: Mapping[str, str] = answer.headers
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    if answer.status_code == 200:
        limited = _is_limited_query(answer)
    elif answer.status_code == 403:
        limited = (
            exhausted or "retry-after" in headers or "rate limit" in answer.text[:10_000].lower()
        )
    else:
        limited = answer.status_code == 429
    if not limited:
        return None
    if headers.get("retry-after", "").isdigit():
        return float(headers["retry-after"])
    if exhausted and headers.get("x-ratelimit-reset", "").isdigit():
        return max(1.0, float(headers["x-ratelimit-reset"]) - now)
    return LIMIT_PAUSE * 2.0**number


def _is_limited_query(answer: "httpx.Response") -> bool:
    """Whether a query met a limit; the words may also be in a text that a student wrote."""
    if "RATE_LIMITED" not in answer.text:
        return False
    try:
        errors = answer.json()["errors"]
        return any(error.get("type") == "RATE_LIMITED" for error in errors)
    except (ValueError, LookupError, TypeError, AttributeError):
        return False


def _content(answer: "httpx.Response", what: str) -> Any:
    """Return the content of an answer.

    Raises:
        GitHubError: The answer is not a success; the text says why.
    """
    status = answer.status_code
    if status >= 300:
        needed = answer.headers.get("x-accepted-github-permissions")
        reason = {
            301: "it has another name now, or another owner",
            401: "GitHub does not take the token",
            403: "the token may not do this" + (f", which needs {needed}" if needed else ""),
            404: "it is not there, or the token may not see it",
            410: "it is gone",
            422: "GitHub does not take what was sent",
        }.get(status, "GitHub refused")
        error = NotThereError if status in (404, 410) else GitHubError
        raise error(f"{reason} ({what}: {status})")
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        raise GitHubError(f"GitHub's answer is not understood ({what})") from None
