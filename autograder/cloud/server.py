"""Serves the gate on a listening socket that may live in another network namespace."""

import socket
import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

SLOWEST_SECONDS = 30.0


class _Handler(WSGIRequestHandler):
    """Keeps connections open, answers in one packet, and says nothing."""

    protocol_version = "HTTP/1.1"
    timeout = SLOWEST_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1  # the status line, the headers and the body leave together

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Print nothing: what students send is no business of the grader's terminal."""

    def handle(self) -> None:
        """Serve one connection; a client that breaks off is no error."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True


class Server:
    """A running server."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        self._server: BaseWSGIServer = make_server(
            host,
            port,
            application,
            threaded=True,
            request_handler=_Handler,
            fd=listener.fileno(),
        )
        # Threads that a slow client holds must not keep the grader alive.
        vars(self._server).update(daemon_threads=True, block_on_close=False)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
