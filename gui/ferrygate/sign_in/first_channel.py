"""Opens the first SFTP channel, with which a sign-in ends: before it, there may be no SFTP."""

from __future__ import annotations

from ferrygate.common.cancel import CancelToken
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sftp.wire import VERSION
from ferrygate.sign_in.steps import ChannelOpened, ReportStep, SftpStarted


def open_first_channel(connection: SftpConnection, cancel: CancelToken, report: ReportStep) -> None:
    """Open the channel that :meth:`SftpConnection.open_channel` gives first.

    Args:
        connection: authenticated.
        cancel: ends the wait.
        report: takes each step once it is done.

    Raises:
        ConnectionLostError: the connection ended.
        ServerUnusableError: the server transfers no files for this account.
    """
    extensions = connection.open_first(cancel, lambda: report(ChannelOpened()))
    report(SftpStarted(VERSION, extensions, connection.stores_objects))
