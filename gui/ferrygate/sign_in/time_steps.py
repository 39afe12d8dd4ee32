"""Chooses the time step (RFC 6238 §4) whose code is sent: not sent before, and with life left."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.secret import Secret

_MIN_LIFE_SECONDS = 4.0  # a code with less life left is not sent
PASTE_SECONDS = 10.0
"""Seconds that a person takes to bring a code to another window."""
_SHORT_PERIOD_SECONDS = 20.0  # codes of a shorter period need less life, in proportion
_MAX_CLOCK_DIFFERENCE_SECONDS = 300.0  # of a phone or token from this computer
_MAX_WAIT_SECONDS = 60.0  # in one go; a lease is renewed before each


def has_life(secret: CodeSecret, now: float, least: float = _MIN_LIFE_SECONDS) -> bool:
    """Tell whether the code of ``now`` lives for ``least`` seconds more, or a share of a period.

    The share has the proportion of ``least`` to 20 s, so that codes of a short period are used too:
    a fifth for the 4 s in which a code arrives.
    """
    left = secret.start_of(secret.step_at(now) + 1) - now
    return left >= min(least, secret.period * least / _SHORT_PERIOD_SECONDS)


def seconds_to_code(secret: CodeSecret, claimed: Callable[[int], bool], now: float) -> float:
    """Count the seconds to a code to send: one with life left, and of no ``claimed`` step."""
    step = secret.step_at(now)
    if has_life(secret, now) and not claimed(step):
        return 0.0
    step += 1
    while claimed(step):
        step += 1
    return secret.start_of(step) - now


def steps_of(secret: CodeSecret, code: Secret, now: float) -> list[int]:
    """Find the time steps around ``now`` for which a secret makes a code that was typed."""
    step = secret.step_at(now)
    margin = int(_MAX_CLOCK_DIFFERENCE_SECONDS // secret.period) + 1
    first = max(0, step - margin)
    return [
        each for each in range(first, step + margin) if secret.code_for_step(each) == code.reveal()
    ]


def take_step(
    secret: CodeSecret,
    claim: Callable[[int], bool],
    clock: Clock,
    cancel: CancelToken,
    waiting: Callable[[float], None],
    least: float = _MIN_LIFE_SECONDS,
) -> int:
    """Wait for the first time step whose code has life left and that ``claim`` grants.

    Args:
        secret: whose codes.
        claim: tries to take the code of a step; false when it already left once.
        clock: the time.
        cancel: ends the wait.
        waiting: told when the next code comes, in seconds since the epoch, before each wait.
        least: seconds that the code has to live, as :func:`has_life` takes them.

    Raises:
        Cancelled: as asked.
    """
    while True:
        cancel.check()
        now = clock.now()
        step = secret.step_at(now)
        if has_life(secret, now, least) and claim(step):
            return step
        until = secret.start_of(step + 1)
        waiting(until)
        clock.wait(cancel.event, min(until - now, _MAX_WAIT_SECONDS))
