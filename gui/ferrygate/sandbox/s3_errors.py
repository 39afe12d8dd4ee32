"""Turns the errors of S3's client into statuses of SFTP."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from ferrygate.sandbox.store import Status, StatusError

_FORBIDDEN = 403
_NOT_FOUND = 404
_NO_OBJECT = {"NoSuchKey", "404"}  # codes; an answer to HEAD has no body, and so no code of S3's
_CHANGED = 412  # of a request that was for one state of an object only
_BUSY = 503  # "SlowDown", after the client's own tries


class OtherAddressError(Exception):
    """S3 redirects to another address than the one that was given."""

    def __init__(self, address: str) -> None:
        super().__init__(f"S3 redirects to {address}")


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise :class:`StatusError` for what S3, the way to it, or this computer's disk refuses."""
    try:
        yield
    except ClientError as error:
        raise _status_error(error) from None
    except (BotoCoreError, OtherAddressError):  # the texts name addresses, no client's business
        raise StatusError(Status.FAILURE, "The bucket cannot be reached") from None
    except OSError as error:  # of a part's file, or of the journal
        raise StatusError(Status.FAILURE, error.strerror or "Failure") from None


def http_status(error: ClientError) -> int:
    """Return the HTTP status of S3's answer."""
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def is_missing(error: ClientError) -> bool:
    """Tell whether S3 does not know what it was asked for."""
    return http_status(error) == _NOT_FOUND


def _status_error(error: ClientError) -> StatusError:
    status, code = http_status(error), str(error.response["Error"].get("Code", "Failure"))
    if status == _FORBIDDEN:
        return StatusError(Status.PERMISSION_DENIED, "Permission denied")
    if status == _NOT_FOUND and code in _NO_OBJECT:
        return StatusError(Status.NO_SUCH_FILE, "No such file")
    if status == _CHANGED:
        return StatusError(Status.FAILURE, "The file has been replaced")
    if status == _BUSY:
        return StatusError(Status.FAILURE, "The bucket is busy")
    return StatusError(Status.FAILURE, code)
