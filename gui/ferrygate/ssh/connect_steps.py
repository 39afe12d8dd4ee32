"""The steps by which a connection comes about, as values, each with what was found.

They are the first of a sign-in's steps (:mod:`ferrygate.sign_in.steps`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from ferrygate.ssh.other_protocols import Protocol

# ML-KEM (draft-ietf-sshm-mlkem-hybrid-kex), Streamlined NTRU Prime and what came before them.
_POST_QUANTUM = re.compile(r"mlkem|sntrup|kyber|frodokem", re.IGNORECASE)


class NameResolved(msgspec.Struct, frozen=True):
    """Tells which addresses a host's name has.

    Attributes:
        host: the name, or an address.
        addresses: in the order in which they are tried.
        milliseconds: that the system's resolver took.
    """

    host: str
    addresses: tuple[str, ...]
    milliseconds: int


class AddressFailed(msgspec.Struct, frozen=True):
    """Tells that one of the addresses was tried to no avail; another may follow.

    Attributes:
        address: the address.
        port: TCP's.
        milliseconds: for which it was tried.
        is_refused: the host answered that nothing listens there; else nothing came back.
        reason: the system's words.
    """

    address: str
    port: int
    milliseconds: int
    is_refused: bool
    reason: str


class TcpConnected(msgspec.Struct, frozen=True):
    """Tells which of the addresses answered.

    Attributes:
        address: the one that is used.
        port: TCP's.
        milliseconds: from the first SYN to that address until it had answered.
    """

    address: str
    port: int
    milliseconds: int


class OtherProtocolRead(msgspec.Struct, frozen=True):
    """Tells what came where an identification line was due.

    Attributes:
        protocol: whose first bytes they are; ``None`` if they fit none that is known.
        first: the first of them, as people may read them; empty where the connection was ended
            without a word.
    """

    protocol: Protocol | None
    first: str


class FirstLineRead(msgspec.Struct, frozen=True):
    """Tells the server's identification line (RFC 4253 §4.2), cleaned and cut."""

    line: str


class AlgorithmsDiffer(msgspec.Struct, frozen=True):
    """Tells the kind of algorithm of which the two sides have none in common.

    Attributes:
        kind: of algorithm, such as ``ciphers``.
        ours: the names of ours.
        theirs: the names of the server's.
        is_too_old: all of the server's were given up, as no longer safe.
    """

    kind: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    is_too_old: bool


class AlgorithmsAgreed(msgspec.Struct, frozen=True):
    """Tells which algorithms are used (RFC 4253 §7.1), by their names on the wire.

    Attributes:
        key_exchange: by which the session's keys were agreed on.
        host_key: with which the server signed.
        cipher: of what the server sends.
        mac: of what the server sends; empty where the cipher brings its own tag.
    """

    key_exchange: str
    host_key: str
    cipher: str
    mac: str = ""

    @property
    def is_post_quantum(self) -> bool:
        """Tell whether recorded traffic stays secret from a quantum computer of later years."""
        return _POST_QUANTUM.search(self.key_exchange) is not None


ConnectStep = (
    NameResolved
    | AddressFailed
    | TcpConnected
    | OtherProtocolRead
    | FirstLineRead
    | AlgorithmsDiffer
    | AlgorithmsAgreed
)

ReportConnectStep = Callable[[ConnectStep], None]
"""Takes each step once it is done, or has failed, on the thread that connects."""


def report_nothing(_step: ConnectStep) -> None:
    """Take a step, for a connection that nobody follows."""
