"""One SSH connection: reached, its host key shown, authenticated, and opened for programs.

This is the edge to the SSH library. ``paramiko.Transport`` is driven directly, since its higher
layers may offer one password twice, and a one-time code must never be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import paramiko

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.display import display_name
from ferrygate.common.errors import Cancelled
from ferrygate.common.secret import Secret
from ferrygate.common.server_words import sentence
from ferrygate.sites.known_hosts import HostKey
from ferrygate.ssh.algorithms import RSA, RSA_SIGNATURES, agreed
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.connect_steps import FirstLineRead, ReportConnectStep, report_nothing
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.ssh.dial import dial
from ferrygate.ssh.handshake import JOIN_SECONDS, Handshake
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.no_handshake import no_handshake
from ferrygate.ssh.preconnect import Preconnect
from ferrygate.ssh.prompts import Respond
from ferrygate.ssh.ssh_errors import SSH_ERRORS
from ferrygate.ssh.subsystem import Subsystem, open_subsystem
from ferrygate.ssh.transport import (
    AuthRefusedError,
    KeyTypeError,
    PasswordChangeRequestError,
    Transport,
)

_MAX_UNTRUSTED_BYTES = 1 << 18  # before the host key is accepted; an honest server sends 4 KiB


class Connection:
    """An SSH connection.

    Until :meth:`trust` the server may send no more than it takes to show its host key. Methods may
    be called from any thread; each channel belongs to the thread that opened it.

    Attributes:
        host_key: the key that the server proved to hold; known after the connection's end as well.
    """

    def __init__(
        self,
        transport: Transport,
        sock: MonitoredSocket,
        host_key: HostKey,
        clock: Clock,
        deadlines: Deadlines,
    ) -> None:
        self.host_key = host_key
        self._transport = transport
        self._sock = sock
        self._clock = clock
        self._deadlines = deadlines

    def offers_key(self, key_type: str) -> bool:
        """Tell whether the server has a host key of this type, by the types that it offers."""
        names = RSA_SIGNATURES if key_type == RSA else {key_type}
        return not names.isdisjoint(self._transport.server_offer.host_keys)

    def trust(self) -> None:
        """Lift the bound on what the server may send, now that its host key has been accepted."""
        self._sock.trust()

    @property
    def server_ident(self) -> str:
        """Return the server's identification line (RFC 4253 §4.2), cleaned."""
        return display_name(self._transport.remote_version.encode("utf-8", "replace"))[:100]

    @property
    def alive(self) -> bool:
        """Tell whether the connection is up, as far as is known without asking the server."""
        return self._transport.is_active()

    @property
    def silent_for(self) -> float:
        """Count the seconds since the last byte from the server."""
        return self._clock.monotonic() - self._sock.heard

    @property
    def incomplete_for(self) -> float:
        """Count the seconds since a packet from the server was last complete."""
        return self._clock.monotonic() - self._transport.packet_at

    @property
    def was_damaged(self) -> bool:
        """Tell whether the connection ended over a packet whose MAC did not fit its bytes."""
        return self._transport.was_damaged

    @property
    def disconnect_reason(self) -> str:
        """Return the server's words on why it has ended the connection, cleaned; empty if none."""
        disconnect = self._transport.disconnect
        return sentence(disconnect.reason) if disconnect is not None else ""

    def send_keepalive(self) -> None:
        """Ask the server to answer (RFC 4254 §4), and wait until it has, or the connection ended.

        The answer's content does not matter: :attr:`silent_for` is short again. Called on a thread
        that may wait; raises nothing, as :attr:`alive` tells the end.
        """
        with contextlib.suppress(*SSH_ERRORS):
            self._transport.global_request("keepalive@openssh.com", wait=True)

    def auth_none(self, username: str) -> AuthAnswer:
        """Ask which methods there are (RFC 4252 §5.2); sends no secret."""
        return self._authenticate(lambda: self._transport.auth_none(username))

    @property
    def banner(self) -> str:
        """Return the server's banner so far (RFC 4252 §5.4), cleaned and cut."""
        return self._transport.banner.text

    def on_banner(self, tell: Callable[[str], None]) -> None:
        """Have ``tell`` called with each piece of the banner, on the thread that reads."""
        self._transport.on_banner = tell

    def while_waiting(self, tick: Callable[[], None]) -> None:
        """Have ``tick`` called several times a second while an answer to a secret is waited for.

        An error that ``tick`` raises ends the wait, and the sign-in.
        """
        self._transport.while_waiting = tick

    def auth_password(self, username: str, password: Secret) -> AuthAnswer:
        """Send the password once (RFC 4252 §8); it is not sent again, whatever the answer."""
        return self._authenticate(
            lambda: self._transport.auth_password(username, password.reveal(), fallback=False)
        )

    def auth_publickey(self, username: str, key: paramiko.PKey) -> AuthAnswer:
        """Prove that we hold a private key (RFC 4252 §7)."""
        return self._authenticate(lambda: self._transport.auth_key(username, key))

    def auth_interactive(self, username: str, respond: Respond) -> AuthAnswer:
        """Answer the server's prompts (RFC 4256); ``respond`` is called on this thread."""
        return self._authenticate(lambda: self._transport.auth_prompts(username, respond))

    def _authenticate(self, ask: Callable[[], list[str]]) -> AuthAnswer:
        try:
            remaining = ask()
        except AuthRefusedError as refused:
            detail = "" if refused.offered else "method not offered"
            return AuthAnswer(AuthOutcome.REFUSED, refused.methods, detail)
        except PasswordChangeRequestError as expired:
            return AuthAnswer(AuthOutcome.EXPIRED, server_said=expired.prompt)
        except KeyTypeError as error:
            return AuthAnswer(AuthOutcome.KEY_TYPE, detail=sentence(str(error)))
        except SSH_ERRORS as error:
            return AuthAnswer(
                AuthOutcome.UNKNOWN,
                detail=type(error).__name__,
                disconnect=self._transport.disconnect,
                is_late=isinstance(error, TimeoutError),
            )
        return AuthAnswer(
            AuthOutcome.PARTIAL if remaining else AuthOutcome.ACCEPTED, tuple(remaining)
        )

    def open_subsystem(self, name: str) -> Subsystem:
        """Open a channel, and ask for a program of the server's on it (RFC 4254 §6.5).

        The calling thread owns the channel. The answer to the request is not waited for.

        Raises:
            ConnectionLostError: the connection ended, or the server did not answer in time.
            UnsupportedError: the server grants no further channel.
        """
        return open_subsystem(self._transport, name, self._deadlines.channel)

    def keep_socket(self) -> None:
        """Keep a lost connection's socket open past :meth:`close`, until :meth:`reset` ends it."""
        self._sock.keep()

    def reset(self) -> None:
        """End a kept socket with a TCP RST, so that the server gets no data still queued."""
        self._sock.reset()

    def close(self) -> None:
        """End the connection and its thread; channels on it end too."""
        self._sock.hang_up()
        self._transport.close()
        self._transport.join(JOIN_SECONDS)
        self._transport.release()


