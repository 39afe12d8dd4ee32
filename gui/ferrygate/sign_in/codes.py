"""Taking a code that never left before, waiting for the next one where that is needed."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock

_LEAST_LIFE = 4.0  # a code with less life left than this is not sent, seconds
_SLICE = 60.0  # the longest wait in one go, seconds; a lease is renewed before each


def has_life(secret: CodeSecret, now: float) -> bool:
    """Tell whether the code of ``now`` lives long enough to arrive: 4 s, or a fifth of a period."""
    left = secret.start_of(secret.step_at(now) + 1) - now
    return left >= min(_LEAST_LIFE, secret.period / 5)


def seconds_to_code(secret: CodeSecret, claimed: Callable[[int], bool], now: float) -> float:
    """Count the seconds to a code to send: one with life left, and of no ``claimed`` step."""
    step = secret.step_at(now)
    if has_life(secret, now) and not claimed(step):
        return 0.0
    step += 1
    while claimed(step):
        step += 1
    return secret.start_of(step) - now


def take_step(
    secret: CodeSecret,
    claim: Callable[[int], bool],
    clock: Clock,
    cancel: CancelToken,
    waiting: Callable[[float], None],
) -> int:
    """The first time step whose code has life left and that ``claim`` grants.

    Args:
        secret: whose codes.
        claim: tries to take the code of a step; false when it already left once.
        clock: the time.
        cancel: ends the wait.
        waiting: told when the next code comes, in seconds since the epoch, before each wait.

    Raises:
        Cancelled: as asked.
    """
    while True:
        cancel.check()
        now = clock.now()
        step = secret.step_at(now)
        if has_life(secret, now) and claim(step):
            return step
        until = secret.start_of(step + 1)
        waiting(until)
        clock.wait(cancel.event, min(until - now, _SLICE))
