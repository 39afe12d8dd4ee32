"""Lists answers of other services where a server of files was expected, and what is told then."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.errors import Kind
from support.broken_peers import IDENT, offer, packet
from support.sftp_bytes import string


def disconnect(code: int, reason: str) -> bytes:
    """SSH_MSG_DISCONNECT (RFC 4253 §11.1)."""
    return packet(b"\x01" + code.to_bytes(4, "big") + string(reason.encode()) + string(b""))


class Then(Enum):
    """Names how the connection goes on behind the answer."""

    HANGS_UP = "hangs up"
    WAITS = "waits"


class Row(msgspec.Struct, frozen=True):
    """One kind of answer.

    Attributes:
        said: what comes over the port.
        sentence: a part of what people are told.
        then: how it goes on.
        kind: of the problem.
        server_said: a part of the server's words, where they are for people.
        next_step: a part of it.
    """

    said: bytes
    sentence: str
    then: Then = Then.HANGS_UP
    kind: Kind = Kind.CANNOT_REACH
    server_said: str = ""
    next_step: str = ""


ENDS, WAITS = Then.HANGS_UP, Then.WAITS
BUSY, UNUSABLE = Kind.SERVER_BUSY, Kind.SERVER_UNUSABLE
NO_LONGER_SAFE, NOT_HAD = "no longer safe", "does not have"
WEB, FTP, MAIL = "A web page answers", "An FTP server answers", "A mail server answers"
DATABASE, DESKTOP, PROXY = "A database answers", "A remote desktop answers", "A proxy answers"
TLS = "wants web encryption (TLS)"
GENERIC = "answers, but not as a file transfer server"
PORTAL = (
    b"HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\n\r\n"
    b"<html><body>Please log in</body></html>\r\n"
)

ROWS = {
    # algorithms
    "only newer key exchanges": Row(
        IDENT + offer(b"sntrup999-sha512,mlkem1024-sha384"),
        NOT_HAD,
        WAITS,
        UNUSABLE,
        next_step="Update Ferrygate",
    ),
    "only newer ciphers": Row(
        IDENT + offer(cipher=b"chacha20-poly1305@openssh.com"), NOT_HAD, WAITS, UNUSABLE
    ),
    "only newer host keys": Row(
        IDENT + offer(host_key=b"ssh-mldsa65,ssh-ed448"), NOT_HAD, WAITS, UNUSABLE
    ),
    "only newer MACs": Row(
        IDENT + offer(cipher=b"aes128-ctr", mac=b"kmac256@example.org"), NOT_HAD, WAITS, UNUSABLE
    ),
    "newer ones beside old ones": Row(
        IDENT + offer(b"diffie-hellman-group1-sha1,mlkem1024-sha384"), NOT_HAD, WAITS, UNUSABLE
    ),
    "only old key exchanges": Row(
        IDENT + offer(b"diffie-hellman-group1-sha1,diffie-hellman-group14-sha1"),
        NO_LONGER_SAFE,
        WAITS,
        UNUSABLE,
        next_step="update the server",
    ),
    "only old ciphers": Row(
        IDENT + offer(cipher=b"aes128-cbc,3des-cbc,arcfour256"), NO_LONGER_SAFE, WAITS, UNUSABLE
    ),
    "only old host keys": Row(
        IDENT + offer(host_key=b"ssh-rsa,ssh-dss"), NO_LONGER_SAFE, WAITS, UNUSABLE
    ),
    "only old MACs": Row(
        IDENT + offer(cipher=b"aes128-ctr", mac=b"hmac-md5,hmac-sha1-96"),
        NO_LONGER_SAFE,
        WAITS,
        UNUSABLE,
    ),
    "old ones, and marks that are no algorithm": Row(
        IDENT + offer(b"diffie-hellman-group1-sha1,ext-info-s,kex-strict-s-v00@openssh.com"),
        NO_LONGER_SAFE,
        WAITS,
        UNUSABLE,
    ),
    "it says that there is none in common": Row(
        IDENT + disconnect(3, "no matching cipher found"),
        "no encryption that both sides have",
        WAITS,
        UNUSABLE,
        "no matching cipher found",
    ),
    "SSH 1": Row(b"SSH-1.5-OldBox\r\n", NO_LONGER_SAFE, WAITS, UNUSABLE),
    # busy, or away
    "MaxStartups": Row(
        b"Exceeded MaxStartups\r\n", "lets nobody in just now", ENDS, BUSY, "Exceeded MaxStartups"
    ),
    "a penalty": Row(
        b"Not allowed at this time\r\n",
        "from this network",
        ENDS,
        BUSY,
        "Not allowed at this time",
        "Wait for some minutes",
    ),
    "banned": Row(b"Your IP address is banned.\r\n", "from this network", ENDS, BUSY, "banned"),
    "maintenance": Row(
        b"Down for maintenance until 14:00\r\n", "lets nobody in", ENDS, BUSY, "until 14:00"
    ),
    "too many users": Row(
        IDENT + disconnect(12, "Too many users"), "lets nobody in", ENDS, BUSY, "Too many users"
    ),
    "shutting down": Row(
        IDENT + offer() + disconnect(11, "The server is shutting down."),
        "lets nobody in",
        ENDS,
        BUSY,
        "shutting down",
    ),
    "turned away": Row(
        IDENT + disconnect(1, "Host 10.0.0.7 is not on the list"),
        "turned the connection away",
        ENDS,
        server_said="not on the list",
    ),
    "a line that says why": Row(
        b"Access from 10.0.0.7 denied by policy\r\n", GENERIC, ENDS, server_said="denied by policy"
    ),
    # silence
    "silence": Row(b"", "does not answer", WAITS),
    "nothing, and the end": Row(b"", "without a word", ENDS, next_step="It may be busy"),
    "a name, and silence": Row(IDENT, "then fell silent", WAITS),
    "a name, and the end": Row(IDENT, "then ended the connection"),
    "choices, and silence": Row(IDENT + offer(), "then fell silent", WAITS),
    "choices, and the end": Row(IDENT + offer(), "then ended the connection"),
    "a welcome, a name, and silence": Row(b"Welcome\r\n" + IDENT, "then fell silent", WAITS),
    "nonsense behind its name": Row(IDENT + bytes(range(256)) * 4, "not be understood", WAITS),
    # other servers
    "a captive portal": Row(PORTAL, WEB, ENDS, server_said="302 Found", next_step="hotel"),
    "a web server that waits": Row(PORTAL, WEB, WAITS, next_step="web browser"),
    "a web server without a status": Row(b"<!DOCTYPE html><html><title>x</title>", WEB),
    "a proxy that wants a password": Row(
        b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", PROXY, next_step="another network"
    ),
    "a proxy by its header": Row(b"HTTP/1.0 400 Bad Request\r\nVia: 1.1 squid\r\n\r\n", PROXY),
    "SOCKS 5": Row(b"\x05\xff", PROXY, WAITS),
    "SOCKS 4": Row(b"\x00\x5b\x00\x00\x00\x00\x00\x00", PROXY),
    "a TLS alert": Row(bytes.fromhex("15030300020246"), TLS, next_step="FTPS"),
    "an FTP server": Row(
        b"220 (vsFTPd 3.0.3)\r\n", FTP, WAITS, server_said="vsFTPd", next_step="22"
    ),
    "an FTP server that is full": Row(b"421 Too many users, sorry\r\n", FTP),
    "FTP, in lines": Row(b"220-Welcome to Example\r\n220 Ready\r\n500 SSH-2.0: ?\r\n", FTP),
    "a mail server": Row(b"220 mx.example.org ESMTP Postfix\r\n", MAIL, WAITS, server_said="ESMTP"),
    "POP3": Row(b"+OK Dovecot ready.\r\n", MAIL),
    "IMAP": Row(b"* OK [CAPABILITY IMAP4rev1] ready\r\n", MAIL),
    "telnet": Row(b"\xff\xfd\x18\xff\xfd\x20", "A Telnet server answers", WAITS),
    "MySQL": Row(b"\x4a\x00\x00\x00\x0a8.0.36\x00" + bytes(60), DATABASE, WAITS),
    "MySQL that refuses": Row(b"\x45\x00\x00\x00\xff\x6a\x04Host is not allowed", DATABASE),
    "PostgreSQL": Row(b"E\x00\x00\x00\x85SFATAL\x00VFATAL\x00", DATABASE),
    "RDP": Row(b"\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x03\x00\x08", DESKTOP),
    "VNC": Row(b"RFB 003.008\n", DESKTOP, WAITS),
    "words of nobody known": Row(b"hello there\r\n", GENERIC, WAITS, server_said="hello there"),
    "bytes of nobody known": Row(b"\x99\x88\x77", GENERIC, ENDS),
}
