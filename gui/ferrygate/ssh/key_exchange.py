"""Checks on what a server brings to a key exchange, before the library computes with it."""

from __future__ import annotations

import paramiko
from paramiko.kex_gex import KexGexSHA256

from ferrygate.ssh.bounded_message import BoundedMessage

GROUP_EXCHANGE = "diffie-hellman-group-exchange-sha256"


class GroupExchange(KexGexSHA256):
    """Diffie-Hellman in a group of the server's choice (RFC 4419), if it is one.

    The library takes a negative modulus, and then looks for an exponent below it for ever. One of
    8192 bits holds Python's lock for seconds at a time, in which no other thread runs.
    """

    max_bits = 4096  # asked for, and insisted on; servers choose the group closest to 2048

    def _parse_kexdh_gex_group(self, m: paramiko.Message) -> None:
        modulus, generator = m.get_mpint(), m.get_mpint()
        bits = modulus.bit_length()
        if (
            modulus < 0
            or modulus % 2 == 0
            or not self.min_bits <= bits <= self.max_bits
            or not 1 < generator < modulus - 1
        ):
            raise paramiko.SSHException(f"no group to exchange keys in: modulus of {bits} bits")
        m.rewind()
        super()._parse_kexdh_gex_group(m)  # type: ignore[misc]  # the stubs leave it out


def check_signature(signature: bytes) -> None:
    """Look for numbers in a signature that the library would take for ever to read.

    Raises:
        SSHException: there is one, or the signature does not hold together.
    """
    message = BoundedMessage(signature)
    algorithm, inner = message.get_text(), message.get_binary()
    if algorithm.startswith("ecdsa-"):
        numbers = BoundedMessage(inner)
        numbers.get_mpint()
        numbers.get_mpint()
