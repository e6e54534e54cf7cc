"""Reads the times in the names of a Brightspace download, which follow the user's language.

The month may come before the day or after it, and the clock may have 12 or 24 hours.
"""

import re
from contextlib import suppress
from datetime import datetime

from autograder.gradebook.keys import comparable

_TIME = re.compile(
    r"(?:(?P<month>\w+)\.? (?P<day>\d+)|(?P<day_first>\d+)\.? (?:de )?(?P<month_last>\w+)\.?),?"
    r"(?: de)? (?P<year>\d{4}),? (?P<hour>\d{1,2}?)[:.]?(?P<minute>\d{2})"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
)
_MONTHS = (
    "jan january januar janvier enero janeiro januari janv ene",
    "feb february februar février febrero fevereiro februari févr fev",
    "mar march märz mars marzo março maart mär mrt",
    "apr april avril abril avr abr",
    "may mai mayo maio mei maj",
    "jun june juni juin junio junho",
    "jul july juli juillet julio julho juil",
    "aug august août agosto augustus augusti ago",
    "sep sept september septembre septiembre setembro set",
    "oct october oktober octobre octubre outubro okt out",
    "nov november novembre noviembre novembro",
    "dec december dezember décembre diciembre dezembro dez déc dic",
)
"""The months in languages of Brightspace: English, German, French, Spanish, Portuguese, Dutch,
Swedish."""


def brightspace_time(text: str) -> datetime | None:
    """Read `Dec 1, 2026 1015 AM` or `1 December, 2026 2215`; None if the month is unknown."""
    found = _TIME.fullmatch(comparable(text))
    if found is None:
        return None
    word = found["month"] or found["month_last"]
    month = next((at for at, words in enumerate(_MONTHS, 1) if word in words.split()), 0)
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] == "p") if hour <= 12 else 24
    with suppress(ValueError):  # no such month, day or hour
        day = int(found["day"] or found["day_first"])
        return datetime(int(found["year"]), month, day, hour, int(found["minute"]))
    return None
