"""A sign-in under way: the attempt's thread on one side, the engine's thread on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.engine.messages import SessionChanged, SessionState
from ferrygate.sites.known_hosts import HostKey

_ANSWER = 120.0  # seconds a person has to look at a host key before the server gives up (sshd)
_LOOK = 0.5  # how often the wait looks whether it was cancelled, seconds


class HostKeyAnswer:
    """A question to a person that one thread waits on and another answers."""

    def __init__(self) -> None:
        self._given = threading.Event()
        self._accepted = False

    def give(self, *, accept: bool) -> None:
        """Answer; the first answer counts."""
        if not self._given.is_set():
            self._accepted = accept
            self._given.set()

    def wait(self, clock: Clock, cancel: CancelToken) -> bool:
        """The answer; no answer in time is a no.

        Raises:
            Cancelled: as asked.
        """
        end = clock.monotonic() + _ANSWER
        while not clock.wait(self._given, _LOOK) and clock.monotonic() < end:
            cancel.check()
        return self._given.is_set() and self._accepted


class SignInObserver:
    """Passes on how the attempt goes; called on the attempt's thread."""

    def __init__(
        self,
        show: Callable[[SessionChanged], None],
        ask: Callable[[HostKey, HostKeyAnswer], None],
        clock: Clock,
        cancel: CancelToken,
    ) -> None:
        self._show = show
        self._ask = ask
        self._clock = clock
        self._cancel = cancel

    def connecting(self) -> None:
        """The server is being reached."""
        self._show(SessionChanged(SessionState.CONNECTING))

    def waiting_for_code(self, until: float) -> None:
        """The next code comes at ``until``."""
        self._show(SessionChanged(SessionState.WAITING_FOR_CODE, until))

    def signing_in(self) -> None:
        """Password and code are on their way."""
        self._show(SessionChanged(SessionState.SIGNING_IN))

    def confirm_host_key(self, key: HostKey) -> bool:
        """Ask, and wait for the answer."""
        answer = HostKeyAnswer()
        self._ask(key, answer)
        return answer.wait(self._clock, self._cancel)
