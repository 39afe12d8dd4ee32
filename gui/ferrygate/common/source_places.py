"""Names the lines of source through which an error came, and logs unforeseen errors."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

_LOG = logging.getLogger(__name__)
_MAX_PLACES = 40  # in a line of the log: what calls itself without end has a thousand
_SOURCES = Path(__file__).parents[2]  # what the package and, once installed, the libraries lie in


def source_places(error: BaseException) -> list[str]:
    """Name the lines from where an error was caught to where it was raised."""
    return [_place(frame) for frame in traceback.extract_tb(error.__traceback__)]


def log_unforeseen(error: BaseException) -> str:
    """Log the type of an error and its way; gives its type and its last place of our own.

    Its text is not used, which may quote secrets.
    """
    name = type(error).__qualname__
    places = source_places(error)
    _LOG.error("unforeseen %s: %s", name, " > ".join(_shortened(places)) or "never raised")
    own = [place for place in places if place.startswith("ferrygate/")]
    return " in ".join([name, *(own or places)[-1:]])


def _shortened(places: list[str]) -> list[str]:
    left_out = len(places) - _MAX_PLACES
    half = _MAX_PLACES // 2
    if left_out <= 0:
        return places
    return [*places[:half], f"({left_out} more)", *places[-half:]]


def _place(frame: traceback.FrameSummary) -> str:
    """Name where a frame is, without the folders that tell whose computer this is."""
    path = Path(frame.filename)
    inside = path.is_relative_to(_SOURCES)
    short = path.relative_to(_SOURCES) if inside else Path(*path.parts[-2:])
    return f"{short.as_posix()}:{frame.lineno} ({frame.name})"
