"""Uploads one file to S3: in one request where it is small, else in parts that grow."""

from __future__ import annotations

import contextlib
import zlib
from concurrent.futures import Future
from typing import Any

from ferrygate.sandbox.multipart import MultipartUpload, S3Bucket
from ferrygate.sandbox.part_buffer import PartBuffer, encode_crc
from ferrygate.sandbox.s3_errors import translated
from ferrygate.sandbox.store import Attributes, Status, StatusError


class S3Writing:
    """Receives a file, which S3 shows once it is published; one call at a time, from any thread.

    While a part is filled the one before is sent, by another thread; if the new one is full first,
    :meth:`append` waits. An error of S3 is raised by the next call, and by all that follow.

    Args:
        bucket: where to.
        key: of the object.
        metadata: of the object.
    """

    def __init__(self, bucket: S3Bucket, key: str, metadata: dict[str, str]) -> None:
        self._bucket = bucket
        self._key = key
        self._metadata = metadata
        self._part = PartBuffer(bucket.budget, bucket.staging)
        self._crc = 0
        self._size = 0
        self._upload: MultipartUpload | None = None
        self._sent: list[dict[str, Any]] = []
        self._sending: Future[dict[str, Any]] | None = None
        self._failure: StatusError | None = None

    def append(self, content: bytes) -> None:
        """Add bytes to the end of the file."""
        self._check()
        try:
            with translated():
                self._fill(content)
        except StatusError as error:
            self._failure = error
            raise
        self._crc = zlib.crc32(content, self._crc)
        self._size += len(content)

    def attributes(self) -> Attributes:
        """Describe the file as far as it has arrived."""
        now = int(self._bucket.clock.now())
        return Attributes(is_folder=False, size=self._size, modified=now)

    def publish(self) -> None:
        """Publish the received bytes as one object, over the earlier one."""
        try:
            self._check()
            with translated():
                if self._upload is None:
                    self._put()
                else:
                    self._complete(self._upload)
        except StatusError:
            with contextlib.suppress(StatusError):  # the journal has it, for the next start
                self.discard()
            raise
        self._part.close()

    def discard(self) -> None:
        """Forget the received bytes, here and at S3."""
        self._part.close()
        with contextlib.suppress(StatusError), translated():  # of a part not wanted any more
            self._wait()
        if self._upload is not None:
            with translated():
                self._upload.abort()

    def _part_bytes(self) -> int:
        """Return the size of the part that is being filled."""
        number = len(self._sent) + (self._sending is not None) + 1
        if number > self._bucket.limits.max_parts:
            raise StatusError(Status.FAILURE, "The file is larger than S3 takes")
        return self._bucket.limits.part_bytes(number)

    def _fill(self, content: bytes) -> None:
        """Add to the part, and begin to send each that is full."""
        while content:
            room = self._part_bytes() - self._part.size
            if room:
                self._part.append(content[:room])
                content = content[room:]
            else:
                self._send()

    def _send(self) -> None:
        """Begin to send the part, which is full or the last, once the one before is there."""
        self._wait()
        if self._upload is None:
            self._upload = MultipartUpload(self._bucket, self._key, self._metadata)
        part, self._part = self._part, PartBuffer(self._bucket.budget, self._bucket.staging)
        number = len(self._sent) + 1
        self._sending = self._bucket.executor.submit(_send_part, self._upload, number, part)

    def _wait(self) -> None:
        """Wait for the part that is being sent."""
        sending, self._sending = self._sending, None
        if sending is not None:
            self._sent.append(sending.result())

    def _check(self) -> None:
        """Raise the error after which bytes are missing."""
        if self._failure is not None:
            raise StatusError(self._failure.status, self._failure.text)

    def _put(self) -> None:
        self._bucket.client.put_object(
            Bucket=self._bucket.name,
            Key=self._key,
            Body=self._part.content(),
            ContentLength=self._part.size,
            ChecksumCRC32=self._part.checksum,
            Metadata=self._metadata,
        )

    def _complete(self, upload: MultipartUpload) -> None:
        if self._part.size:
            self._send()
        self._wait()
        upload.complete(self._sent, self._size, ChecksumCRC32=encode_crc(self._crc))


def _send_part(upload: MultipartUpload, number: int, part: PartBuffer) -> dict[str, Any]:
    """Send one part, on a thread of the executor."""
    try:
        return upload.send(number, part)
    finally:
        part.close()