def connect(
    host: str,
    port: int,
    known: tuple[HostKey, ...],
    clock: Clock,
    deadlines: Deadlines,
    cancel: CancelToken,
    *,
    preconnect: Preconnect | None = None,
    report: ReportConnectStep = report_nothing,
) -> Connection:
    """Reach a server and exchange keys. Nothing about the account is sent.

    The caller must look at :attr:`Connection.host_key` before it sends anything else. Key types of
    ``known`` are asked for first, so that a server with several keys shows the one on record. A
    ``preconnect`` that leads there is taken in place of dialling. ``report`` takes each step once
    it is done.

    Raises:
        CannotReachError: no such host, no answer, or no SSH server.
        ServerBusyError: a server that lets nobody in just now.
        ServerUnusableError: an SSH server with which no common algorithm exists.
        Cancelled: as asked.
    """
    dialled = preconnect.take(host, port, cancel, report) if preconnect is not None else None
    if dialled is None:
        dialled = dial(
            host,
            port,
            deadlines.connect,
            clock,
            cancel,
            total_seconds=deadlines.reach,
            report=report,
        )
    sock = MonitoredSocket(dialled, clock, first=_MAX_UNTRUSTED_BYTES)
    handshake = Handshake(sock, deadlines)
    try:
        transport, host_key = handshake.exchange_keys(f"{host}:{port}", known, cancel)
    except (*SSH_ERRORS, Cancelled) as error:
        heard = handshake.abandon(error, report)
        if isinstance(error, Cancelled):
            raise
        raise no_handshake(host, port, heard) from error
    connection = Connection(transport, sock, host_key, clock, deadlines)
    report(FirstLineRead(connection.server_ident))
    report(agreed(transport.client_offer, transport.server_offer))
    return connection
