"""The simulated AWS of the checks: moto, patched where AWS behaves differently.

The `moto_server` that you start by hand is not patched. Real AWS behaves as the patches do, and so
does the simulated AWS that your code is graded with.
"""

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import moto.core.utils
import moto.kinesis.models
import pytest
from botocore.model import OperationNotFoundError
from botocore.retries.bucket import TokenBucket
from moto.core.responses import BaseResponse
from moto.kinesis.responses import KinesisResponse
from moto.server import ThreadedMotoServer

from checks import patched_records, patched_settings, patched_shards, patched_sqs, patched_streams
from checks.request_rules import why_refused
from checks.virtual_time import now

REGION = "us-east-1"
JSON = "application/x-amz-json-1.1"

_plain_call_action = BaseResponse.call_action
_addresses: list[str] = []
"""Of the servers that run now; the last one is in use."""


@contextlib.contextmanager
def patched_moto(port: int = 0) -> Iterator[str]:
    """Serve the patched moto on a port of this machine, by default a free one; point boto3 to it.

    Yields:
        Its address.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would log each request
    server = ThreadedMotoServer("127.0.0.1", port=port, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, replacement in (
            *patched_shards.PATCHES,
            *patched_streams.PATCHES,
            *patched_records.PATCHES,
            *patched_settings.PATCHES,
            *patched_sqs.PATCHES,
            *PATCHES,
        ):
            patch.setattr(owner, name, replacement, raising=False)  # moto lacks some operations
        patch.setattr(TokenBucket, "acquire", _acquire_without_delay)
        server.start()
        host, port = server.get_host_and_port()
        _addresses.append(f"http://{host}:{port}")
        _point_boto3_to(_addresses[-1])
        try:
            yield _addresses[-1]
        finally:
            ended = _addresses.pop()
            _point_boto3_to(_addresses[-1] if _addresses else ended)
            server.stop()


def _point_boto3_to(address: str) -> None:
    """Set the environment so that no code reaches another AWS, whatever your settings are.

    It stays so until the process ends: a thread of yours may still send requests.
    """
    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ |= {
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,  # not those in the home folder
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def _acquire_without_delay(_: TokenBucket, amount: float = 1, block: bool = True) -> bool:
    """Replace the delay of boto3's retry mode `adaptive`: it does not use sleep, so it is real."""
    return True


def _utcnow() -> datetime:
    """Return the time of the checks' clock: moto takes no other."""
    return datetime.fromtimestamp(now(), UTC).replace(tzinfo=None)


def _get_region_from_url(*_: Any) -> str:
    """Have one region, whatever region a client is for."""
    return REGION


def _call_action(self: BaseResponse) -> Any:
    """Refuse what AWS refuses; moto accepts it, or fails and is asked again by boto3."""
    error, message = None, None
    try:
        if isinstance(self, KinesisResponse):
            parameters = json.loads(self.body or "{}")
            error, message = "ValidationException", why_refused(self._get_action(), parameters)
        if message is None:
            return _plain_call_action(self)
    except (NotImplementedError, OperationNotFoundError) as missing:
        error, message = "UnknownOperationException", str(missing)
    except ValueError as wrong:  # a text that moto takes for a number or a JSON document
        error, message = "InvalidParameterValue", str(wrong)
    body = json.dumps({"__type": error, "message": message})
    return 400, self.response_headers | {"Content-Type": JSON}, body


PATCHES = (
    (moto.core.utils, "utcnow", _utcnow),
    (moto.kinesis.models, "utcnow", _utcnow),
    (BaseResponse, "call_action", _call_action),
    (BaseResponse, "get_region_from_url", _get_region_from_url),
)
"""What is replaced by what."""
