"""SFTP over an authenticated connection: opens its channels, and says what it means if that fails.

The connection is SSH's (:class:`ferrygate.ssh.connection.Connection`), or a script's in a test.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

from ferrygate.common.byte_stream import ByteStream
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.display import display_name
from ferrygate.common.errors import (
    ConnectionLostError,
    FerrygateError,
    RemoteFailureError,
    ServerUnusableError,
    UnsupportedError,
)
from ferrygate.common.message import message
from ferrygate.common.threads import Threads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.reply_clock import REPLY_SECONDS
from ferrygate.sftp.server_silence import ServerSlowError
from ferrygate.sites.known_hosts import HostKey

_LOG = logging.getLogger(__name__)
_MAX_EXTENSIONS = 30  # names that are told; OpenSSH has a dozen


def _do_nothing() -> None:
    """Take note of nothing."""


class Subsystem(Protocol):
    """Describes a program of the server's, on a channel of its own (RFC 4254 §6.5)."""

    @property
    def stream(self) -> ByteStream:
        """Return the program's bytes, both ways."""

    def wait_ready(self) -> None:
        """Wait until the server takes data, or has answered the request for the program.

        Raises:
            ConnectionLostError: neither came in time.
        """

    def last_words(self) -> str:
        """Return what the program wrote to its standard error; waits a second for the rest."""

    @property
    def was_refused(self) -> bool:
        """Tell whether the server has said that it has no such program."""

    @property
    def has_ended_alone(self) -> bool:
        """Tell whether nothing more will come from the program, while the connection is up."""

    @property
    def exit_status(self) -> int:
        """Return the program's exit status; -1 while it has told none."""


class SecureConnection(Protocol):
    """Describes an authenticated connection, as SFTP and the folders above use it.

    Attributes:
        host_key: the key that the server proved to hold.
    """

    host_key: HostKey

    @property
    def server_ident(self) -> str:
        """Return the line by which the server says what it is (RFC 4253 §4.2)."""

    @property
    def alive(self) -> bool:
        """Tell whether the connection is up, as far as is known without asking the server."""

    @property
    def disconnect_reason(self) -> str:
        """Return the server's words on why it has ended the connection; empty if it said none."""

    @property
    def silent_for(self) -> float:
        """Count the seconds since the last byte from the server."""

    @property
    def incomplete_for(self) -> float:
        """Count the seconds since a packet from the server was last complete."""

    @property
    def was_damaged(self) -> bool:
        """Tell whether the connection ended over a packet whose MAC did not fit its bytes."""

    def open_subsystem(self, name: str, /) -> Subsystem:
        """Open a channel, and ask for a program on it without waiting for the answer.

        Raises:
            ConnectionLostError: the connection ended.
            UnsupportedError: the server grants no further channel.
        """

    def send_keepalive(self) -> None:
        """Ask the server to answer, and wait until it has, or the connection has ended."""

    def keep_socket(self) -> None:
        """Keep a lost connection's socket open past :meth:`close`, until :meth:`reset` ends it."""

    def reset(self) -> None:
        """End a kept socket with a TCP RST, so that the server gets no data still queued."""

    def close(self) -> None:
        """End the connection; channels on it end too."""


