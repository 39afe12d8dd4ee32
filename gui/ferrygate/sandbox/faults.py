"""Makes the sandbox fail in ways that a test chooses."""

from __future__ import annotations

import threading
from typing import Protocol

from ferrygate.sandbox.organization import Organization


class Server(Protocol):
    """Describes the SSH server as the faults see it; its methods are called from any thread."""

    def cut_connections(self) -> None:
        """End all connections without a word."""
        ...

    def wake_connections(self) -> None:
        """Answer what has queued up on all connections."""
        ...


class Budget:
    """Counts the bytes that may still pass before the connection is cut; unlimited at first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: int | None = None

    def limit(self, count: int) -> None:
        """Let ``count`` more bytes pass, then cut once."""
        with self._lock:
            self._left = count

    def spend(self, count: int) -> tuple[int, bool]:
        """Tell how many of ``count`` bytes may pass, and whether to cut after them."""
        with self._lock:
            if self._left is None:
                return count, False
            passed = min(count, self._left)
            self._left -= passed
            if self._left:
                return passed, False
            self._left = None
            return passed, True


class Faults:
    """Makes the sandbox fail in chosen ways; set from any thread, before or during a run.

    Attributes:
        refuse_sign_ins: refuse every password without asking Okta.
        hide_sizes: refuse STAT, LSTAT and FSTAT, as a drop box does.
        stalled: take requests and answer none; see :meth:`stall`.
        received: bytes of SFTP that clients may still send; see :meth:`cut_after`.
        sent: bytes of SFTP that may still be answered; see :meth:`cut_after_sent`.
    """

    def __init__(self, organization: Organization) -> None:
        self.refuse_sign_ins = False
        self.hide_sizes = False
        self.stalled = False
        self.received = Budget()
        self.sent = Budget()
        self._organization = organization
        self._server: Server | None = None

    def act_on(self, server: Server | None) -> None:
        """Set the server that faults act on, or none."""
        self._server = server

    def cut_after(self, received: int) -> None:
        """Cut, once, the connection that brings SFTP's ``received``-th byte from now on."""
        self.received.limit(received)

    def cut_after_sent(self, sent: int) -> None:
        """Cut, once, the connection that is to get the ``sent``-th byte; less may arrive."""
        self.sent.limit(sent)

    def stall(self) -> None:
        """Answer no SFTP request until :meth:`resume`; connections stay open."""
        self.stalled = True

    def resume(self) -> None:
        """Answer again, first what has queued up."""
        self.stalled = False
        if self._server is not None:
            self._server.wake_connections()

    def drop_connections(self) -> None:
        """Cut all connections that are open now."""
        if self._server is not None:
            self._server.cut_connections()

    def lock_account(self) -> None:
        """Lock the person's account, as five wrong codes do."""
        self._organization.account.locked = True

    def unlock_account(self) -> None:
        """Unlock the person's account, as an administrator does."""
        self._organization.account.locked = False
        self._organization.account.wrong_codes = 0
