"""Makes time-based one-time passwords (RFC 6238) from an injected time."""

from __future__ import annotations

from typing import Any

import msgspec

from ferrygate.common.secret import Secret

ALGORITHMS = ("SHA1", "SHA256", "SHA512")
DIGITS = range(6, 9)
PERIODS = range(1, 86_401)
"""Seconds that a code may live: a day at most, which no server reaches."""


class CodeSecret(msgspec.Struct, frozen=True, kw_only=True):
    """Holds a TOTP secret with the parameters it was enrolled with.

    Attributes:
        key: the shared key in base32 (RFC 4648), upper case, without padding.
        digits: length of a code, 6 to 8.
        period: life of a code, seconds; of :data:`PERIODS`.
        algorithm: ``SHA1``, ``SHA256`` or ``SHA512``.
        issuer: who issued it, for display; may be empty.
        label: the account as the issuer named it, for display; may be empty.
        epoch: T0 of RFC 6238 §4.1, at which step 0 began, by this computer's clock. 0 where that
            clock is right; where it is 45 s behind the server's, -45.
    """

    key: Secret
    digits: int = 6
    period: int = 30
    algorithm: str = "SHA1"
    issuer: str = ""
    label: str = ""
    epoch: int = 0

    def step_at(self, now: float) -> int:
        """Return the time step T of RFC 6238 §4.2 for ``now`` (seconds since 1970)."""
        return int((now - self.epoch) // self.period)

    def start_of(self, step: int) -> float:
        """Return the beginning of a time step, seconds since 1970."""
        return float(self.epoch + step * self.period)

    def code_for_step(self, step: int) -> str:
        """Make the code of one time step, with leading zeros (RFC 4226 §5.3).

        Raises:
            CodeSecretError: the step lies before the first, or the key is no base32.
        """
        from ferrygate.codes.hotp import one_time_password  # noqa: PLC0415  what makes no code loads no pyotp

        return one_time_password(self.key, step, algorithm=self.algorithm, digits=self.digits)


class LiveCode(msgspec.Struct, frozen=True):
    """Holds the code that is valid now, and the next one.

    Attributes:
        code: digits only.
        next_code: the code of the following step.
        valid_until: seconds since the epoch at which ``code`` gives way to ``next_code``.
        period: life of a code, seconds.
    """

    code: str
    next_code: str
    valid_until: float
    period: int

    def __repr__(self) -> str:
        return f"LiveCode(valid_until={self.valid_until}, period={self.period})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("valid_until", self.valid_until), ("period", self.period)]

    def seconds_left(self, now: float) -> float:
        """Life left at ``now``; zero when it is over."""
        return max(0.0, self.valid_until - now)


def live_code(secret: CodeSecret, now: float) -> LiveCode:
    """Return the code of ``now`` (seconds since the epoch) with its end and its successor."""
    step = secret.step_at(now)
    return LiveCode(
        code=secret.code_for_step(step),
        next_code=secret.code_for_step(step + 1),
        valid_until=secret.start_of(step + 1),
        period=secret.period,
    )
