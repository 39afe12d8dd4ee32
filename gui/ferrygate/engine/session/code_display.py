"""Announces the code to show, when it changes and when it is spent."""

from __future__ import annotations

import math
from collections.abc import Callable

from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.clock import Clock
from ferrygate.common.errors import SettingsError
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.sign_in.ledger import Ledger

_POLL_SECONDS = 0.2  # between two looks into the ledger, which lies on a disk


class CodeDisplay:
    """Knows the code that is shown. Owned by the engine's thread."""

    def __init__(self, ledger: Ledger, clock: Clock, emit: Callable[[CodeChanged], None]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._emit = emit
        self._secret: CodeSecret | None = None
        self._shown: tuple[int, bool] | None = None
        self._looked = -math.inf

    def show(self, secret: CodeSecret | None) -> None:
        """Show the codes of this secret from now on; none at all for ``None``."""
        if secret is None and self._secret is not None:
            self._emit(CodeChanged(None))
        self._secret = secret
        self._shown = None
        self.refresh(at_once=True)

    def refresh(self, *, at_once: bool = False) -> None:
        """Announce the code if it is another one now, or was spent meanwhile."""
        recently = self._clock.monotonic() - self._looked < _POLL_SECONDS
        if self._secret is None or (recently and not at_once):
            return
        self._looked = self._clock.monotonic()
        now = self._clock.now()
        step = self._secret.step_at(now)
        shown = (step, self._is_spent(self._secret, step))
        if shown != self._shown:
            self._shown = shown
            self._emit(CodeChanged(live_code(self._secret, now), spent=shown[1]))

    def _is_spent(self, secret: CodeSecret, step: int) -> bool:
        """Tell whether a code has left; where nobody can tell, it must not be used either."""
        try:
            return self._ledger.is_claimed(secret, step)
        except SettingsError:
            return True

    def seconds_to_change(self) -> float:
        """Return the seconds until the code changes; infinite if there is no code."""
        if self._secret is None:
            return math.inf
        now = self._clock.now()
        return self._secret.start_of(self._secret.step_at(now) + 1) - now
