"""A program of the server's on a session channel (RFC 4254 §6.5): its bytes, and how it ended."""

from __future__ import annotations

import paramiko

from ferrygate.common.byte_stream import connection_lost
from ferrygate.common.errors import ConnectionLostError, UnsupportedError
from ferrygate.common.message import message
from ferrygate.common.server_words import sentence
from ferrygate.ssh.ssh_errors import SSH_ERRORS
from ferrygate.ssh.stream import ChannelStream
from ferrygate.ssh.transport import Transport

_LAST_WORDS_SECONDS = 1.0  # in which a program that has ended says why
_WINDOW_BYTES = 1 << 25  # that the server may send on a channel before any are taken


class Subsystem:
    """A subsystem that the server was asked for, on a channel of its own.

    Attributes:
        stream: what goes to the program's standard input, and comes from its standard output.
    """

    def __init__(
        self, transport: Transport, channel: paramiko.Channel, stream: ChannelStream, seconds: float
    ) -> None:
        """Take over a channel; ``seconds`` is how long the answer to the request may take."""
        self.stream = stream
        self._transport = transport
        self._channel = channel
        self._seconds = seconds

    def wait_ready(self) -> None:
        """Wait until the server takes data, or has answered the request.

        Most servers take data before they have answered, so that nothing is waited for. OpenSSH
        does not.

        Raises:
            ConnectionLostError: neither came in time.
        """
        if not self.stream.send_ready() and not self._channel.event.wait(self._seconds):
            raise connection_lost("no answer to the request for SFTP")

    def last_words(self) -> str:
        """Return what the program wrote to its standard error, cleaned and cut.

        Where it has ended by itself this waits for a second: standard error and exit status come
        behind the end of its standard output.
        """
        if self.has_ended_alone:
            self.stream.wait_closed(_LAST_WORDS_SECONDS)
        return sentence(self.stream.stderr)

    @property
    def was_refused(self) -> bool:
        """Tell whether the server has said that it has no such subsystem.

        The library has then closed the channel, and so has sent its EOF. It sends none where the
        connection ended.
        """
        return bool(self._channel.eof_sent) and not self._channel.event_ready

    @property
    def has_ended_alone(self) -> bool:
        """Tell whether nothing more will come from the program, while the connection is up."""
        return self.stream.has_ended and self._transport.is_active()

    @property
    def exit_status(self) -> int:
        """Return the program's exit status (RFC 4254 §6.10); -1 while it has told none."""
        return self._channel.exit_status


def open_subsystem(transport: Transport, name: str, seconds: float) -> Subsystem:
    """Open a session channel, and ask for a subsystem without waiting for the answer.

    Args:
        transport: authenticated.
        name: the subsystem's.
        seconds: how long the server may take for the channel, and again for the subsystem.

    Raises:
        ConnectionLostError: the connection ended, or the server did not answer in time.
        UnsupportedError: the server grants no further channel.
    """
    try:
        channel = transport.open_session(window_size=_WINDOW_BYTES, timeout=seconds)
        stream = transport.stream(channel)
    except paramiko.ChannelException as error:
        raise UnsupportedError(
            message("The server does not allow another connection at the moment."),
            detail=f"open failed: {error.code}",
            server_said=sentence(transport.refused_channel),
        ) from error
    except SSH_ERRORS as error:
        raise _lost(error) from error
    try:
        transport.request_subsystem(channel, name)
    except SSH_ERRORS as error:
        stream.close()
        raise _lost(error) from error
    return Subsystem(transport, channel, stream, seconds)


def _lost(error: Exception) -> ConnectionLostError:
    return connection_lost(type(error).__name__)
