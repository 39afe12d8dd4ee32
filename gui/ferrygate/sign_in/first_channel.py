"""Opens the first SFTP channel, with which a sign-in ends: before it, there may be no SFTP."""

from __future__ import annotations

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.threads import Threads
from ferrygate.sftp.connection import SecureConnection, SftpConnection
from ferrygate.sftp.wire import VERSION
from ferrygate.sign_in.steps import ChannelOpened, ReportStep, SftpStarted


def start_sftp(
    ssh: SecureConnection,
    clock: Clock,
    threads: Threads,
    cancel: CancelToken,
    report: ReportStep,
    *,
    reply_seconds: float,
) -> SftpConnection:
    """Start SFTP on a connection that was just signed in; it is closed if that fails.

    Args:
        ssh: authenticated.
        clock: the time.
        threads: those of the channels.
        cancel: ends the wait.
        report: takes each step once it is done.
        reply_seconds: after which a server that answers nothing on a channel counts as gone.

    Raises:
        FerrygateError: as :func:`open_first_channel`.
    """
    connection = SftpConnection(ssh, clock, threads, reply_seconds=reply_seconds)
    try:
        open_first_channel(connection, cancel, report)
        cancel.check()  # its owner may have ended, and nobody would take it
    except BaseException:
        ssh.close()
        raise
    return connection


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
