"""Opening SFTP on an authenticated SSH connection, and what it means where that fails."""

from __future__ import annotations

import paramiko

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    ConnectionLostError,
    FerrygateError,
    RemoteFailureError,
    ServerUnusableError,
    UnsupportedError,
)
from ferrygate.common.message import message
from ferrygate.sftp.broken import BROKEN, ServerSlowError, lost
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.deadlines import Deadlines
from ferrygate.sftp.server_words import sentence
from ferrygate.sftp.stream import ChannelStream
from ferrygate.sftp.transport import Transport

_LAST_WORDS = 1.0  # seconds in which a program that has ended says why
_WINDOW = 1 << 25  # receive window of a channel, bytes


class Opening:
    """Opens SFTP channels (RFC 4254 §6.5); the calling thread owns each."""

    def __init__(
        self, transport: Transport, clock: Clock, deadlines: Deadlines, *, large_requests: bool
    ) -> None:
        """Take what is needed.

        Args:
            transport: authenticated.
            clock: the time.
            deadlines: how long the server may take.
            large_requests: they may be as large as the server says. OpenSSH for Windows fails above
                100 KiB, whatever it says (Win32-OpenSSH issue 1395).
        """
        self._transport = transport
        self._clock = clock
        self._deadlines = deadlines
        self._large_requests = large_requests

    def open_sftp(self, cancel: CancelToken, *, is_first: bool) -> SftpChannel:
        """Open a channel, and begin SFTP on it.

        Args:
            cancel: ends the wait.
            is_first: no channel of this connection has been opened.

        Raises:
            ConnectionLostError: the connection ended.
            ServerUnusableError: the server transfers no files for this account.
            UnsupportedError: the server grants no further channel.
        """
        try:
            channel = self._transport.open_session(
                window_size=_WINDOW, timeout=self._deadlines.channel
            )
            stream = self._transport.stream(channel)
        except paramiko.ChannelException as error:
            raise self._refused(error, is_first=is_first) from error
        except BROKEN as error:
            raise self._lost(type(error).__name__, is_first=is_first) from error
        sftp = SftpChannel(
            stream,
            self._clock,
            reply_deadline=self._deadlines.reply,
            large_requests=self._large_requests,
        )
        try:
            # The server is not waited for before SFTP begins, unless it takes no data before it
            # has answered (OpenSSH).
            self._transport.request_subsystem(channel, "sftp")
            if not stream.send_ready() and not channel.event.wait(self._deadlines.channel):
                raise lost("no answer to the request for SFTP")
            sftp.start(cancel)
        except FerrygateError as error:
            meaning = self._meaning(error, channel, stream, is_first=is_first)
            sftp.close()
            raise meaning from error
        except BROKEN as error:
            sftp.close()
            raise self._lost(type(error).__name__, is_first=is_first) from error
        return sftp

    def _refused(self, error: paramiko.ChannelException, *, is_first: bool) -> FerrygateError:
        """No channel was opened: the first shows whether there is any for this account."""
        detail = f"open failed: {error.code}"
        said = sentence(self._transport.refused_channel)
        if is_first:
            return _no_sftp(detail, said)
        return UnsupportedError(
            message("The server does not allow another connection at the moment."),
            detail=detail,
            server_said=said,
        )

    def _meaning(
        self,
        error: FerrygateError,
        channel: paramiko.Channel,
        stream: ChannelStream,
        *,
        is_first: bool,
    ) -> FerrygateError:
        """Find out why SFTP did not begin on an open channel."""
        if stream.has_ended and self._transport.is_active():
            stream.wait_closed(_LAST_WORDS)  # standard error and exit status come behind the end
        said = sentence(stream.complaint) or error.problem.server_said
        if isinstance(error, RemoteFailureError):
            return ServerUnusableError(
                error.problem.sentence,
                next_step=error.problem.next_step,
                detail=error.problem.detail,
                server_said=said,
            )
        if not isinstance(error, ConnectionLostError) or isinstance(error, ServerSlowError):
            return error
        # The library has closed the channel, and so said its last word, for a server's no. It
        # says none where the connection ended.
        if channel.eof_sent and not channel.event_ready:
            return _no_sftp("subsystem refused", said)
        # What should serve files has ended, and the connection stands: the program is missing, or
        # fails over the account's home.
        if stream.has_ended and self._transport.is_active():
            return _no_sftp(f"channel closed; exit status {channel.exit_status}", said)
        return self._lost(error.problem.detail, is_first=is_first)

    def _lost(self, detail: str, *, is_first: bool) -> ConnectionLostError:
        disconnect = self._transport.disconnect
        said = sentence(disconnect.reason) if disconnect is not None else ""
        if is_first and not self._transport.is_active():
            return ConnectionLostError(
                message("The server took the sign-in, and then ended the connection."),
                next_step=message(
                    "Try again in a minute. If it stays so, ask your contact whether the account's"
                    " home folder is set up."
                ),
                detail=detail,
                server_said=said,
            )
        error = lost(detail)
        return ConnectionLostError(error.problem.sentence, detail=detail, server_said=said)


def _no_sftp(detail: str, said: str) -> ServerUnusableError:
    return ServerUnusableError(
        message("This server offers no file transfer (SFTP) to this account."),
        next_step=message("Ask your contact whether the account may transfer files."),
        detail=detail,
        server_said=said,
    )
