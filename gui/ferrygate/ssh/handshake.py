"""Exchanges keys on a fresh connection (RFC 4253 §7), and tells what came where that fails."""

from __future__ import annotations

import threading

import paramiko

from ferrygate.common.cancel import CancelToken
from ferrygate.common.server_words import is_text, sentence
from ferrygate.sites.known_hosts import HostKey
from ferrygate.ssh.algorithms import CIPHERS, MACS, RSA, RSA_SIGNATURES, Lack, mismatch
from ferrygate.ssh.connect_steps import (
    AlgorithmsDiffer,
    FirstLineRead,
    OtherProtocolRead,
    ReportConnectStep,
)
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.ssh.dial import POLL_SECONDS
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.no_handshake import HandshakeRecord
from ferrygate.ssh.other_protocols import ident, protocol
from ferrygate.ssh.ssh_log import bounded_log
from ferrygate.ssh.transport import Transport

_MAX_FIRST_BYTES = 40  # of what is no text
JOIN_SECONDS = 5.0
"""Seconds that a closed connection's thread may take to end."""


class Handshake:
    """Makes a transport over one socket; where that fails, :meth:`abandon` has to be called."""

    def __init__(self, sock: MonitoredSocket, deadlines: Deadlines) -> None:
        self._sock = sock
        self._deadlines = deadlines
        self._transport: Transport | None = None

    def exchange_keys(
        self, name: str, known: tuple[HostKey, ...], cancel: CancelToken
    ) -> tuple[Transport, HostKey]:
        """Exchange keys; gives the transport, and the host key that the server proved to hold.

        Args:
            name: host and port, for the log.
            known: keys on record, whose types are asked for first.
            cancel: ends the wait.

        Raises:
            Cancelled: as asked.
            TimeoutError: the server did not exchange keys in time.
            paramiko.SSHException, OSError, EOFError: as any of :data:`SSH_ERRORS`.
        """
        transport = self._transport = Transport(self._sock)
        transport.set_log_channel(bounded_log())
        transport.daemon = True
        # Behind our own deadline, which can tell a server that is late from one that hangs up.
        late = 2 * self._deadlines.handshake
        transport.banner_timeout = transport.handshake_timeout = late
        transport.auth_timeout = self._deadlines.authentication
        transport.verdict_timeout = self._deadlines.verdict
        transport.logger.info("%s: connecting", name)
        options = transport.get_security_options()
        options.ciphers = CIPHERS
        options.digests = MACS
        options.key_types = known_first(tuple(options.key_types), known)
        self._wait_for_keys(transport, cancel)
        key = transport.get_remote_server_key()
        return transport, HostKey(key.get_name(), key.asbytes())

    def _wait_for_keys(self, transport: Transport, cancel: CancelToken) -> None:
        done = threading.Event()
        transport.start_client(event=done)
        sock, first = self._sock, b""
        for _poll in range(round(self._deadlines.handshake / POLL_SECONDS)):
            if done.wait(POLL_SECONDS):
                break
            cancel.check()
            if first and first == sock.first and not ident(first) and protocol(first) is not None:
                raise paramiko.SSHException("another protocol")  # which may wait for more, as we do
            first = sock.first
        else:
            raise TimeoutError("no keys in time")
        if not transport.is_active():
            raise transport.get_exception() or EOFError

    def abandon(self, error: Exception, report: ReportConnectStep) -> HandshakeRecord:
        """End the connection and its thread after ``error``; gives what had come until then.

        ``report`` takes the line by which an SSH server named itself, or what came in its place,
        and the algorithms if there were none in common.
        """
        heard = self._record(error)  # before we hang up ourselves
        self._report_found(heard, report)
        self._sock.hang_up()
        if self._transport is not None:
            self._transport.close()
            if self._transport.is_alive():
                self._transport.join(JOIN_SECONDS)
            self._transport.packetizer.complete_handshake()  # ends a timer that outlives a failure
            self._transport.release()
        self._sock.close()
        return heard

    def _report_found(self, heard: HandshakeRecord, report: ReportConnectStep) -> None:
        line, lack = ident(heard.first), heard.mismatch
        if line:
            report(FirstLineRead(line))
        elif heard.first or heard.has_ended:
            report(OtherProtocolRead(protocol(heard.first), _readable(heard.first)))
        if self._transport is not None and lack is not None:
            ours = getattr(self._transport.client_offer, lack.kind)
            report(AlgorithmsDiffer(lack.kind, ours, lack.offered, lack.lack is Lack.TOO_OLD))

    def _record(self, error: Exception) -> HandshakeRecord:
        transport, sock = self._transport, self._sock
        if transport is None:
            return HandshakeRecord(detail=type(error).__name__)
        is_late = isinstance(error, TimeoutError)
        quiet = sock.clock.monotonic() - sock.heard
        theirs = transport.server_offer
        return HandshakeRecord(
            first=sock.first,
            has_ended=sock.has_ended,
            is_late=is_late,
            is_slow=is_late and bool(sock.first) and quiet < self._deadlines.handshake / 4,
            disconnect=transport.disconnect,
            mismatch=mismatch(transport.client_offer, theirs) if theirs.key_exchanges else None,
            detail=f"{type(error).__name__}: {sentence(str(error))}",
        )


def _readable(first: bytes) -> str:
    if not first or is_text(first):
        return sentence(first)
    return repr(first[:_MAX_FIRST_BYTES])


def known_first(offered: tuple[str, ...], known: tuple[HostKey, ...]) -> tuple[str, ...]:
    """Put the algorithms first that a server needs to show a key on record."""
    types = {key.key_type for key in known}
    if RSA in types:
        types |= RSA_SIGNATURES
    return tuple(sorted(offered, key=lambda name: name not in types))
