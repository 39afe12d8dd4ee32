"""Sizes, times and durations as text for people."""

from __future__ import annotations

from datetime import timedelta, tzinfo

from ferrygate.common import quantities
from ferrygate.common.i18n import _, ngettext, translation


def size_text(size: int) -> str:
    """Write a size in bytes in decimal units, such as ``18.4 MB``."""
    return quantities.size(size, translation())


def duration_text(seconds: float) -> str:
    """Write a time in one or two units, such as ``8 s``, ``2 min`` or ``1 h 5 min``; rounded up."""
    return quantities.duration(seconds, translation())


def remaining_text(seconds: float) -> str:
    """Write an estimate of the time left, such as ``1 min 30 s``; to the nearest."""
    return quantities.remaining(seconds, translation())


def number_text(count: int) -> str:
    """Write a count with its thousands apart, such as ``2,000``."""
    return quantities.number(count)


def difference_text(seconds: float) -> str:
    """Write by how much two times differ, such as ``45 s``, ``3 min`` or ``2 min 30 s``."""
    return quantities.difference(seconds, translation())


def time_text(timestamp: float) -> str:
    """Write a time of day on this computer's clock, such as ``09:12``; seconds since the epoch."""
    return quantities.time_of_day(timestamp)


def load_formats(now: float) -> None:
    """Load what times and dates are written with, 40 ms, before the first of them is wanted."""
    time_text(now)
    modified_text(now, now + timedelta(days=2).total_seconds())


def server_says(words: str) -> str:
    """Quote a server's own words, which are clean already."""
    return _("The server says: “{words}”").format(words=words)


def modified_text(timestamp: float, now: float, timezone: tzinfo | None = None) -> str:
    """Tell when a file was changed: ``Today 09:12``, ``Yesterday 16:20`` or ``14 Nov 2026``.

    Args:
        timestamp: seconds since the epoch.
        now: seconds since the epoch.
        timezone: the zone to show it in; the computer's where left out.
    """
    day, today = (
        quantities.local(timestamp, timezone).date(),
        quantities.local(now, timezone).date(),
    )
    if day == today:
        return _("Today {time}").format(time=quantities.time_of_day(timestamp, timezone))
    if day == today - timedelta(days=1):
        return _("Yesterday {time}").format(time=quantities.time_of_day(timestamp, timezone))
    from babel.dates import format_date  # noqa: PLC0415  as above

    return format_date(day, "medium", locale=quantities.LOCALE)


def size_and_time_text(
    size: int | None,
    modified: float | None,
    now: float,
    *,
    beside: int | None = None,
    timezone: tzinfo | None = None,
) -> str:
    """Write what is known of a file, such as ``4.1 MB, 14 Nov 2026 09:12``.

    Args:
        size: bytes; ``None`` where not known.
        modified: seconds since the epoch; ``None`` or 0 where not known.
        now: seconds since the epoch.
        beside: the size of a file that it is compared with: where both would read the same and
            differ, all their bytes are written.
        timezone: the zone to show the time in; the computer's where left out.
    """
    parts = []
    if size is not None:
        is_alike = beside not in {None, size} and size_text(beside or 0) == size_text(size)
        bytes_text = ngettext("{count} byte", "{count} bytes", size).format(count=number_text(size))
        parts.append(bytes_text if is_alike else size_text(size))
    if modified:
        day = modified_text(modified, now, timezone)
        time = quantities.time_of_day(modified, timezone)
        parts.append(day if time in day else f"{day} {time}")
    return ", ".join(parts) or _("not known")
