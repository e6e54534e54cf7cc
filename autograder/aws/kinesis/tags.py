"""Tags of streams and consumers, by a stream's name or by any ARN."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograder.aws.errors import invalid_argument
from autograder.aws.kinesis.streams import FaithfulBackend, StreamConsumer

MAX_TAGS = 50
LIST_PAGE = 50
"""Tags in one answer, unless the request has a Limit."""
_NOT_IN_A_TAG = re.compile(r"[^\w .:/=+@-]")

Parameters = dict[str, Any]
Answer = dict[str, Any]


class Tagging:
    """Answers the requests that concern tags.

    Args:
        backend: Where the streams are.
        find_consumer: Finds a consumer by its ARN, or raises an AwsError.
    """

    def __init__(
        self, backend: FaithfulBackend, find_consumer: Callable[[str], StreamConsumer]
    ) -> None:
        self._backend = backend
        self._find_consumer = find_consumer
        self.operations: Mapping[str, Callable[[Parameters], Answer]] = {
            "AddTagsToStream": self._add,
            "ListTagsForResource": self._list_all,
            "ListTagsForStream": self._list_page,
            "RemoveTagsFromStream": self._remove,
            "TagResource": self._add,
            "UntagResource": self._remove,
        }
        """What does each operation."""

    def _tags_of(self, parameters: Parameters) -> dict[str, str]:
        """Return the tags of the resource that a request names, to be changed."""
        arn = parameters.get("ResourceARN")
        if arn is None:
            return self._backend.named_stream(parameters).tags
        if "/consumer/" in arn:
            return self._find_consumer(arn).tags
        return self._backend.describe_stream(arn, None).tags

    def _add(self, parameters: Parameters) -> Answer:
        tags, added = self._tags_of(parameters), parameters["Tags"]
        check_tags(tags | added)
        tags.update(added)
        return {}

    def _remove(self, parameters: Parameters) -> Answer:
        tags = self._tags_of(parameters)
        _check_characters(parameters["TagKeys"])
        for key in parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    def _list_all(self, parameters: Parameters) -> Answer:
        return {"Tags": _listed(self._tags_of(parameters))}

    def _list_page(self, parameters: Parameters) -> Answer:
        start = parameters.get("ExclusiveStartTagKey", "")
        tags = [tag for tag in _listed(self._tags_of(parameters)) if tag["Key"] > start]
        size = parameters.get("Limit", LIST_PAGE)
        return {"Tags": tags[:size], "HasMoreTags": len(tags) > size}


def check_tags(tags: Mapping[str, str]) -> None:
    """Check that a stream may have all these tags.

    Source: TagResource, Tags, and Developer Guide, "Tag restrictions"; for the errors, kinesalite's
    tests, recorded on AWS.

    Raises:
        AwsError: They are too many, have other characters, or are AWS's own.
    """
    _check_characters([*tags, *tags.values()])
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid_argument("The keys of tags cannot begin with aws:, which AWS uses itself.")
    if len(tags) > MAX_TAGS:
        raise invalid_argument(f"A resource cannot have more than {MAX_TAGS} tags.")


def _check_characters(texts: Iterable[str]) -> None:
    if any(_NOT_IN_A_TAG.search(text) for text in texts):
        raise invalid_argument(
            "Some tags contain invalid characters. Valid characters: Unicode letters, digits, "
            "white space, _ . : / = + - @."
        )


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
