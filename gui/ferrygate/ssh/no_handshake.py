"""Makes the error for a server with which no keys were exchanged: names what is there instead."""

from __future__ import annotations

import msgspec

from ferrygate.common.errors import (
    CannotReachError,
    FerrygateError,
    ServerBusyError,
    ServerUnusableError,
)
from ferrygate.common.message import message
from ferrygate.common.server_words import is_text, sentence
from ferrygate.ssh.algorithms import Lack, Mismatch
from ferrygate.ssh.other_protocols import (
    Protocol,
    ident,
    is_busy,
    is_penalty,
    protocol,
)

_IDENT = b"SSH-"
_MAX_DETAIL_CHARACTERS = 200  # of what answered, for support
_TOO_MANY_CONNECTIONS, _KEY_EXCHANGE_FAILED = 12, 3  # reasons of a DISCONNECT (RFC 4253 §11.1)
_CHECK_NAME = message("Check the server's name and port with your contact.")
_ANSWERING = {  # sentence and next step for what answers in place of a file transfer server
    Protocol.WEB: (
        message("A web page answers at {host}, port {port}, not a file transfer server."),
        message(
            "On the network of a hotel, a train or guests, log in to it in your web browser first."
            " Else check the server's name and port with your contact."
        ),
    ),
    Protocol.PROXY: (
        message("A proxy answers at {host}, port {port}, not a file transfer server."),
        message("Try another network, or ask those who run yours to let SFTP through."),
    ),
    Protocol.TLS: (
        message(
            "At {host}, port {port}, a server answers that wants web encryption (TLS), not a file"
            " transfer server."
        ),
        message("It may be for web pages or FTPS, which is not SFTP. {check}", check=_CHECK_NAME),
    ),
    Protocol.FTP: (
        message("An FTP server answers at {host}, port {port}. FTP is not SFTP."),
        message("Ask your contact for the SFTP server and its port, which mostly is 22."),
    ),
    Protocol.MAIL: (
        message("A mail server answers at {host}, port {port}, not a file transfer server."),
        _CHECK_NAME,
    ),
    Protocol.TELNET: (
        message("A Telnet server answers at {host}, port {port}, not a file transfer server."),
        _CHECK_NAME,
    ),
    Protocol.DATABASE: (
        message("A database answers at {host}, port {port}, not a file transfer server."),
        _CHECK_NAME,
    ),
    Protocol.REMOTE_DESKTOP: (
        message("A remote desktop answers at {host}, port {port}, not a file transfer server."),
        _CHECK_NAME,
    ),
    None: (message("{host} answers, but not as a file transfer server."), _CHECK_NAME),
}


def _without_page(first: bytes) -> str:
    """Return the first line of a web server's answer; none where a page begins at once."""
    line = first.lstrip().split(b"\n", 1)[0]
    return "" if line.startswith(b"<") else sentence(line)


class Disconnect(msgspec.Struct, frozen=True):
    """Why the server says that it ends the connection (RFC 4253 §11.1), in its own words."""

    code: int
    reason: str


class HandshakeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an attempt to exchange keys.

    Attributes:
        first: the first bytes that came.
        has_ended: the other side has closed the connection.
        is_late: the time for it was over.
        is_slow: it was over, and bytes were still coming.
        disconnect: why the server ended it, if it said.
        mismatch: the algorithms that both sides would need, if they have none in common.
        detail: what the library made of it.
    """

    first: bytes = b""
    has_ended: bool = False
    is_late: bool = False
    is_slow: bool = False
    disconnect: Disconnect | None = None
    mismatch: Mismatch | None = None
    detail: str = ""


def no_handshake(host: str, port: int, heard: HandshakeRecord) -> FerrygateError:
    """Make the error for a connection on which no keys were exchanged."""
    errors = _HostErrors(host, port, heard)
    if heard.mismatch is not None:
        return errors.no_common_algorithm(heard.mismatch)
    if heard.disconnect is not None:
        return errors.disconnected(heard.disconnect)
    version = ident(heard.first)
    if version and not version.startswith(("SSH-2.", "SSH-1.99")):
        return errors.only_version_1()
    if version:
        return errors.broken_off()
    return errors.no_ssh() if heard.first else errors.nothing_said()


def not_now(
    host: str, said: str, detail: str, *, code: int | None = None
) -> ServerBusyError | None:
    """Make the error for a server that takes no one in, or not this machine, for the moment.

    Args:
        host: the server's name.
        said: the server's words.
        detail: for support.
        code: of its DISCONNECT, if it sent one.

    Returns:
        None where the server says no such thing.
    """
    if code == _TOO_MANY_CONNECTIONS or is_busy(said):
        text = message("{host} is there, but lets nobody in just now.")
        step = message("Try again in some minutes.")
    elif is_penalty(said):
        text = message("{host} does not let you in from this network just now.")
        step = message(
            "There may have been too many sign-ins that failed. Wait for some minutes before you"
            " try again, or ask your contact."
        )
    else:
        return None
    return ServerBusyError(text.filled(host=host), next_step=step, detail=detail, server_said=said)


class _HostErrors:
    """Makes the errors about one host."""

    def __init__(self, host: str, port: int, heard: HandshakeRecord) -> None:
        self._host = host
        self._port = port
        self._heard = heard
        self._detail = f"{host}:{port}: {heard.detail}"[:_MAX_DETAIL_CHARACTERS]

    def no_common_algorithm(self, mismatch: Mismatch) -> FerrygateError:
        detail = f"{self._detail}; {mismatch.kind}: {', '.join(mismatch.offered)}"
        if mismatch.lack is Lack.TOO_OLD:
            return ServerUnusableError(
                message("{host} offers only encryption that is no longer safe.", host=self._host),
                next_step=message("Ask your contact to update the server."),
                detail=sentence(detail),
            )
        return ServerUnusableError(
            message(
                "{host} wants encryption that this version of Ferrygate does not have.",
                host=self._host,
            ),
            next_step=message(
                "Update Ferrygate, or ask your contact which other encryption the server can allow."
            ),
            detail=sentence(detail),
        )

    def disconnected(self, disconnect: Disconnect) -> FerrygateError:
        said = sentence(disconnect.reason)
        busy = not_now(self._host, said, self._detail, code=disconnect.code)
        if busy is not None:
            return busy
        if disconnect.code == _KEY_EXCHANGE_FAILED:
            return ServerUnusableError(
                message("{host} found no encryption that both sides have.", host=self._host),
                next_step=message("Update Ferrygate, or ask your contact about it."),
                detail=self._detail,
                server_said=said,
            )
        return self._turned_away(said)

    def only_version_1(self) -> FerrygateError:
        return ServerUnusableError(
            message("{host} speaks only a version of SSH that is no longer safe.", host=self._host),
            next_step=message("Ask your contact to update the server."),
            detail=self._detail,
            server_said=ident(self._heard.first),
        )

    def broken_off(self) -> FerrygateError:
        """Make the error for an SSH server that stopped after its identification line."""
        heard = self._heard
        if heard.is_slow:
            text = message("The connection to {host} is too slow to sign in.")
            step = message("Try again in a minute, or on another network.")
        elif heard.is_late:
            text = message("{host} began to answer, and then fell silent.")
            step = message("Try again in a minute; if it stays so, tell your contact.")
        elif heard.has_ended:
            text = message("{host} began to answer, and then ended the connection.")
            step = message("Try again in a minute; if it stays so, tell your contact.")
        else:
            text = message("What {host} sent could not be understood.")
            step = message("Something on the way may change the connection: try another network.")
        return CannotReachError(
            text.filled(host=self._host), next_step=step, detail=self._with_first()
        )

    def nothing_said(self) -> FerrygateError:
        if self._heard.has_ended:
            return CannotReachError(
                message("{host} ends the connection without a word.", host=self._host),
                next_step=message(
                    "It may be busy, or let nobody in from your network. Try again in some"
                    " minutes, or ask your contact."
                ),
                detail=self._detail,
            )
        return CannotReachError(
            message(
                "{host} does not answer: it takes the connection, and says nothing.",
                host=self._host,
            ),
            next_step=message(
                "Check the server's name and port, or try another network: a firewall or a sign-in"
                " page may be in the way."
            ),
            detail=self._detail,
        )

    def no_ssh(self) -> FerrygateError:
        """Make the error for a peer that sent no identification line, but something else."""
        first = self._heard.first
        said = sentence(first) if is_text(first) else ""
        known = protocol(first)
        busy = not_now(self._host, said, self._detail) if known is None else None
        if busy is not None:
            return busy
        if self._heard.is_slow and _IDENT.startswith(first[: len(_IDENT)]):
            return CannotReachError(
                message("The connection to {host} is too slow to sign in.", host=self._host),
                next_step=message("Try again in a minute, or on another network."),
                detail=self._with_first(),
                server_said=said,
            )
        text, step = _ANSWERING[known]
        detail = self._with_first()
        if known in {Protocol.WEB, Protocol.PROXY} and said:
            detail = f"{detail}; in full: {said}"
            said = _without_page(first)
        return CannotReachError(
            text.filled(host=self._host, port=self._port),
            next_step=step,
            detail=detail,
            server_said=said,
        )

    def _turned_away(self, said: str) -> FerrygateError:
        return CannotReachError(
            message("{host} turned the connection away.", host=self._host),
            next_step=message("Try again in some minutes, or ask your contact."),
            detail=self._detail,
            server_said=said,
        )

    def _with_first(self) -> str:
        first = self._heard.first[:40]
        return f"{self._detail}; first bytes {first!r}" if first else self._detail
