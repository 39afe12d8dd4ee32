"""SSH messages of a peer, read without trusting the numbers in them.

The library's :class:`paramiko.Message` pads what is read past its end with up to a MiB of zeros,
and makes a number of any length in quadratic time. So a message of a hundred bytes may claim a
number of a MiB, which keeps a processor busy for half a minute, before the host key was accepted.
"""

from __future__ import annotations

import paramiko

_MAX_PADDED_BYTES = 16  # servers leave the last fields out, such as a language or a reserved int
_MAX_NUMBER_BYTES = 16_384 // 8 + 1  # of an mpint: no RSA key and no group is longer


class BoundedMessage(paramiko.Message):
    """A message whose strings lie in it, and whose numbers have a bound."""

    @classmethod
    def of(cls, message: paramiko.Message) -> BoundedMessage:
        """Take over the library's message, to be read from its start."""
        bounded = cls(message.asbytes())
        bounded.seqno = message.seqno
        return bounded

    @property
    def left(self) -> int:
        """Count the bytes that have not been read."""
        return self.packet.getbuffer().nbytes - self.packet.tell()

    def get_bytes(self, n: int) -> bytes:
        """Read the next ``n`` bytes.

        Raises:
            SSHException: the message does not hold them, and they are no short field.
        """
        if n > _MAX_PADDED_BYTES and n > self.left:
            raise paramiko.SSHException(f"{n} bytes claimed where {self.left} are left")
        return super().get_bytes(n)

    def get_mpint(self) -> int:
        """Read the next number (RFC 4251 §5).

        Raises:
            SSHException: it is longer than any that SSH has a use for.
        """
        number = self.get_binary()
        if len(number) > _MAX_NUMBER_BYTES:
            raise paramiko.SSHException(f"number of {len(number)} bytes")
        return int.from_bytes(number, "big", signed=True)
