"""Sizes, times and durations as text for people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from ferrygate.common.i18n import _, ngettext

_LOCALE = "en_GB"  # Babel's name of the language that the sentences are in

_UNITS = (("KB", 0), ("MB", 1), ("GB", 2), ("TB", 2))
_STEP = 1000
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MANY = 10  # minutes


def size_text(size: int) -> str:
    """A size of so many bytes in decimal units, such as ``18.4 MB``."""
    if size < _STEP:
        return ngettext("{number} byte", "{number} bytes", size).format(number=size)
    value = float(size)
    for unit, places in _UNITS:
        value /= _STEP
        if round(value, places) < _STEP or unit == _UNITS[-1][0]:
            # As Babel has it for the language above, but without the 20 ms that it loads.
            return f"{round(value, places):,.{places}f} {unit}"
    raise AssertionError


def duration_text(seconds: float) -> str:
    """A duration in one or two units, such as ``8 s``, ``2 min`` or ``1 h 5 min``; rounded up."""
    whole = max(1, math.ceil(seconds))
    minutes, hours = math.ceil(whole / _MINUTE), math.ceil(whole / _HOUR)
    if whole < _MINUTE:
        return _("{seconds} s").format(seconds=whole)
    if minutes * _MINUTE < _HOUR:
        return _("{minutes} min").format(minutes=minutes)
    if minutes * _MINUTE < _DAY:
        return _two(_("{first} h {second} min"), _("{first} h"), divmod(minutes, 60))
    return _two(_("{first} d {second} h"), _("{first} d"), divmod(hours, 24))


def difference_text(seconds: float) -> str:
    """By how much two times differ, such as ``45 s``, ``3 min`` or ``2 min 30 s``.

    To the nearest, unlike a time to wait: 180.4 s are three minutes. Within a sixth of a minute of
    whole ones the seconds are left out, and from ten minutes on.
    """
    whole = round(abs(seconds))
    if whole < _MINUTE:
        return _("{seconds} s").format(seconds=whole)
    minutes = round(whole / _MINUTE)
    off = whole - minutes * _MINUTE
    if minutes >= _MANY or abs(off) <= _MINUTE // 6:
        return duration_text(minutes * _MINUTE)
    return _two(_("{first} min {second} s"), _("{first} min"), divmod(whole, _MINUTE))


def time_text(timestamp: float, timezone: tzinfo | None = None) -> str:
    """A time of day, such as ``09:12``.

    Args:
        timestamp: seconds since the epoch.
        timezone: the zone to show it in; the computer's where left out.
    """
    from babel.dates import format_time  # noqa: PLC0415  slow, and most commands tell no time

    return format_time(_local(timestamp, timezone).time(), "short", locale=_LOCALE)


def list_text(parts: Sequence[str]) -> str:
    """Join parts of a sentence: ``a``, ``a and b``, ``a, b and c``."""
    if not parts[1:]:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def server_says(words: str) -> str:
    """Quote a server's own words, which are clean already."""
    return _("The server says: “{words}”").format(words=words)


def late_text(count: int, time: str, *, delivered: bool) -> str:
    """Say when files are asked about again, which a part of a lost connection may still replace.

    Args:
        count: how many there are.
        time: as :func:`time_text` gives it.
        delivered: all of them are; else some may not be sent before.
    """
    if not delivered:
        text = ngettext(
            "{count} file is sent again at {time}, because the line was lost.",
            "{count} files are sent, or asked again about, at {time}, because the line was lost.",
            count,
        )
    else:
        text = ngettext(
            "Delivered; asked again at {time}, because the line was lost.",
            "{count} files delivered; asked again at {time}, because the line was lost.",
            count,
        )
    return text.format(count=count, time=time)


def modified_text(timestamp: float, now: float, timezone: tzinfo | None = None) -> str:
    """When something was changed: ``Today 09:12``, ``Yesterday 16:20`` or ``14 Nov 2026``.

    Args:
        timestamp: seconds since the epoch.
        now: seconds since the epoch.
        timezone: the zone to show it in; the computer's where left out.
    """
    day, today = _local(timestamp, timezone).date(), _local(now, timezone).date()
    if day == today:
        return _("Today {time}").format(time=time_text(timestamp, timezone))
    if day == today - timedelta(days=1):
        return _("Yesterday {time}").format(time=time_text(timestamp, timezone))
    from babel.dates import format_date  # noqa: PLC0415  as above

    return format_date(day, "medium", locale=_LOCALE)


def _two(both: str, alone: str, numbers: tuple[int, int]) -> str:
    first, second = numbers
    return both.format(first=first, second=second) if second else alone.format(first=first)


def _local(timestamp: float, timezone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC).astimezone(timezone)
