"""The log file, and the filter that keeps live secrets out of it."""

from __future__ import annotations

import base64
import binascii
import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote, quote_plus

from ferrygate.common.names import display_text
from ferrygate.common.secret import Secret

MAX_BYTES = 1_000_000
"""Size at which a log file gives way to the next, bytes."""

FILE_NAME = "ferrygate.log"
KEPT_FILES = 5
REMOVED = "[secret]"


class LiveSecrets:
    """The secrets in use now; safe for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: set[Secret] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: Secret) -> None:
        """Take a secret out of every text from now on."""
        with self._lock:
            self._secrets.add(secret)
            self._pattern = _pattern(self._secrets)

    def discard(self, secret: Secret) -> None:
        """The secret is no longer in use."""
        with self._lock:
            self._secrets.discard(secret)
            self._pattern = _pattern(self._secrets)

    def redact(self, text: str) -> str:
        """The text without any live secret, be it in clear, base32, base64, hex or escaped."""
        pattern = self._pattern
        return pattern.sub(REMOVED, text) if pattern else text


class RedactingFilter(logging.Filter):
    """Takes live secrets out of message, arguments, exception and stack of every record."""

    def __init__(self, secrets: LiveSecrets) -> None:
        super().__init__()
        self._secrets = secrets
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace what the record would say by what it may say, on one line."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, LookupError):
            message = f"{record.msg} (its arguments do not fit)"
        record.msg, record.args = display_text(self._secrets.redact(message)), ()
        if record.exc_info:
            record.exc_text = self._formatter.formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self._secrets.redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self._secrets.redact(record.stack_info)
        return True


class _LogFile(RotatingFileHandler):
    """Makes its folder when there is something to write, so that ``--help`` leaves no trace."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super()._open()


def open_log(folder: Path, secrets: LiveSecrets) -> logging.Handler:
    """A handler that writes ``ferrygate.log``, in UTC, and keeps five older files beside it.

    Args:
        folder: made with mode 0700 when missing, once there is something to write.
        secrets: what must not be written.
    """
    handler = _LogFile(
        folder / FILE_NAME,
        maxBytes=MAX_BYTES,
        backupCount=KEPT_FILES,
        encoding="utf-8",
        delay=True,
    )
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s")
    formatter.datefmt = "%Y-%m-%dT%H:%M:%S"
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(RedactingFilter(secrets))
    return handler


@contextmanager
def logging_to(folder: Path, level: int) -> Iterator[LiveSecrets]:
    """Writes the product's log meanwhile; gives the secrets that its filter removes.

    Args:
        folder: where the log goes; made when the first line is written.
        level: the least level that is written.
    """
    live_secrets = LiveSecrets()
    handler = open_log(folder, live_secrets)
    logger = logging.getLogger("ferrygate")
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False  # nothing unfiltered reaches a handler of the root
    try:
        yield live_secrets
    finally:
        logger.removeHandler(handler)
        handler.close()


def _pattern(secrets: set[Secret]) -> re.Pattern[str] | None:
    forms = {form for secret in secrets for form in _forms(secret.reveal()) if form}
    if not forms:
        return None
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


def _forms(text: str) -> Iterator[str]:
    """The ways in which a secret may be written."""
    raw = text.encode("utf-8", "surrogatepass")
    yield from (text, repr(text)[1:-1], ascii(text)[1:-1], repr(raw)[2:-1])
    yield from (quote(raw), quote(raw, safe=""), quote_plus(raw))
    yield from _encoded(raw)
    try:
        key = base64.b32decode(text + "=" * (-len(text) % 8), casefold=True)
    except (ValueError, binascii.Error):
        return
    yield from _encoded(key)


def _encoded(raw: bytes) -> Iterator[str]:
    for encode in (base64.b32encode, base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode("ascii").rstrip("=")
    yield raw.hex()
