"""Decides when codes are to be corrected for this computer's clock, and when not any more.

A correction was right when the person agreed to it. It is wrong once the clock has been set, and
then every code is refused. So the clocks are compared again when the site is opened, when the
clock was set, and after a refusal.
"""

from __future__ import annotations

from ferrygate.app.presenters.question_views import ConsentView
from ferrygate.common.clock import Clock
from ferrygate.common.i18n import _
from ferrygate.common.text import difference_text
from ferrygate.engine.messages.codes import SkewMeasured
from ferrygate.sites.skew import NOTABLE


class CodeCorrection:
    """Holds by how much codes are corrected, and how this computer's clock was found to be."""

    def __init__(self, clock: Clock) -> None:
        """Begin without a correction; ``clock`` tells when somebody sets it."""
        self._clock = clock
        self._offset = self._wall_offset()
        self._skew: SkewMeasured | None = None
        self.applied = 0

    def apply(self, seconds: int) -> None:
        """Take in another correction; what was measured is answered by it."""
        self.applied = seconds if abs(seconds) > NOTABLE else 0
        self._skew = None

    def measured(self, skew: SkewMeasured) -> None:
        """Take in how the clocks differ."""
        self._skew = skew
        self.applied = skew.applied

    @property
    def wanted(self) -> int:
        """Give the seconds that are offered: 0 where the clock is right, or was not measured."""
        seconds = self._skew.seconds if self._skew is not None else None
        return 0 if seconds is None or abs(seconds) <= NOTABLE else round(seconds)

    def notices_set_clock(self) -> bool:
        """Tell whether this computer's clock was set since the last time; a sleep sets none."""
        before, self._offset = self._offset, self._wall_offset()
        return abs(self._offset - before) > NOTABLE

    def offer(self, *, in_doubt: bool) -> ConsentView | None:
        """Offer what can be done; ``in_doubt`` is a correction that nothing was measured for."""
        seconds = self._skew.seconds if self._skew is not None else None
        if seconds is None:
            if not (self.applied and in_doubt):
                return None
            words = _(
                "Your codes are corrected by {time} for this computer's clock. If the clock is"
                " right by now, stop that."
            )
            return ConsentView(
                words.format(time=difference_text(self.applied)), _("Stop correcting codes")
            )
        if abs(seconds - self.applied) <= NOTABLE:
            return None
        if abs(seconds) <= NOTABLE:
            words = _(
                "This computer's clock is right, but your codes are still corrected by {time}."
                " Servers refuse such codes."
            )
            return ConsentView(
                words.format(time=difference_text(self.applied)), _("Stop correcting codes")
            )
        words = _("This computer's clock is {time} behind. Correct codes for it?")
        if seconds < 0:
            words = _("This computer's clock is {time} ahead. Correct codes for it?")
        return ConsentView(words.format(time=difference_text(seconds)), _("Correct codes"))

    def words_once_applied(self) -> str:
        """Say what codes follow from now on."""
        if self.applied:
            return _("Your codes follow Okta's clock now.")
        return _("Your codes follow this computer's clock again.")

    def _wall_offset(self) -> float:
        clock = self._clock
        return clock.now() - clock.monotonic() - clock.suspended()
