"""Reads the address of a server as people type or paste it.

``host``, ``host:port``, ``user@host:port/folder``, ``[::1]:22``, and the same as an ``sftp://``
address (draft-ietf-secsh-scp-sftp-ssh-uri), in which what follows a percent sign is an encoded
byte. A host may be what it may be in a connection file. A password in an address is dropped. No
error quotes what was typed: it may hold one.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

from ferrygate.common.errors import UsageError
from ferrygate.common.message import Message, message
from ferrygate.common.remote_path import normalise
from ferrygate.sites import fields
from ferrygate.sites.site import DEFAULT_PORT, Site

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_SCHEMES = ("sftp", "ssh")
_MAX_SCHEME_SHOWN = 16  # characters that are quoted
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_PORTS = fields.TOP["port"]


class ServerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the parts of an address.

    Attributes:
        host: DNS name or address, without brackets.
        port: the one of SSH where the address names none.
        username: empty where the address names none.
        start_folder: absolute; the root where the address names none.
        dropped_password: it held a password, which was left out.
    """

    host: str
    port: int = DEFAULT_PORT
    username: str = ""
    start_folder: str = "/"
    dropped_password: bool = False

    @property
    def site(self) -> Site:
        """Make a site at the address, called as its server is."""
        return Site(
            name=self.host,
            host=self.host,
            port=self.port,
            username=self.username,
            start_folder=self.start_folder,
        )


def is_address(text: str) -> bool:
    """Tell whether a text can be nothing but an address: it begins as one does."""
    return _SCHEME.match(text.strip()) is not None


def read_server_address(text: str) -> ServerAddress:
    """Read an address.

    Raises:
        UsageError: it is none, is of another protocol, or a part of it cannot be used.
    """
    rest = text.strip()
    scheme = _SCHEME.match(rest)
    if scheme is not None:
        _check_scheme(scheme[1])
        rest = rest[scheme.end() :]
    authority, slash, folder = rest.partition("/")
    user, _at, place = authority.rpartition("@")
    name, _colon, password = user.partition(":")
    host, port = _split_port(place)
    if scheme is not None:
        name = name.partition(";")[0]  # parameters of the connection, such as a fingerprint
        name, host, folder = map(_decoded, (name, host, folder))
    if not fields.is_host(host):
        raise _no_host(host)
    return ServerAddress(
        host=host,
        port=read_port(port) if port else DEFAULT_PORT,
        username=_checked(name, message("The user name in this address")),
        start_folder=_folder(slash + folder),
        dropped_password=bool(password),
    )


def read_port(port: str) -> int:
    """Read the number of a port.

    Raises:
        UsageError: it is none.
    """
    try:
        number: int = _PORTS(int(port) if _PORT.fullmatch(port) else 0)
    except fields.InvalidValueError as invalid:
        raise UsageError(
            message("The port in this address {reason}.", reason=invalid.reason)
        ) from None
    return number


def _check_scheme(scheme: str) -> None:
    if scheme.lower() not in _SCHEMES:
        raise UsageError(
            message(
                "An address that begins with “{scheme}://” is not for SFTP.",
                scheme=scheme[:_MAX_SCHEME_SHOWN].lower(),
            ),
            next_step=message("Ask your contact for the address of the SFTP server."),
        )


def _split_port(place: str) -> tuple[str, str]:
    """Split host and port; an IPv6 address has brackets, or no port."""
    if place.startswith("["):
        host, bracket, port = place[1:].partition("]")
        if not bracket or ":" not in host or (port and not port.startswith(":")):
            raise _no_host(place)
        return host, port[1:]
    if place.count(":") > 1:
        return place, ""
    host, _colon, port = place.partition(":")
    return host, port


def _decoded(part: str) -> str:
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        raise UsageError(
            message("This address holds bytes that are not UTF-8 text."), next_step=_looks_like()
        ) from None


def _folder(path: str) -> str:
    checked = _checked(path, message("The folder in this address"))
    return normalise(checked).decode("utf-8", "surrogateescape") if checked else "/"


def _checked(part: str, source: Message) -> str:
    try:
        return fields.text(part)
    except fields.InvalidValueError as invalid:
        raise UsageError(
            message("{source} {reason}.", source=source, reason=invalid.reason)
        ) from None


def _no_host(host: str) -> UsageError:
    if host.isascii():
        return UsageError(message("This is not a server address."), next_step=_looks_like())
    return UsageError(
        message("The name of a server has plain letters, digits, hyphens and dots alone."),
        next_step=message("A name with other letters has a plain form that begins with “xn--”."),
    )


def _looks_like() -> Message:
    return message("It looks like sftp.example.org.")
