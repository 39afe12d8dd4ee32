"""The SSH library's log, of which a server may write no more than a share."""

from __future__ import annotations

import logging

LOG_NAME = "ferrygate.ssh"
_MAX_CHARACTERS_AT_ONCE = 1 << 16  # signing in takes 4,000 at the most talkative level
_CHARACTERS_PER_SECOND = 100.0  # after that, so that five older files last for half a day
_MAX_RECORD_CHARACTERS = 500


class FloodFilter(logging.Filter):
    """Cuts records, and drops those of a server that has made many.

    A server chooses how often its banners, debug messages and requests are logged. Without a bound
    it has all older logs rotated away within seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._left = float(_MAX_CHARACTERS_AT_ONCE)
        self._at = 0.0
        self._is_full = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the record; returns whether it is to be written."""
        text = record.getMessage()
        if len(text) > _MAX_RECORD_CHARACTERS:
            text = f"{text[:_MAX_RECORD_CHARACTERS]}… ({len(text)} characters)"
        passed = max(0.0, record.created - self._at)
        self._left = min(_MAX_CHARACTERS_AT_ONCE, self._left + passed * _CHARACTERS_PER_SECOND)
        self._at = record.created
        if self._is_full and self._left < _MAX_CHARACTERS_AT_ONCE / 2:
            return False
        self._is_full = len(text) > self._left
        if self._is_full:
            text = "the server has much to be logged; for some minutes the rest is left out"
        else:
            self._left -= len(text)
        record.msg, record.args = text, ()
        return True


def bounded_log() -> str:
    """Bound the library's log; returns the log's name."""
    logger = logging.getLogger(LOG_NAME)
    if not any(isinstance(each, FloodFilter) for each in logger.filters):
        logger.addFilter(FloodFilter())
    return LOG_NAME
