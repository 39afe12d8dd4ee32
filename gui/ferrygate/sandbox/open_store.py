"""Opens the store of a sandbox's files: a folder of this computer, or a bucket."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from ferrygate.common.clock import Clock
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sandbox.bucket_options import BucketOptions
from ferrygate.sandbox.folder_store import FolderStore
from ferrygate.sandbox.local_lambda import SERVER_ID
from ferrygate.sandbox.s3_limits import S3Limits
from ferrygate.sandbox.seed import seed
from ferrygate.sandbox.store import ObjectStore

ObjectsOf = Callable[[str], ObjectStore]
"""Returns the store for a person's user name."""

_STAGING = ".uploads-"  # no user name starts with a dot, so no home folder is called this


def open_folder(
    root: Path, home: str, clock: Clock, running: ExitStack, *, keeps_versions: bool
) -> ObjectsOf:
    """Open a folder, in which the home is made and filled where it is missing.

    Raises:
        OSError: the folder cannot be written.
    """
    seed(root / home)
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=root))
    running.callback(shutil.rmtree, staging, ignore_errors=True)
    objects = FolderStore(root, staging, clock, keeps_versions=keeps_versions)
    objects.keep(home)
    return lambda _username: objects


def open_bucket(options: BucketOptions, state: Path, clock: Clock, running: ExitStack) -> ObjectsOf:
    """Open a bucket, to which nothing is added.

    Raises:
        UsageError: the bucket cannot be used, or boto3 is not installed.
        OSError: the folder ``state`` cannot be written.
    """
    try:
        from ferrygate.sandbox.bucket_connection import connected  # noqa: PLC0415  an extra, and slow
        from ferrygate.sandbox.s3_store import S3Store  # noqa: PLC0415  as above
    except ModuleNotFoundError:
        raise UsageError(
            message("This needs boto3, which is not installed."),
            next_step=message("Install Ferrygate with its extra “aws”."),
        ) from None
    bucket = running.enter_context(connected(options, state, clock, S3Limits()))
    return lambda username: S3Store(bucket, username, SERVER_ID)
