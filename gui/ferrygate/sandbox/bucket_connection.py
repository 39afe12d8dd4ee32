"""Connects to a bucket, and clears what a sandbox that ended by force left open there."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ferrygate.common.clock import Clock
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sandbox.bucket_options import BucketOptions
from ferrygate.sandbox.multipart import S3Bucket, abort
from ferrygate.sandbox.part_buffer import MemoryBudget
from ferrygate.sandbox.s3_errors import OtherAddressError
from ferrygate.sandbox.s3_limits import S3Limits
from ferrygate.sandbox.upload_journal import UploadJournal, clear_left_over

_REGION = "us-east-1"  # for the signature, where none is configured
_CONNECT_SECONDS = 5
_READ_SECONDS = 60
_ATTEMPTS = 3  # of one request
_SENDERS = 4  # parts that are sent at the same time


@contextmanager
def connected(
    options: BucketOptions, state: Path, clock: Clock, limits: S3Limits
) -> Iterator[S3Bucket]:
    """Use a bucket in the block; open uploads of runs that ended by force are aborted first.

    Args:
        options: names the bucket.
        state: folder of this computer for the journal of uploads, and for parts on their way.
        clock: gives uploads under way their time.
        limits: bounds on uploads and copies.

    Raises:
        UsageError: the bucket cannot be used.
        OSError: the folder cannot be written.
    """
    with ExitStack() as stack:
        try:
            client = stack.enter_context(closing(_client(options)))
            client.head_bucket(Bucket=options.name)
            clear_left_over(
                state, options.endpoint_url, options.name, functools.partial(abort, client)
            )
        except (BotoCoreError, ClientError, OtherAddressError, ValueError) as error:
            # boto3 raises ValueError for a text that is no address.
            raise _unusable(options, error) from None
        journal = UploadJournal(state, options.endpoint_url, options.name)
        stack.callback(journal.close)
        executor = ThreadPoolExecutor(_SENDERS, thread_name_prefix="sandbox-s3")
        yield S3Bucket(
            client=client,
            name=options.name,
            limits=limits,
            budget=MemoryBudget(limits.in_flight_bytes),
            journal=journal,
            executor=stack.enter_context(executor),
            staging=state,
            clock=clock,
        )


def _client(options: BucketOptions) -> Any:
    """Make a client that asks no address but the given one."""
    session = boto3.Session()
    client = session.client(
        "s3",
        endpoint_url=options.endpoint_url,
        region_name=session.region_name or _REGION,
        config=Config(
            s3={"addressing_style": "path"},  # the bucket's name in front would be another address
            proxies={} if options.is_local else None,  # no proxy between this computer and itself
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        ),
    )
    wanted = urlsplit(options.endpoint_url).netloc.lower()

    def check(request: Any, **_event: Any) -> None:
        """Refuse a request that S3 redirects to another address."""
        found = urlsplit(request.url).netloc.lower()
        if found != wanted:
            raise OtherAddressError(found)

    client.meta.events.register("before-send.s3", check)
    return client


def _unusable(options: BucketOptions, error: Exception) -> UsageError:
    return UsageError(
        message("The bucket “{name}” cannot be used.", name=options.name),
        next_step=message("Check the bucket's name, the address and the credentials."),
        detail=str(error),
    )
