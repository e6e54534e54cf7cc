"""Times in a course file: those without an offset are in the course's time zone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


def zone_named(name: object, mistakes: list[str]) -> ZoneInfo | None:
    """Return a time zone; None if there is no such zone, which is then one more mistake."""
    if not isinstance(name, str):
        return None  # the model says what is wrong
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        pass
    mistakes.append(f"timezone: {name!r} is not a time zone: write one such as 'Europe/Berlin'")
    return None


def in_zone(
    settings: Mapping[str, Any], zone: ZoneInfo, path: tuple[str, ...], mistakes: list[str]
) -> Iterator[tuple[str, Any]]:
    """Give each time its zone, at any depth."""
    for key, value in settings.items():
        here = (*path, key)
        if isinstance(value, datetime):
            yield key, _moment(value, zone, here, mistakes)
        elif isinstance(value, dict):
            yield key, dict(in_zone(value, zone, here, mistakes))
        elif isinstance(value, list):
            yield (
                key,
                [
                    dict(in_zone(element, zone, (*here, str(number)), mistakes))
                    if isinstance(element, dict)
                    else element
                    for number, element in enumerate(value)
                ],
            )
        else:
            yield key, value


def _moment(when: datetime, zone: ZoneInfo, path: tuple[str, ...], mistakes: list[str]) -> datetime:
    """Give a time of a clock its zone; at a change of the clocks it may mean two moments."""
    if when.tzinfo is not None:
        return when
    early, late = when.replace(tzinfo=zone, fold=0), when.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        mistakes.append(
            f"{'.'.join(path)}: the clocks change then: write it with its offset, as"
            f" {early.isoformat()}"
        )
    return early
