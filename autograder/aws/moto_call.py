"""How moto is asked: a request made anew from parameters that were checked, an answer as data."""

import functools
import json
from types import ModuleType
from typing import Any

from moto.core import utils as moto_names
from moto.core.request import Request
from moto.core.responses import BaseResponse

from autograder.aws.errors import AwsError, unknown_operation
from autograder.aws.kinesis.state import REGION


class InOneRegion(BaseResponse):
    """What moto's services have in common here."""

    def get_region_from_url(self, request: Any, full_url: str) -> str:  # noqa: ARG002 - moto's
        """Have one region, whatever the client says."""
        return REGION

    @staticmethod
    def _enrich_response(headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
        """Leave answers as they are.

        moto searches them for XML request ids, which no JSON has, in time that is quadratic in
        what a student may have stored.
        """
        return headers, body


def keep_names(*modules: ModuleType) -> None:
    """Let modules of moto make words of a CamelCase name once, not with each message."""
    kept = functools.lru_cache(maxsize=1024)(moto_names.camelcase_to_underscores)
    for module in modules:
        vars(module).update(camelcase_to_underscores=kept)


def ask_moto(
    service: BaseResponse, target: str, host: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    """Have moto do an operation.

    Args:
        service: moto's responses of the service.
        target: The operation, as X-Amz-Target names it.
        host: What the client calls the cloud; it stands in the URLs of queues.
        parameters: Of the operation's shape.

    Raises:
        AwsError: It is refused.
    """
    # An ampersand would let moto find form fields in a body of JSON, and an action in them.
    body = json.dumps(parameters).replace("&", "\\u0026")
    headers = {
        "X-Amz-Target": target,
        "Content-Type": "application/x-amz-json-1.1",
        "Host": host,
    }
    request = Request.from_primitives("POST", f"http://{host}/", headers, body.encode())
    try:
        status, answer_headers, raw = service._dispatch(request)
    except NotImplementedError:
        raise unknown_operation(target.rpartition(".")[2]) from None
    answer = json.loads(raw) if raw else {}
    if int(status) >= 400:
        code = str(answer.get("__type", "InternalFailure")).rsplit("#", 1)[-1]
        message = str(answer.get("message") or answer.get("Message") or "")
        query_error = answer_headers.get("x-amzn-query-error")
        raise AwsError(code, message, int(status), query_error)
    return dict(answer)
