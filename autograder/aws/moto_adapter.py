"""moto, as this package uses it: how it is asked, what is replaced in it, which version it is.

moto is pinned to one version (`engine.py`), because the simulated AWS stands on its private
parts. They are gathered here; each function says what breaks when they change and which test tells.
The streams and shards in `autograder.aws.kinesis` are subclasses of moto's models: the tests in
`autograder/conformance` tell when those change. The other tests named are in
`autograder/tests/aws`.
"""

import functools
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import moto.core.responses
import moto.sqs.models
from botocore.model import OperationNotFoundError
from moto.core import utils as moto_utils
from moto.core.common_models import BaseModel
from moto.core.model import Shape
from moto.core.parse import QueryParser
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse
from moto.core.serialize import SerializationContext, SqsQuerySerializer
from moto.kinesis.models import KinesisBackend, Shard
from moto.kinesis.responses import KinesisResponse
from moto.moto_api._internal import mock_random
from moto.sqs.exceptions import EmptyBatchRequest
from moto.sqs.models import Message, SQSBackend
from moto.sqs.responses import SQSResponse

from autograder.aws.clock import AwsClock
from autograder.aws.errors import AwsError, unknown_operation

ACCOUNT = "123456789012"
REGION = "us-east-1"
CALLER_IDENTITY = {
    "UserId": "AKIAIOSFODNN7EXAMPLE",
    "Account": ACCOUNT,
    "Arn": f"arn:aws:sts::{ACCOUNT}:user/moto",
}
"""What moto's STS answers to GetCallerIdentity, so that it is the same on a laptop."""
_sqs_backends = moto.sqs.models.sqs_backends
NAMES_KEPT = 1024
"""Members of all shapes of both services, and some more."""


class _OneRegionResponse(BaseResponse):
    """What moto's services have in common here.

    Private: two methods of `BaseResponse`. If the first is not asked any more, clients of other
    regions find nothing: the attack `asks_for_other_services_and_regions` tells. If the second is
    not, `test_a_message_cannot_slow_down_the_search_for_request_ids` tells.
    """

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


