"""`python -m autograder.conformance.clients`: run real clients against the simulated AWS."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from autograder.aws.server import Server
from autograder.aws.simulated import Cloud

HERE = Path(__file__).parent
NPM_INSTALL = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]


def main() -> int:
    """Run every client. Exit 1 if one fails, or cannot be installed."""
    failed = 0
    for script in sorted(HERE.glob("*.py")):
        if not script.name.startswith("__"):
            command = ["uv", "run", "-q", "--python", sys.executable, "--script", str(script)]
            failed += not _goes_through(script.stem, command, HERE)
    with tempfile.TemporaryDirectory(prefix="javascript-sdk-") as scratch:
        folder = shutil.copytree(HERE / "javascript_sdk", Path(scratch) / "sdk")
        subprocess.run(NPM_INSTALL, cwd=folder, check=False)
        failed += not _goes_through("javascript_sdk", ["node", "cycle.mjs"], folder)
    return min(failed, 1)


def _goes_through(name: str, command: list[str], folder: Path) -> bool:
    """Run a client against a new simulated AWS, and tell whether it succeeded."""
    begin = time.monotonic()
    with _environment() as environment:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    outcome = "passed" if done.returncode == 0 else f"FAILED\n{done.stderr[-2000:]}"
    sys.stdout.write(f"{name} ({time.monotonic() - begin:.1f} s): {outcome}\n")
    return done.returncode == 0


@contextmanager
def _environment() -> Iterator[Mapping[str, str]]:
    """Serve a simulated AWS; yield the environment that leads to it.

    A stream is ready at the first look: these clients do not sleep in virtual time.
    """
    with Cloud(creating_describes=1) as cloud, socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(cloud.gate, listener)
        yield os.environ | {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        server.close()


if __name__ == "__main__":
    sys.exit(main())
