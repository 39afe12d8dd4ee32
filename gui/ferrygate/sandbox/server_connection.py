"""Speaks SSH as AWS Transfer does, where the library by itself would not.

Overrides public methods of the library's connection alone: the window of a channel that is opened
(RFC 4254 §5.1, §5.2), and a sign-in in two steps, whose first is answered with "partial success"
(RFC 4252 §5.1).
"""

from __future__ import annotations

import asyncssh
from asyncssh.constants import MSG_CHANNEL_WINDOW_ADJUST
from asyncssh.packet import UInt32


class TransferServer(asyncssh.SSHServer):
    """Decides what a :class:`ServerConnection` does otherwise than the library.

    Attributes:
        opens_windows_late: a channel is opened with a window of 0, which grows at once.
    """

    opens_windows_late = False

    def finish_method(self) -> bool:
        """Count the method that has succeeded as done; tell whether another one has to follow."""
        return False


class ServerConnection(asyncssh.SSHServerConnection):
    """Carries one client's connection, whose owner is a :class:`TransferServer`."""

    async def send_userauth_success(self) -> None:
        """Say that the sign-in is done, or that its first step is."""
        if self._transfer_server().finish_method():
            self.send_userauth_failure(partial_success=True)
        else:
            await super().send_userauth_success()

    def send_channel_open_confirmation(
        self,
        send_chan: int,
        recv_chan: int,
        recv_window: int,
        recv_pktsize: int,
        *result_args: bytes,
    ) -> None:
        """Open a channel; its window comes in a message of its own if it is to come late."""
        late = recv_window if self._transfer_server().opens_windows_late else 0
        super().send_channel_open_confirmation(
            send_chan, recv_chan, recv_window - late, recv_pktsize, *result_args
        )
        if late:
            self.send_packet(MSG_CHANNEL_WINDOW_ADJUST, UInt32(send_chan), UInt32(late))

    def _transfer_server(self) -> TransferServer:
        owner = self.get_owner()
        if not isinstance(owner, TransferServer):
            raise TypeError(f"the owner is a {type(owner).__name__}")
        return owner
