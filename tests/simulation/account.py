"""Checks passwords and codes as the simulated server does, and keeps those that it was sent."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret

PASSWORD = Secret("correct horse")
CODE_SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
_LATE_STEPS = 2  # of the past, whose codes are taken as well


class Account:
    """Keeps what it was sent over all connections.

    Attributes:
        steps: the time step of each code that came, in order.
        refusals: what came and was wrong: the reason.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.steps: list[int] = []
        self.refusals: list[str] = []
        self._now = now

    def admits(self, sent: str) -> bool:
        """Tell whether a password joined with a code is right; a code is right once."""
        present = CODE_SECRET.step_at(self._now())
        for step in range(present, present - _LATE_STEPS, -1):
            if sent == PASSWORD.reveal() + CODE_SECRET.code_for_step(step):
                is_used = step in self.steps
                self.steps.append(step)
                if is_used:
                    self.refusals.append(f"the code of step {step} came twice")
                return not is_used
        self.refusals.append("neither a code of now nor the password")
        return False