class SftpConnection:
    """The SFTP channels of one connection.

    Methods may be called from any thread; each channel belongs to the thread that took it.

    Attributes:
        ssh: the connection.
    """

    def __init__(
        self,
        ssh: SecureConnection,
        clock: Clock,
        threads: Threads,
        *,
        reply_seconds: float = REPLY_SECONDS,
    ) -> None:
        """Take an authenticated connection; ``reply_seconds`` is a channel's deadline."""
        self.ssh = ssh
        self._clock = clock
        self._threads = threads
        self._reply_seconds = reply_seconds
        self._first: deque[SftpChannel] = deque()  # one at most, which any thread may take

    @property
    def stores_objects(self) -> bool:
        """Tell whether files live in an object store: they appear on CLOSE, EXCL may be unknown."""
        return "AWS_SFTP" in self.ssh.server_ident

    def open_first(
        self, cancel: CancelToken, opened: Callable[[], None] = _do_nothing
    ) -> tuple[str, ...]:
        """Open the channel that :meth:`open_channel` gives first; shows whether there is SFTP.

        Args:
            cancel: ends the wait.
            opened: called once the server has granted the channel, before SFTP begins on it.

        Returns:
            The names of the server's extensions to SFTP, cleaned.

        Raises:
            ConnectionLostError: the connection ended.
            ServerUnusableError: the server transfers no files for this account.
        """
        channel = self._open(cancel, opened, is_first=True)
        self._first.append(channel)
        return tuple(display_name(name) for name in channel.extensions[:_MAX_EXTENSIONS])

    def open_channel(self, cancel: CancelToken) -> SftpChannel:
        """Open another SFTP channel; the calling thread owns it.

        Raises:
            ConnectionLostError: the connection ended.
            ServerUnusableError: the server transfers no files for this account.
            UnsupportedError: the server grants no further channel.
        """
        with contextlib.suppress(IndexError):
            return self._first.pop()
        return self._open(cancel, _do_nothing, is_first=False)

    def _open(
        self, cancel: CancelToken, opened: Callable[[], None], *, is_first: bool
    ) -> SftpChannel:
        try:
            subsystem = self.ssh.open_subsystem("sftp")
        except UnsupportedError as error:
            _LOG.debug("no channel: %s %s", error.problem.detail, error.problem.server_said)
            if is_first:
                raise _no_sftp(error.problem.detail, error.problem.server_said) from error
            raise
        except ConnectionLostError as error:
            raise self._lost(error, is_first=is_first) from error
        opened()
        ident = self.ssh.server_ident
        channel = SftpChannel(
            subsystem.stream,
            self._clock,
            OpenHandles(self._threads),
            reply_deadline=self._reply_seconds,
            # OpenSSH for Windows fails above 100 KiB, whatever it says (Win32-OpenSSH issue 1395).
            large_requests="for_Windows" not in ident,
        )
        # OpenSSH's program reads a request once it has answered the one before. Other servers
        # share them out among threads.
        channel.keeps_order = "OpenSSH" in ident
        try:
            subsystem.wait_ready()
            channel.start(cancel)
        except FerrygateError as error:
            meaning = self._meaning(error, subsystem, is_first=is_first)
            _LOG.debug("no SFTP on a channel: %s %s", meaning.kind.value, meaning.problem.detail)
            channel.close()
            raise meaning from error
        _LOG.debug("channel opened, order of requests kept: %s", channel.keeps_order)
        return channel

    def _meaning(
        self, error: FerrygateError, subsystem: Subsystem, *, is_first: bool
    ) -> FerrygateError:
        """Find out why SFTP did not begin on an open channel."""
        said = subsystem.last_words() or error.problem.server_said
        if isinstance(error, RemoteFailureError):
            return ServerUnusableError(
                error.problem.sentence,
                next_step=error.problem.next_step,
                detail=error.problem.detail,
                server_said=said,
            )
        if not isinstance(error, ConnectionLostError) or isinstance(error, ServerSlowError):
            return error
        if subsystem.was_refused:
            return _no_sftp("subsystem refused", said)
        if subsystem.has_ended_alone:  # the program is missing, or fails over the account's home
            return _no_sftp(f"channel closed; exit status {subsystem.exit_status}", said)
        return self._lost(error, is_first=is_first)

    def _lost(self, error: ConnectionLostError, *, is_first: bool) -> ConnectionLostError:
        """Add to an error what the server said as it ended the connection."""
        detail, said = error.problem.detail, self.ssh.disconnect_reason
        if is_first and not self.ssh.alive:
            return ConnectionLostError(
                message("The server took the sign-in, and then ended the connection."),
                next_step=message(
                    "Try again in a minute. If it stays so, ask your contact whether the account's"
                    " home folder is set up."
                ),
                detail=detail,
                server_said=said,
            )
        return ConnectionLostError(error.problem.sentence, detail=detail, server_said=said)


def _no_sftp(detail: str, said: str) -> ServerUnusableError:
    return ServerUnusableError(
        message("This server offers no file transfer (SFTP) to this account."),
        next_step=message("Ask your contact whether the account may transfer files."),
        detail=detail,
        server_said=said,
    )
