"""Sizes, times, durations and lists as text in a given language."""

from __future__ import annotations

import gettext
import math
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Protocol

LOCALE = "en_GB"
"""Babel's name of the language that the sentences are in."""

_UNITS = (("KB", 0), ("MB", 1), ("GB", 2), ("TB", 2))
_STEP = 1000  # from one unit to the next, as file managers count
_MINUTE, _HOUR, _DAY = 60, 3600, 86400  # seconds
_MANY = 10  # minutes
_HALF_MINUTES_BELOW_SECONDS = 180  # an estimate tells of half minutes below that


class Translation(Protocol):
    """Describes the part of :class:`gettext.NullTranslations` that is used."""

    def gettext(self, message: str, /) -> str:
        """Translate a template."""
        ...

    def ngettext(self, singular: str, plural: str, count: int, /) -> str:
        """Translate the template that fits a count."""
        ...


ENGLISH: Translation = gettext.NullTranslations()
"""The language of the templates themselves."""


def size(size: int, words: Translation) -> str:
    """Write a size in bytes in decimal units, such as ``18.4 MB``."""
    if size < _STEP:
        return words.ngettext("{number} byte", "{number} bytes", size).format(number=size)
    value = float(size)
    for unit, places in _UNITS:
        value /= _STEP
        if round(value, places) < _STEP or unit == _UNITS[-1][0]:
            # As Babel has it for British English, but without the 20 ms that it loads.
            return f"{round(value, places):,.{places}f} {unit}"
    raise AssertionError


def duration(seconds: float, words: Translation) -> str:
    """Write a time in one or two units, such as ``8 s``, ``2 min`` or ``1 h 5 min``; rounded up."""
    whole = max(1, math.ceil(seconds))
    minutes, hours = math.ceil(whole / _MINUTE), math.ceil(whole / _HOUR)
    if whole < _MINUTE:
        return words.gettext("{seconds} s").format(seconds=whole)
    if minutes * _MINUTE < _HOUR:
        return words.gettext("{minutes} min").format(minutes=minutes)
    if minutes * _MINUTE < _DAY:
        both, alone = words.gettext("{first} h {second} min"), words.gettext("{first} h")
        return _two(both, alone, divmod(minutes, 60))
    both, alone = words.gettext("{first} d {second} h"), words.gettext("{first} d")
    return _two(both, alone, divmod(hours, 24))


def remaining(seconds: float, words: Translation) -> str:
    """Write an estimate of the time left, such as ``8 s``, ``1 min 30 s`` or ``2 h 5 min``.

    To the nearest second, half minute, minute or hour: an estimate that is rounded up doubles the
    61 seconds that it tells of as two minutes.
    """
    for below, step in ((_MINUTE, 1), (_HALF_MINUTES_BELOW_SECONDS, _MINUTE // 2), (_DAY, _MINUTE)):
        whole = max(1, math.floor(seconds / step + 0.5) * step)
        if whole < below:
            break
    else:
        whole = math.floor(seconds / _HOUR + 0.5) * _HOUR
    if _MINUTE <= whole < _HALF_MINUTES_BELOW_SECONDS:
        both, alone = words.gettext("{first} min {second} s"), words.gettext("{first} min")
        return _two(both, alone, divmod(whole, _MINUTE))
    return duration(whole, words)


def number(count: int) -> str:
    """Write a count with its thousands apart, such as ``2,000``."""
    return f"{count:,}"  # as Babel has it for British English, see above


def difference(seconds: float, words: Translation) -> str:
    """Write by how much two times differ, such as ``45 s``, ``3 min`` or ``2 min 30 s``.

    To the nearest, unlike a time to wait: 180.4 s are three minutes. Within a sixth of a minute of
    whole ones the seconds are left out, and from ten minutes on.
    """
    whole = round(abs(seconds))
    if whole < _MINUTE:
        return words.gettext("{seconds} s").format(seconds=whole)
    minutes = round(whole / _MINUTE)
    off = whole - minutes * _MINUTE
    if minutes >= _MANY or abs(off) <= _MINUTE // 6:
        return duration(minutes * _MINUTE, words)
    both, alone = words.gettext("{first} min {second} s"), words.gettext("{first} min")
    return _two(both, alone, divmod(whole, _MINUTE))


def time_of_day(timestamp: float, timezone: tzinfo | None = None) -> str:
    """Write a time of day, such as ``09:12``.

    Args:
        timestamp: seconds since the epoch.
        timezone: the zone to show it in; the computer's where left out.
    """
    from babel.dates import format_time  # noqa: PLC0415  slow, and most commands tell no time

    return format_time(local(timestamp, timezone).time(), "short", locale=LOCALE)


def local(timestamp: float, timezone: tzinfo | None) -> datetime:
    """Return a moment as a date and time in a zone, the computer's where that is ``None``."""
    return datetime.fromtimestamp(timestamp, UTC).astimezone(timezone)


def listed(parts: Sequence[str], words: Translation) -> str:
    """Join parts of a sentence: ``a``, ``a and b``, ``a, b and c``."""
    if not parts[1:]:
        return "".join(parts)
    both = words.gettext("{first} and {last}")
    return both.format(first=", ".join(parts[:-1]), last=parts[-1])


def _two(both: str, alone: str, numbers: tuple[int, int]) -> str:
    first, second = numbers
    return both.format(first=first, second=second) if second else alone.format(first=first)
