"""Names a bucket for the sandbox's files; without boto3, so that a command loads it fast."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import msgspec


class BucketOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Holds where files go that are not kept in a folder.

    Attributes:
        name: the bucket's name; the bucket is there.
        endpoint_url: address of the S3: scheme, host, and port where it has one.
    """

    name: str
    endpoint_url: str

    @property
    def is_local(self) -> bool:
        """Tell whether the S3 is on this computer's loopback."""
        return is_loopback(urlsplit(self.endpoint_url).hostname or "")

    def address(self, prefix: str) -> str:
        """Return the ``s3://`` address of what begins with ``prefix``."""
        return f"s3://{self.name}/{prefix}"


def is_loopback(host: str) -> bool:
    """Tell whether a host is this computer's loopback, by an address or name that says so."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
