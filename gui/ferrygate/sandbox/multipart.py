"""Makes one object of S3 out of parts, and records the upload while it is open."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from botocore.exceptions import ClientError

from ferrygate.common.clock import Clock
from ferrygate.sandbox.part_buffer import MemoryBudget, PartBuffer
from ferrygate.sandbox.s3_errors import http_status, is_missing
from ferrygate.sandbox.s3_limits import S3Limits
from ferrygate.sandbox.upload_journal import OpenUpload, UploadJournal

_SERVER_ERROR = 500  # HTTP statuses from here on do not say whether it was done
_CHECKSUM = {"ChecksumType": "FULL_OBJECT"}  # of all bytes, where another kind is one of the parts'


class S3Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what all uploads, downloads and copies of one bucket share.

    Attributes:
        client: boto3's client of S3.
        name: the bucket's name.
        limits: bounds on uploads and copies.
        budget: bounds what is kept in memory.
        journal: records open uploads.
        executor: sends parts.
        staging: folder of this computer for parts that are not kept in memory.
        clock: gives uploads under way their time.
    """

    client: Any
    name: str
    limits: S3Limits
    budget: MemoryBudget
    journal: UploadJournal
    executor: Executor
    staging: Path
    clock: Clock


class MultipartUpload:
    """Opens an upload, and adds parts to it. All methods raise boto3's errors.

    Args:
        bucket: where to.
        key: of the object.
        metadata: of the object.
        headers: of the object, by their names in boto3.
    """

    def __init__(
        self, bucket: S3Bucket, key: str, metadata: dict[str, str], **headers: str
    ) -> None:
        self._client = bucket.client
        self._journal = bucket.journal
        self._place = {"Bucket": bucket.name, "Key": key}
        self._upload = bucket.journal.begin(key)
        try:
            answer = self._client.create_multipart_upload(
                **self._place,
                Metadata=metadata,
                ChecksumAlgorithm="CRC32",
                **_CHECKSUM,
                **headers,
            )
        except ClientError as error:
            if http_status(error) < _SERVER_ERROR:  # else S3 may have opened it
                self._journal.end(self._upload)
            raise
        self._upload = bucket.journal.opened(self._upload, answer["UploadId"])

    def send(self, number: int, part: PartBuffer) -> dict[str, Any]:
        """Send one part; returns what :meth:`complete` wants of it."""
        answer = self._client.upload_part(
            **self._place,
            UploadId=self._upload.upload_id,
            PartNumber=number,
            Body=part.content(),
            ContentLength=part.size,
            ChecksumCRC32=part.checksum,
        )
        return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": part.checksum}

    def copy(self, number: int, source: dict[str, Any], start: int, end: int) -> dict[str, Any]:
        """Make one part of some bytes of another object, ``end`` not being one of them."""
        answer = self._client.upload_part_copy(
            **self._place,
            UploadId=self._upload.upload_id,
            PartNumber=number,
            CopySourceRange=f"bytes={start}-{end - 1}",
            **source,
        )["CopyPartResult"]
        kept = {name: answer[name] for name in ("ETag", "ChecksumCRC32") if name in answer}
        return {"PartNumber": number, **kept}

    def complete(self, parts: list[dict[str, Any]], size: int, **checksum: str) -> None:
        """Make the object, of ``size`` bytes; S3 compares the checksum if one is given."""
        self._client.complete_multipart_upload(
            **self._place,
            UploadId=self._upload.upload_id,
            MultipartUpload={"Parts": parts},
            MpuObjectSize=size,
            **_CHECKSUM,
            **checksum,
        )
        self._journal.end(self._upload)

    def abort(self) -> None:
        """Have S3 forget the parts."""
        abort(self._client, self._upload)
        self._journal.end(self._upload)


def abort(client: Any, upload: OpenUpload) -> None:
    """Abort an upload; an upload that S3 does not have, or no longer has, counts as aborted.

    If the upload's name at S3 is not known, as the answer never came, all open uploads of the very
    key are aborted.

    Raises:
        ClientError: S3 refuses.
        BotoCoreError: S3 cannot be reached.
    """
    for name in [upload.upload_id] if upload.upload_id else _names(client, upload):
        try:
            client.abort_multipart_upload(Bucket=upload.bucket, Key=upload.key, UploadId=name)
        except ClientError as error:
            if not is_missing(error):
                raise


def _names(client: Any, upload: OpenUpload) -> list[str]:
    """Return S3's names of the open uploads of a key.

    Keys are asked for as in URLs, since XML has no way to write some characters that they may have.
    """
    found: list[str] = []
    marker: dict[str, str] = {}
    while True:
        page = client.list_multipart_uploads(
            Bucket=upload.bucket, Prefix=upload.key, EncodingType="url", **marker
        )
        plain = unquote_plus if page.get("EncodingType") == "url" else str
        found += [
            str(each["UploadId"])
            for each in page.get("Uploads", [])
            if plain(each["Key"]) == upload.key
        ]
        if not page["IsTruncated"]:
            return found
        marker = {
            "KeyMarker": plain(page["NextKeyMarker"]),
            "UploadIdMarker": page["NextUploadIdMarker"],
        }
