"""Lists the algorithms of AWS Transfer's security policies.

Source: AWS Transfer Family user guide, "Security policies for AWS Transfer Family servers".
"""

from __future__ import annotations

import msgspec

from ferrygate.sandbox.settings import SecurityPolicy


class Algorithms(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the names of algorithms, in the server's order."""

    key_exchanges: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...] = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")


ALGORITHMS = {
    SecurityPolicy.OF_2024_01: Algorithms(
        key_exchanges=(
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "diffie-hellman-group18-sha512",
            "diffie-hellman-group16-sha512",
            "diffie-hellman-group-exchange-sha256",
        ),
        ciphers=(
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "aes128-ctr",
            "aes256-ctr",
            "aes192-ctr",
        ),
    ),
    SecurityPolicy.OF_2025_03: Algorithms(
        key_exchanges=(
            "mlkem768x25519-sha256",
            "mlkem768nistp256-sha256",
            "mlkem1024nistp384-sha384",
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "diffie-hellman-group16-sha512",
            "diffie-hellman-group18-sha512",
            "diffie-hellman-group-exchange-sha256",
        ),
        ciphers=(
            "aes256-gcm@openssh.com",
            "aes128-gcm@openssh.com",
            "aes128-ctr",
            "aes256-ctr",
            "aes192-ctr",
        ),
    ),
}
