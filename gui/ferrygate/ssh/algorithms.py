"""Which algorithms we have, and what it means where a server has none of them."""

from __future__ import annotations

import re
from enum import Enum

import msgspec

from ferrygate.ssh.connect_steps import AlgorithmsAgreed

RSA = "ssh-rsa"
"""The type of an RSA key, which signs by other names."""

RSA_SIGNATURES = frozenset({"rsa-sha2-512", "rsa-sha2-256"})
"""Algorithms that an RSA key signs with (RFC 8332)."""

LATER_KEY_TYPES = (RSA, *(f"ecdsa-sha2-nistp{bits}" for bits in (256, 384, 521)))
"""Host key types (RFC 5656, RFC 8332) that a server with an Ed25519 key does not show unasked."""

CIPHERS = (  # AES-GCM first: it costs a fraction of CTR with a MAC
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
)
MACS = (  # without MD5 and truncated ones, which the library still offers
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
)

# Algorithms that OpenSSH and RFC 9142 have given up: SHA-1 in signatures and key exchanges, DSA,
# groups of 1024 bits, CBC, RC4, MD5, and tags that were cut.
_GIVEN_UP = re.compile(
    r"diffie-hellman-group(1|14|-exchange)-sha1|diffie-hellman-group1-\S+|rsa1024-sha1"
    r"|gss-\S*-sha1-\S*"
    r"|ssh-rsa(-cert-v0[01]@openssh\.com)?|ssh-dss(-cert-v0[01]@openssh\.com)?|x509v3-sign-\S+"
    r"|\S+-cbc(@\S+)?|arcfour\d*|rijndael\S*|none"
    r"|hmac-(md5|sha1|ripemd160)\S*|hmac-ripemd\S*|umac-64\S*|\S+-96"
)
_NO_ALGORITHM = re.compile(r"ext-info-[cs]|kex-strict-\S+|")


class Offer(msgspec.Struct, frozen=True):
    """The algorithms a server offers (RFC 4253 §7.1), in its order."""

    key_exchanges: tuple[str, ...] = ()
    host_keys: tuple[str, ...] = ()
    ciphers: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    compressions: tuple[str, ...] = ()


class Lack(Enum):
    """Why two sides have no algorithm in common."""

    TOO_OLD = "too old"  # the server has none that is still safe
    OTHERS = "others"  # it has some that we do not know, or have not


class Mismatch(msgspec.Struct, frozen=True):
    """The first kind of algorithm of which there is none in common, and the server's of it."""

    kind: str
    offered: tuple[str, ...]
    lack: Lack


def agreed(ours: Offer, theirs: Offer) -> AlgorithmsAgreed:
    """Tell which algorithms two sides have agreed on: the first of ours that they have too.

    So it is for a client (RFC 4253 §7.1). A cipher that brings its own tag has no MAC beside it.
    """

    def first(kind: str) -> str:
        has = set(getattr(theirs, kind))
        return next((name for name in getattr(ours, kind) if name in has), "")

    cipher = first("ciphers")
    mac = "" if "-gcm@" in cipher else first("macs")
    return AlgorithmsAgreed(first("key_exchanges"), first("host_keys"), cipher, mac)


def mismatch(ours: Offer, theirs: Offer) -> Mismatch | None:
    """Compare what both sides have; nothing where they have one of each kind in common.

    A cipher that brings its own tag needs no MAC beside it, but the library demands one.
    """
    for kind in Offer.__struct_fields__:
        offered = [name for name in getattr(theirs, kind) if not _NO_ALGORITHM.fullmatch(name)]
        if not set(offered) & set(getattr(ours, kind)):
            is_old = all(_GIVEN_UP.fullmatch(name) for name in offered)
            return Mismatch(kind, tuple(offered), Lack.TOO_OLD if is_old else Lack.OTHERS)
    return None
