"""A grade as data: JSON in ASCII, which nothing in it can break out of."""

import json

from autograder.grading.grade import Grade


def as_json(grade: Grade) -> str:
    """Write a grade as JSON; the strings in it are whole, whatever their length.

    All but ASCII is written as escapes, so that it is inert on a terminal. The one thing that the
    Actions runner would look for in a log, `##[`, can only stand in a string, and is broken there.
    """
    text = json.dumps(grade.model_dump(), indent=2)
    return text.replace("##[", "#\\u0023[") + "\n"
