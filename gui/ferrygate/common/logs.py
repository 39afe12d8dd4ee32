"""Writes the log file, and keeps secrets in use out of it."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote, quote_plus

from ferrygate.common.display import display_text
from ferrygate.common.secret import Secret

MAX_BYTES = 1_000_000
"""Size at which a log file gives way to the next, bytes."""

PACKAGE = "ferrygate"
FILE_NAME = "ferrygate.log"
KEPT_FILES = 5  # older logs, of ``MAX_BYTES`` each, beside the one in use
REMOVED = "[secret]"
WITHHELD = "[withheld: a secret may stand in it]"
RECENT_LINES = 200
"""Lines of the log that support is sent."""

_EARLIER_BYTES = 1 << 16  # of an older run's log that are looked at; 200 lines have some 30 KiB
_MAX_LINE = 2000  # characters of a line that support is sent
_SHORT = 4  # characters; shorter words occur in any text, where gaps would give them away


# As a library Ferrygate prints nothing: without a handler of its own, Python would print warnings
# and errors of the SSH library on the standard error of the program that uses it.
logging.getLogger(PACKAGE).addHandler(logging.NullHandler())


class LiveSecrets:
    """Holds the secrets in use now; safe for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: dict[Secret, None] = {}  # in the order they came
        self._pattern: re.Pattern[str] | None = None
        self._short: re.Pattern[str] | None = None

    def add(self, secret: Secret) -> None:
        """Take a secret out of every text from now on."""
        with self._lock:
            self._secrets[secret] = None
            self._look_for(self._secrets)

    def discard(self, secret: Secret) -> None:
        """Stop redacting a secret, which is no longer in use."""
        with self._lock:
            self._secrets.pop(secret, None)
            self._look_for(self._secrets)

    def redact(self, text: str) -> str:
        """Take every live secret out of a text, be it in clear, base32, base64, hex or escaped.

        A text in which a very short one is a word of its own is withheld whole.
        """
        pattern, short = self._pattern, self._short
        if short and short.search(text):
            return WITHHELD
        return pattern.sub(REMOVED, text) if pattern else text

    def _look_for(self, secrets: Iterable[Secret]) -> None:
        short, long = set[str](), set[str]()
        for secret in secrets:
            text = secret.reveal()
            for form in filter(None, _forms(text)):
                is_short = min(len(text), len(form)) < _SHORT
                (short if is_short else long).add(form)
        self._pattern = _any_of(long)
        self._short = _any_of(short, before=r"(?<!\w)", after=r"(?!\w)")


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
        if WITHHELD in (record.msg, record.exc_text, record.stack_info):
            record.msg, record.exc_text, record.stack_info = WITHHELD, None, None
        return True


class LogFile(RotatingFileHandler):
    """Makes its folder when there is something to write, so that ``--help`` leaves no trace.

    Each run, and each file that is begun within it, starts with a line that says what runs. A log
    that cannot be written stops nothing and says nothing: a command that needs the folder for more
    says what is wrong with it.
    """

    about: Callable[[], str] = staticmethod(lambda: "")

    def __init__(self, path: Path, secrets: LiveSecrets) -> None:
        """Begin without a file; ``secrets`` are what must not be written."""
        self._earlier: tuple[str, ...] | None = None  # lines of older runs, once they were read
        self._recent: deque[logging.LogRecord] = deque(maxlen=RECENT_LINES)
        self._secrets = secrets
        super().__init__(
            path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
        )
        self.addFilter(RedactingFilter(secrets))

    def redact(self, text: str) -> str:
        """Take every live secret out of a text."""
        return self._secrets.redact(text)

    def recent_lines(self) -> tuple[str, ...]:
        """Return the last lines, at most ``RECENT_LINES``: this run's, and before them older ones.

        They come from memory, so that the window may ask at any time.
        """
        self.acquire()
        try:
            records = tuple(self._recent)
        finally:
            self.release()
        lines = [line for record in records for line in self.format(record).splitlines()]
        return tuple(line[:_MAX_LINE] for line in (*(self._earlier or ()), *lines)[-RECENT_LINES:])

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, and keep it for support: also one that cannot be written."""
        self._recent.append(record)
        super().emit(record)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._earlier is None:
            self._earlier = _last_lines(Path(self.baseFilename))
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stream = TextIOWrapper(
            FileIO(descriptor, self.mode), encoding=self.encoding, write_through=True
        )
        if about := self.about():
            head = logging.makeLogRecord(
                {"name": PACKAGE, "levelname": logging.getLevelName(logging.INFO), "msg": about}
            )
            stream.write(f"{self.format(head)}\n")
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """Print no traceback on standard error, which is the person's."""


def open_log(
    folder: Path, secrets: LiveSecrets, about: Callable[[], str] = lambda: ""
) -> logging.Handler:
    """Make a handler that writes ``ferrygate.log``, in UTC, and keeps five older files.

    Args:
        folder: made with mode 0700 when missing, once there is something to write.
        secrets: what must not be written.
        about: says what runs, once there is something to write.
    """
    handler = LogFile(folder / FILE_NAME, secrets)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s")
    formatter.datefmt = "%Y-%m-%dT%H:%M:%S"
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.about = about
    return handler


def log_in_use() -> LogFile | None:
    """Return the log that this program writes; none where it writes none, as a library."""
    handlers = logging.getLogger(PACKAGE).handlers
    return next((each for each in handlers if isinstance(each, LogFile)), None)


@contextmanager
def logging_to(
    folder: Path, level: int, about: Callable[[], str] = lambda: ""
) -> Iterator[LiveSecrets]:
    """Writes the product's log meanwhile; gives the secrets that its filter removes.

    Args:
        folder: where the log goes; made when the first line is written.
        level: the least level that is written.
        about: says what runs, in the first line.
    """
    live_secrets = LiveSecrets()
    handler = open_log(folder, live_secrets, about)
    logger = logging.getLogger(PACKAGE)
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False  # nothing unfiltered reaches a handler of the root
    try:
        yield live_secrets
    finally:
        logger.removeHandler(handler)
        handler.close()


def _last_lines(path: Path) -> tuple[str, ...]:
    """Read the last lines of a log, but for one that is not read from its beginning."""
    try:
        with path.open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - _EARLIER_BYTES)
            file.seek(start)
            lines = file.read(_EARLIER_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:  # none was written yet, or nobody may read it
        return ()
    return tuple(map(display_text, lines[1 if start else 0 :][-RECENT_LINES:]))


def _any_of(forms: set[str], before: str = "", after: str = "") -> re.Pattern[str] | None:
    if not forms:
        return None
    longest_first = sorted(sorted(forms), key=len, reverse=True)
    words = "|".join(map(re.escape, longest_first))
    return re.compile(f"{before}(?:{words}){after}", re.IGNORECASE)


def _forms(text: str) -> Iterator[str]:
    """Return the ways in which a secret may be written."""
    raw = text.encode("utf-8", "surrogatepass")
    yield from (text, repr(text)[1:-1], ascii(text)[1:-1], repr(raw)[2:-1])
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
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
    yield from (quote(raw), quote(raw, safe=""), quote_plus(raw))
    yield "".join(f"%{byte:02x}" for byte in raw)
