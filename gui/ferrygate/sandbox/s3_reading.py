"""Reads one object of S3, a block ahead of what a client asks for."""

from __future__ import annotations

from typing import Any

from ferrygate.sandbox.multipart import S3Bucket
from ferrygate.sandbox.s3_errors import translated
from ferrygate.sandbox.store import Attributes

_BLOCK_BYTES = 4 << 20  # of one request to S3, where a client asks for 255 KiB at most


class S3Reading:
    """Reads an object in the state in which it was opened; one call at a time, from any thread.

    Args:
        bucket: where from.
        key: of the object.
        head: S3's answer about it.
    """

    def __init__(self, bucket: S3Bucket, key: str, head: dict[str, Any]) -> None:
        self._bucket = bucket
        self._key = key
        self._etag = head["ETag"]
        self._attributes = file_attributes(head["ContentLength"], head["LastModified"])
        self._kept = 0  # bytes of the budget
        self._start = 0  # of the block, in the object
        self._block = b""

    def read(self, offset: int, length: int) -> bytes:
        """Read at most ``length`` bytes from ``offset``; none at the end."""
        end = min(offset + length, self._attributes.size)
        if offset >= end:
            return b""
        if not self._start <= offset <= end <= self._start + len(self._block):
            self._fetch(offset, end)
        content = self._block[offset - self._start : end - self._start]
        if not self._kept:
            self._block = b""
        return content

    def attributes(self) -> Attributes:
        """Return the attributes of the file as it was opened."""
        return self._attributes

    def close(self) -> None:
        """Give the block's memory back."""
        self._block = b""
        self._bucket.budget.release(self._kept)
        self._kept = 0

    def _fetch(self, start: int, end: int) -> None:
        """Fetch a block that holds the wanted bytes, and no more than these if memory is short."""
        self._block = b""
        wanted = min(_BLOCK_BYTES, self._attributes.size)
        if not self._kept and self._bucket.budget.acquire(wanted):
            self._kept = wanted
        end = max(end, min(start + self._kept, self._attributes.size))
        whole = start == 0 and end == self._attributes.size  # then S3's checksum is compared
        part = {} if whole else {"Range": f"bytes={start}-{end - 1}"}
        with translated():
            answer = self._bucket.client.get_object(
                Bucket=self._bucket.name, Key=self._key, IfMatch=self._etag, **part
            )
            with answer["Body"] as body:
                content = body.read()
        self._start, self._block = start, bytes(content)


def file_attributes(size: int, modified: Any) -> Attributes:
    """Describe an object."""
    return Attributes(is_folder=False, size=size, modified=max(0, int(modified.timestamp())))
