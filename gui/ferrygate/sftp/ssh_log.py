"""The SSH library's log, of which a server may write no more than a share."""

from __future__ import annotations

import logging

LOG_NAME = "ferrygate.ssh"
_BURST = 1 << 16  # characters at once; signing in takes 4,000 at the most talkative level
_PER_SECOND = 100.0  # characters after that, so that five older files last for half a day
_LONGEST = 500  # characters of one record


class FloodFilter(logging.Filter):
    """Cuts records, and drops those of a server that has made many.

    A server chooses how often its banners, debug messages and requests are logged. Without a bound
    it has all older logs rotated away within seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._left = float(_BURST)
        self._at = 0.0
        self._is_full = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the record; returns whether it is to be written."""
        text = record.getMessage()
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]}… ({len(text)} characters)"
        passed = max(0.0, record.created - self._at)
        self._left = min(_BURST, self._left + passed * _PER_SECOND)
        self._at = record.created
        fits = len(text) <= self._left
        if fits:
            self._left -= len(text)
        elif not self._is_full:
            text = "the server has much to be logged; the rest of it is left out"
        write = fits or not self._is_full
        self._is_full = not fits
        record.msg, record.args = text, ()
        return write


def bounded_log() -> str:
    """The name of the log, which is bounded from now on."""
    logger = logging.getLogger(LOG_NAME)
    if not any(isinstance(each, FloodFilter) for each in logger.filters):
        logger.addFilter(FloodFilter())
    return LOG_NAME
