"""Checks where a sandbox listens and where its files go: nothing leaves this computer unasked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

from ferrygate.cli.terminal import Terminal
from ferrygate.common.errors import Kind, Problem, UsageError
from ferrygate.common.message import Message, message
from ferrygate.sandbox.bucket_options import BucketOptions, is_loopback

if TYPE_CHECKING:
    from ferrygate.sandbox.settings import Settings

OPEN_TO_NETWORK = "open-to-network"
REAL_S3 = "real-s3"


class BucketFlags(TypedDict):
    """Holds what ``sandbox`` was told of a bucket.

    Attributes:
        bucket: its name, or None where files go to a folder.
        endpoint_url: address of the S3.
        real_s3: the S3 may be another computer's.
    """

    bucket: str | None
    endpoint_url: str | None
    real_s3: bool


def bucket_options(flags: BucketFlags, environment: Mapping[str, str]) -> BucketOptions | None:
    """Return the bucket that the flags name, or None.

    Args:
        flags: as they were given.
        environment: variables of this process; with ``CI`` among them the S3 must be here.

    Raises:
        UsageError: the flags do not go together, or the S3 is elsewhere and may not be.
    """
    bucket, endpoint_url = flags["bucket"], flags["endpoint_url"]
    if not bucket:
        if bucket is not None or endpoint_url is not None or flags["real_s3"]:
            raise UsageError(message("--endpoint-url and --real-s3 need --bucket with a name."))
        return None
    if endpoint_url is None:
        raise UsageError(
            message("--bucket needs --endpoint-url."),
            next_step=message("Name the address of the S3, such as http://127.0.0.1:9000."),
        )
    if not _is_address(endpoint_url):
        raise UsageError(message("“{address}” is no address of an S3.", address=endpoint_url))
    # One S3 has one address: the next start knows by it which uploads were left open.
    options = BucketOptions(name=bucket, endpoint_url=endpoint_url.rstrip("/"))
    if not options.is_local:
        _check_real(options, flags, environment)
    return options


def check_folder_unused(root: Path | None, settings: Settings) -> None:
    """Refuse what is said of the folder of files where there is none, but a bucket.

    Raises:
        UsageError: a folder was named, or its versions are to be kept.
    """
    if root is not None:
        raise UsageError(message("--root and --bucket do not go together."))
    if settings.versions:
        raise UsageError(
            message("The setting “versions” is for a folder, not for --bucket."),
            next_step=message("Switch versioning on at the bucket itself."),
        )


def warn_of_places(terminal: Terminal, host: str, bucket: BucketOptions | None) -> None:
    """Warn of a server that others can reach, and of a bucket that is not on this computer."""
    if not is_loopback(host):
        _warn(
            terminal,
            OPEN_TO_NETWORK,
            message(
                "The sandbox listens on {host}: others on the network can reach it.", host=host
            ),
        )
    if bucket is not None and not bucket.is_local:
        _warn(
            terminal,
            REAL_S3,
            message(
                "The sandbox writes to the bucket “{name}” at {address}, not on this computer.",
                name=bucket.name,
                address=bucket.endpoint_url,
            ),
        )


def _check_real(options: BucketOptions, flags: BucketFlags, environment: Mapping[str, str]) -> None:
    if not flags["real_s3"]:
        raise UsageError(
            message("{address} is not on this computer.", address=options.endpoint_url),
            next_step=message("If it is the S3 that you mean, add --real-s3."),
        )
    if "CI" in environment:
        raise UsageError(message("--real-s3 is refused while the variable CI is set."))


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_fits = parts.port != 0
    except ValueError:
        return False
    is_named = "@" in parts.netloc  # a user or a password, be it empty
    plain = not (is_named or parts.path.strip("/") or parts.query or parts.fragment)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port_fits and plain


def _warn(terminal: Terminal, code: str, sentence: Message) -> None:
    terminal.warn(code, Problem(kind=Kind.USAGE, sentence=sentence))
