"""Decides what the code card shows: digits, seconds, the ring, the copy."""

from __future__ import annotations

import math
from enum import Enum

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.session_words import seconds_until
from ferrygate.codes.totp import LiveCode
from ferrygate.common.clock import Clock
from ferrygate.common.i18n import _
from ferrygate.engine.messages.codes import CodeAwaited, CodeChanged, CodeGivenOut, ShowCode
from ferrygate.engine.messages.event import Done, Event, Failed

AMBER_SECONDS = 7
RED_SECONDS = 3
TOAST_SECONDS = 5.0
"""Seconds for which a copy is told of."""


class Level(Enum):
    """Tells how near the end of the code's life is."""

    CALM = "accent"
    SOON = "amber"
    LAST = "red"


class CodeView(msgspec.Struct, frozen=True, kw_only=True):
    """The code card.

    Attributes:
        digits: the code in two groups; empty where there is none.
        next_digits: the code after it.
        seconds: whole seconds left.
        fraction: life left, 0 to 1.
        level: colour of the ring.
        caption: the words above the digits.
        spent: the code was used, the digits are shown as gone.
    """

    digits: str = ""
    next_digits: str = ""
    seconds: int = 0
    fraction: float = 0.0
    level: Level = Level.CALM
    caption: str = ""
    spent: bool = False


class GivenOutCode(msgspec.Struct, frozen=True):
    """A code for the clipboard, and the moment it dies (seconds since the epoch)."""

    digits: str
    valid_until: float

    def __repr__(self) -> str:
        return f"GivenOutCode(valid_until={self.valid_until})"


def grouped(digits: str) -> str:
    """Group a code the way people read it: ``123 456``, ``1234 567``, ``1234 5678``."""
    half = math.ceil(len(digits) / 2)
    return f"{digits[:half]} {digits[half:]}"


class CodePresenter(Observable):
    """Shows the engine's code against the clock and hands a copy out on request."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._code: LiveCode | None = None
        self._spent = False
        self._asked: int | None = None
        self._awaited: float | None = None
        self._copied_at = 0.0
        self.given_out: GivenOutCode | None = None

    @property
    def view(self) -> CodeView:
        """Describe the card at this moment."""
        if self._code is None:
            return CodeView()
        left = self._code.seconds_left(self._clock.now())
        seconds = math.ceil(left)
        return CodeView(
            digits=grouped(self._code.code),
            next_digits=grouped(self._code.next_code),
            seconds=seconds,
            fraction=min(1.0, left / self._code.period),
            level=_level(seconds),
            caption=self._caption(),
            spent=self._spent,
        )

    @property
    def toast(self) -> str:
        """Return the word on a copy that was just made, or none."""
        now = self._clock.now()
        if self.given_out is None or now >= self._copied_at + TOAST_SECONDS:
            return ""
        left = seconds_until(self.given_out.valid_until, now)
        return _("Copied. Cleared in {seconds} s").format(seconds=left)

    def copy(self) -> None:
        """Ask the engine for a code to use elsewhere, once."""
        if self._asked is None and self._code is not None:
            self._asked = self._outbox.ask(ShowCode)
            self._changed()

    def tick(self) -> None:
        """Render anew, as the wall clock has entered another second."""
        if self.given_out and self._clock.now() >= self.given_out.valid_until:
            self.given_out = None
        self._changed()

    def handle(self, event: Event) -> None:
        """Take in what the engine says about codes."""
        match event:
            case CodeChanged():
                self._code, self._spent = event.code, event.spent
            case CodeGivenOut(request=request) if request == self._asked:
                self.given_out = GivenOutCode(event.code.code, event.code.valid_until)
                self._copied_at = self._clock.now()
            case CodeAwaited(request=request) if request == self._asked:
                self._awaited = event.until
            case Done(request=request) | Failed(request=request) if request == self._asked:
                self._asked = self._awaited = None
            case _:
                return
        self._changed()

    def _caption(self) -> str:
        if self._asked is not None:
            left = seconds_until(self._awaited, self._clock.now())
            return _("New code in {seconds} s").format(seconds=left) if left else _("Copying")
        if self.given_out is not None:
            return _("Copied")
        return _("Already used") if self._spent else _("Your code")


def _level(seconds: int) -> Level:
    if seconds <= RED_SECONDS:
        return Level.LAST
    return Level.SOON if seconds <= AMBER_SECONDS else Level.CALM
