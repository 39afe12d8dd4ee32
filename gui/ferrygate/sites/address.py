"""Addresses of servers in one spelling, so that one account is counted as one."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

_HTTPS_PORT = 443


def canonical_host(host: str) -> str:
    """Write the name or address of a server in the one way in which names are compared.

    Lower case, without the dot of the root, without brackets; international names as the name
    service knows them (RFC 3490). A host that is none of these is only made lower case.
    """
    bare = host.strip().lower().removeprefix("[").removesuffix("]").rstrip(".")
    with suppress(ValueError):
        return ip_address(bare).compressed
    with suppress(ValueError):
        return bare if bare.isascii() else bare.encode("idna").decode("ascii")
    return bare


def canonical_okta(address: str) -> str:
    """Write the address of an Okta organisation as scheme and host, with an unusual port."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port that is no number, a bracket too many
        return address.strip().rstrip("/").lower()
    return f"https://{canonical_host(host)}" + ("" if port in {None, _HTTPS_PORT} else f":{port}")
