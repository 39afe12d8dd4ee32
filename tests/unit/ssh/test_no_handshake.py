"""The errors for what answers in place of an SSH server."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import CannotReachError
from ferrygate.ssh.no_handshake import HandshakeRecord, no_handshake
from ferrygate.ssh.other_protocols import Protocol, protocol

_FIRST = {
    Protocol.WEB: b"HTTP/1.1 400 Bad Request\r\n\r\n",
    Protocol.PROXY: b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
    Protocol.TLS: b"\x15\x03\x01\x00\x02\x02\x46",
    Protocol.FTP: b"220 Welcome\r\n",
    Protocol.MAIL: b"220 mx1.example.org ESMTP Postfix\r\n",
    Protocol.TELNET: b"\xff\xfd\x18",
    Protocol.DATABASE: b"J\x00\x00\x00\x0a8.0.36\x00",
    Protocol.REMOTE_DESKTOP: b"RFB 003.008\n",
    None: b"hello?\n",
}


def test_each_protocol_has_a_sample() -> None:
    assert set(_FIRST) == {*Protocol, None}
    assert {name: protocol(first) for name, first in _FIRST.items()} == {
        name: name for name in _FIRST
    }


@pytest.mark.parametrize(("known", "first"), _FIRST.items())
def test_what_answers_is_named_with_a_next_step(known: Protocol | None, first: bytes) -> None:
    error = no_handshake("acme.example", 2222, HandshakeRecord(first=first))
    assert isinstance(error, CannotReachError)
    sentence = str(error)
    assert "acme.example" in sentence
    assert "{" not in sentence
    assert ("port 2222" in sentence) == (known is not None)
    assert str(error.problem.next_step).endswith(".")


def test_no_two_protocols_are_called_the_same() -> None:
    record = (HandshakeRecord(first=first) for first in _FIRST.values())
    assert len({str(no_handshake("acme.example", 22, each)) for each in record}) == len(_FIRST)


def test_a_server_of_web_encryption_is_told_apart_from_one_of_sftp() -> None:
    error = no_handshake("acme.example", 443, HandshakeRecord(first=_FIRST[Protocol.TLS]))
    assert str(error.problem.next_step) == (
        "It may be for web pages or FTPS, which is not SFTP."
        " Check the server's name and port with your contact."
    )
