"""A small stand-in for GitHub's API: it answers for one commit, and records the requests."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY_NAME = "course/student-ada"
TOKEN = "token-of-the-job"


@dataclass
class GitHub:
    """Answers for one commit. The answers of a list are given in turn; the last one repeats."""

    statuses: list[Any]
    """Each answer is a list of statuses, an HTTP status to fail with, or bytes to send."""
    comments: list[Any] = field(default_factory=lambda: [[]])
    """The same, with the texts of comments."""
    address: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """The paths of all requests, each with its header `Authorization`."""

    def answer(self, path: str) -> Any:
        """Return the next answer to a request."""
        commit = f"/repos/{REPOSITORY_NAME}/commits/{COMMIT}/"
        if path.startswith(f"{commit}status?"):
            found = _next(self.statuses)
            return {"statuses": found} if isinstance(found, list) else found
        if path.startswith(f"{commit}comments?"):
            found = _next(self.comments)
            return [{"body": text} for text in found] if isinstance(found, list) else found
        return 404


def _next(answers: list[Any]) -> Any:
    return answers.pop(0) if len(answers) > 1 else answers[0]


def status(checkpoint: str, state: str = "success", description: str | None = "1 / 1") -> Any:
    """Return a status as GitHub's API does."""
    return {"context": f"grade/{checkpoint}", "state": state, "description": description}


@contextmanager
def serving(github: GitHub) -> Iterator[GitHub]:
    """Serve the stand-in on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            github.asked.append((self.path, self.headers["Authorization"]))
            found = github.answer(self.path)
            self.send_response(found if isinstance(found, int) else 200)
            self.end_headers()
            if not isinstance(found, int):
                self.wfile.write(found if isinstance(found, bytes) else json.dumps(found).encode())

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    github.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
