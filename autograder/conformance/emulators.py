"""Starts other emulators of Kinesis, to run the same tests against them."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

STARTING_SECONDS = 60


class UnavailableError(Exception):
    """An emulator is not available here; the message says why."""


@dataclass(frozen=True)
class Emulator:
    """A program that emulates Kinesis on a port."""

    name: str
    version: str
    npm: bool = False
    arguments: tuple[str, ...] = ()
    """`{port}` is replaced by the port to listen on."""
    environment: Mapping[str, str] = field(default_factory=dict)


MOTO = Emulator(
    "moto",
    version("moto"),
    arguments=("-m", "moto.server", "-H", "127.0.0.1", "-p", "{port}"),
)
KINESALITE = Emulator(
    "kinesalite",
    "3.3.3",
    npm=True,
    arguments=("--port", "{port}", "--createStreamMs", "50", "--deleteStreamMs", "50",
               "--updateStreamMs", "50", "--shardLimit", "1000"),
)  # fmt: skip
KINESIS_LOCAL = Emulator(
    "kinesis-local",
    "0.6.2",
    npm=True,
    environment={
        "KINESIS_MOCK_PLAIN_PORT": "{port}",
        "KINESIS_MOCK_TLS_PORT": "{other_port}",
        # Long enough to be seen CREATING on a busy machine, and shorter than a waiter looks.
        "CREATE_STREAM_DURATION": "120ms",
        "DELETE_STREAM_DURATION": "120ms",
        "SPLIT_SHARD_DURATION": "50ms",
        "MERGE_SHARDS_DURATION": "50ms",
        "SHARD_LIMIT": "1000",
        "LOG_LEVEL": "ERROR",
    },
)
EMULATORS = (MOTO, KINESALITE, KINESIS_LOCAL)


@contextmanager
def running(emulator: Emulator) -> Iterator[str]:
    """Start an emulator, yield its address, and stop it.

    Raises:
        UnavailableError: npm is missing or cannot install it, or it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="emulator-") as scratch:
        ports = {"port": str(_free_port()), "other_port": str(_free_port())}
        program = _installed(emulator, Path(scratch)) if emulator.npm else [sys.executable]
        process = subprocess.Popen(
            [*program, *(argument.format(**ports) for argument in emulator.arguments)],
            cwd=Path(program[-1]).parent if emulator.npm else scratch,
            env=os.environ
            | {key: value.format(**ports) for key, value in emulator.environment.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{ports['port']}"
            _wait_for(address, process)
            yield address
        finally:
            process.kill()
            process.wait()


def _installed(emulator: Emulator, folder: Path) -> list[str]:
    """Install a package of npm into a folder and return how to start it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise UnavailableError("npm is not installed")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts",
               "--prefix", str(folder), f"{emulator.name}@{emulator.version}"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise UnavailableError("npm did not answer in time") from None
    if done.returncode:
        raise UnavailableError(f"npm could not install {emulator.name}@{emulator.version}")
    return [node, str((folder / "node_modules" / ".bin" / emulator.name).resolve())]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the address gives any response."""
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - a local address
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise UnavailableError("it did not start")