class MotoKinesis(_OneRegionResponse, KinesisResponse):
    """moto's Kinesis operations, on the given backend and in the one region there is."""

    def __init__(self, backend: KinesisBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def kinesis_backend(self) -> KinesisBackend:
        """Give the backend that the simulated AWS owns."""
        return self._backend


class MotoSqs(_OneRegionResponse, SQSResponse):
    """moto's SQS operations, on the given backend and in the one region there is."""

    def __init__(self, backend: SQSBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def sqs_backend(self) -> SQSBackend:
        """Give the backend that the simulated AWS owns."""
        return self._backend

    def delete_message_batch(self) -> ActionResult:
        """Delete messages; moto's own would refuse a batch that names a handle twice.

        Private: the names of moto's parameters. If they change,
        `test_a_batch_deletes_what_it_can` tells.
        """
        entries = self._get_param("Entries", [])
        if not entries:
            raise EmptyBatchRequest("Delete")
        done, failed = self._backend.delete_message_batch(self._get_queue_name(), entries)
        return ActionResult(
            {"Successful": [{"Id": entry_id} for entry_id in done], "Failed": failed}
        )


def ask_moto(
    service: BaseResponse, target: str, host: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    """Have moto do an operation: a new request of checked parameters, an answer as data.

    Private: `BaseResponse._dispatch`. If it changes, every operation that is moto's own fails, and
    with it `test_any_parameters_are_answered`.

    Args:
        service: moto's responses of the service.
        target: The operation, as X-Amz-Target names it.
        host: What the client calls the simulated AWS; the URLs of queues contain it.
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


def parameters_in_form(
    service: str, operation: str, fields: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the parameters in a form, as JSON has them; None if the operation does not exist.

    Private: `QueryParser`. If it changes, `test_a_queue_is_used_by_forms` tells.

    Raises:
        AwsError: The text of a number is something else.
    """
    try:
        model = moto_utils.get_service_model(service).operation_model(operation)
    except OperationNotFoundError:
        return None
    request: Any = {"values": fields}
    try:
        return dict(QueryParser(model, blob_parser=str).parse(request))
    except ValueError:
        raise AwsError("InvalidParameterValue", "A parameter is not a whole number.") from None


class _XmlSerializer(SqsQuerySerializer):
    """Writes answers in XML whose blobs are in base64 already, as in JSON."""

    def _serialize_type_blob(self, serialized: Any, value: Any, shape: Shape, key: str) -> None:
        self._default_serialize(serialized, value, shape, key)


def answer_in_xml(service: str, operation: str, answer: dict[str, Any], request_id: str) -> str:
    """Write an answer as the query protocol does.

    Private: `SqsQuerySerializer`. If it changes, `test_a_queue_is_used_by_forms` tells.
    """
    model = moto_utils.get_service_model(service).operation_model(operation)
    serializer = _XmlSerializer(model, SerializationContext(request_id))
    return str(serializer.serialize(answer)["body"])


def let_queues_find_each_other(backend: SQSBackend) -> None:
    """Let moto find dead-letter queues in this backend, until another is set.

    Private: the name `sqs_backends` in `moto.sqs.models`. If it changes, a RedrivePolicy is
    refused, and `test_messages_go_to_the_dead_letter_queue` tells.
    """
    vars(moto.sqs.models).update(sqs_backends={ACCOUNT: {REGION: backend}})


def follow_clock(clock: AwsClock) -> None:
    """Let moto's queues read this clock instead of the machine's, until another is set.

    Private: `moto.sqs.models` imports the functions by name, so they are replaced there. If it asks
    for the time otherwise, messages stay hidden, and
    `test_a_message_comes_back_after_its_visibility_timeout` tells.
    """

    def unix_time(moment: datetime | None = None) -> float:
        return float(moto_utils.unix_time(moment)) if moment else clock.now()

    def unix_time_millis(moment: datetime | None = None) -> float:
        return float(moto_utils.unix_time_millis(moment)) if moment else clock.now() * 1000

    vars(moto.sqs.models).update(unix_time=unix_time, unix_time_millis=unix_time_millis)


def release_queues() -> None:
    """Give moto's queues the machine's clock and moto's own backends back."""
    vars(moto.sqs.models).update(
        unix_time=moto_utils.unix_time,
        unix_time_millis=moto_utils.unix_time_millis,
        sqs_backends=_sqs_backends,
    )


def start_over() -> None:
    """Let moto draw the same random ids again.

    Feedback may show message ids and receipt handles, and a grade is the same each time.

    Private: `moto.moto_api._internal.mock_random`. If ids come from elsewhere,
    `test_ids_of_messages_are_the_same_after_each_reset` tells.
    """
    mock_random.seed(0)


def forget_models() -> None:
    """Have moto keep no list of every model that was ever made, for a dashboard nobody opens.

    It would hold what a student deleted, and a copy of a message for each time it was received,
    with all its earlier receipt handles.

    Private: `BaseModel.__new__`. If it changes, `test_moto_keeps_nothing_that_was_deleted` tells.
    """

    def make(model: type[BaseModel], *_: Any, **__: Any) -> BaseModel:
        return object.__new__(model)

    BaseModel.__new__ = make  # type: ignore[method-assign,assignment]  # moto's keeps the list


def keep_names() -> None:
    """Let moto split a CamelCase name into words once, not with each message.

    Private: the function's name in two modules. If it changes, requests take longer, and
    `test_moto_splits_a_name_once` tells.
    """
    split = functools.lru_cache(maxsize=NAMES_KEPT)(moto_utils.camelcase_to_underscores)
    for module in (moto.core.responses, moto.sqs.models):
        vars(module).update(camelcase_to_underscores=split)


def shard_number(shard: Shard) -> int:
    """Return a shard's number within its stream.

    Private: `Shard._shard_id`. If it changes, no stream can be made, and every test tells.
    """
    return int(shard._shard_id)


def messages_of(backend: SQSBackend, queue: str) -> list[Message]:
    """Return the messages that a queue holds, those in flight and delayed included.

    Private: `Queue._messages`. If it changes,
    `test_a_message_comes_back_after_its_visibility_timeout` tells.
    """
    return list(backend.queues[queue]._messages)
