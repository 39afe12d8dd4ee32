"""Tells by its first bytes what answers where a file transfer server was expected."""

from __future__ import annotations

import re
from enum import Enum


class Protocol(Enum):
    """A protocol other than SSH."""

    WEB = "web"
    PROXY = "proxy"
    TLS = "tls"
    FTP = "ftp"
    MAIL = "mail"
    TELNET = "telnet"
    DATABASE = "database"
    REMOTE_DESKTOP = "remote desktop"


# In this order, and compiled where they are used; (?s) since a dot stands for any byte. Sources:
# RFC 9112 §4, RFC 1928 §3, RFC 8446 §5.1, RFC 959 §4.2, RFC 5321 §4.2, RFC 1939 §3, RFC 9051 §7.1,
# RFC 854, MySQL's HandshakeV10 and ERR_Packet, PostgreSQL's ErrorResponse, [MS-RDPBCGR] §2.2.1
# (TPKT), RFC 6143 §7.1.1.
_PATTERNS = (
    (Protocol.PROXY, rb"(?is)HTTP/\d\S* (407|[^\r\n]*proxy)"),
    (Protocol.PROXY, rb"(?is)HTTP/\d.*\r\n(proxy-|via:|x-squid)"),
    (Protocol.PROXY, rb"(?s)(\x05[\x00-\x09\xff]|\x00[\x5a-\x5d])"),
    (Protocol.WEB, rb"(?is)\s*(HTTP/\d|<!doctype|<html|<\?xml|<head|<body)"),
    (Protocol.TLS, rb"(?s)[\x14-\x17]\x03[\x00-\x04]"),
    (Protocol.TLS, rb"(?s)\x80.\x01\x03"),
    (Protocol.MAIL, rb"(?is)(220|4\d\d|5\d\d)[ -][^\n]*(smtp|mail|\bmx\b|postfix|exim|exchange)"),
    (Protocol.MAIL, rb"(?is)(\+OK|\* (OK|BYE|PREAUTH))"),
    (Protocol.FTP, rb"(?s)(220|120|421|500|502|503|530|550)[ -]"),
    (Protocol.TELNET, rb"(?s)\xff[\xfa-\xfe]"),
    (Protocol.DATABASE, rb"(?s)...\x00(\x0a\d|\xff)"),
    (Protocol.DATABASE, rb"(?s)(E\x00\x00|-ERR unknown command|-NOAUTH|-DENIED)"),
    (Protocol.DATABASE, rb"(?s)\x00.\x00\x00[\x04\x0b]\x00\x00\x00"),
    (Protocol.REMOTE_DESKTOP, rb"(?s)(\x03\x00\x00|RFB \d{3})"),
)
_IDENT = re.compile(rb"(?m)^SSH-[\x20-\x7e]*")
# OpenSSH's MaxStartups and PerSourcePenalties, what others say, and RFC 4253 §11.1's code 12.
_BUSY = (
    r"(?i)maxstartups|too many (connections|sessions|users|clients|logins)|\bbusy\b|overload"
    r"|try again (later|in)|maintenance|maximum (number of )?(connections|sessions|users)"
    r"|connection limit|temporarily|server (is )?(full|shutting down|starting)"
)
_PENALTY = (
    r"(?i)not allowed at this time|\bbanned\b|\bblocked\b|blacklist|denylist|too many (auth|failed)"
    r"|rate.?limit|penalt"
)


def protocol(first: bytes) -> Protocol | None:
    """Tell the protocol by its first bytes; ``None`` where they fit none of those known."""
    return next((name for name, pattern in _PATTERNS if re.match(pattern, first)), None)


def ident(first: bytes) -> str:
    """Find an SSH server's identification line (RFC 4253 §4.2), before which others may come."""
    found = _IDENT.search(first)
    return found.group().decode("ascii") if found else ""


def is_busy(said: str) -> bool:
    """Tell whether a server says that it is too busy to let people in."""
    return bool(re.search(_BUSY, said))


def is_penalty(said: str) -> bool:
    """Tell whether a server says that it does not let this machine in just now."""
    return bool(re.search(_PENALTY, said))
