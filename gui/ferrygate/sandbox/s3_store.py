"""Keeps the sandbox's files in a bucket of S3, or of a server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError, ClientError

from ferrygate.sandbox.multipart import MultipartUpload, S3Bucket
from ferrygate.sandbox.s3_errors import is_missing, translated
from ferrygate.sandbox.s3_reading import S3Reading, file_attributes
from ferrygate.sandbox.s3_upload import S3Writing
from ferrygate.sandbox.store import Attributes, Status, StatusError, Writing

_USER_AGENT = "AWSTransfer"
_HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
)  # what CopyObject keeps beside metadata and tags


class S3Store:
    """Keeps the objects of one bucket, for one person; used from any thread.

    Args:
        bucket: the bucket.
        username: the person's.
        server_id: of the SFTP server. The metadata of an object name both, as AWS Transfer's do
            (user guide, "Transferring files").
    """

    def __init__(self, bucket: S3Bucket, username: str, server_id: str) -> None:
        self._bucket = bucket
        self._client = bucket.client
        self._metadata = {"user-agent": _USER_AGENT, "user-agent-id": f"{username}@{server_id}"}

    def head(self, key: str) -> Attributes | None:
        """Describe an object, or return None if there is none of this key."""
        found = self._head(key)
        return file_attributes(found["ContentLength"], found["LastModified"]) if found else None

    def has_prefix(self, prefix: str) -> bool:
        """Tell whether a key begins with ``prefix``."""
        with translated():
            answer = self._client.list_objects_v2(
                Bucket=self._bucket.name, Prefix=prefix, MaxKeys=1
            )
        return bool(answer.get("Contents"))

    def is_empty(self, prefix: str) -> bool:
        """Tell whether no key begins with ``prefix`` but that of its marker, if there is one.

        An object of that very key that has bytes is no marker.
        """
        with translated():
            answer = self._client.list_objects_v2(
                Bucket=self._bucket.name, Prefix=prefix, MaxKeys=2
            )
        found = answer.get("Contents", [])
        return all(each["Key"] == prefix and not each["Size"] for each in found)

    def list(self, prefix: str) -> Iterator[tuple[bytes, Attributes]]:
        """Return the names directly below ``prefix``, in the byte order of S3 keys.

        A file hides a folder of the same name, as :meth:`head` comes first. Names that no path can
        hold are left out: an empty one, ``.`` and ``..``. One call at a time asks for the next.
        """
        hiding: list[str] = []  # names of files, each the beginning of the next
        for name, found in self._entries(prefix):
            while hiding and not name.startswith(hiding[-1]):
                hiding.pop()
            if name in {"", ".", ".."} or (found.is_folder and name in hiding):
                continue
            if not found.is_folder:
                hiding.append(name)
            yield name.encode(), found

    def open_reading(self, key: str) -> S3Reading:
        """Open an object for reading."""
        head = self._head(key)
        if head is None:
            raise StatusError(Status.NO_SUCH_FILE, "No such file")
        return S3Reading(self._bucket, key, head)

    def open_writing(self, key: str) -> Writing:
        """Start an upload."""
        return S3Writing(self._bucket, key, self._metadata)

    def put_marker(self, prefix: str) -> None:
        """Put an empty object under ``prefix``, which ends in a slash."""
        with translated():
            self._client.put_object(
                Bucket=self._bucket.name, Key=prefix, Body=b"", Metadata=self._metadata
            )

    def delete(self, key: str) -> None:
        """Delete an object, or a marker."""
        with translated():
            self._client.delete_object(Bucket=self._bucket.name, Key=key)

    def move(self, source: str, target: str) -> None:
        """Copy an object to another key, with its metadata and tags, and delete the first."""
        head = self._head(source)
        if head is None:
            raise StatusError(Status.NO_SUCH_FILE, "No such file")
        with translated():
            if head["ContentLength"] <= self._bucket.limits.max_part_bytes:
                self._client.copy_object(
                    Bucket=self._bucket.name, Key=target, **self._source(source, head)
                )
            else:
                self._copy_in_parts(source, target, head)
            self._client.delete_object(Bucket=self._bucket.name, Key=source)

    def _head(self, key: str) -> dict[str, Any] | None:
        with translated():
            try:
                found: dict[str, Any] = self._client.head_object(Bucket=self._bucket.name, Key=key)
            except ClientError as error:
                if is_missing(error):
                    return None
                raise
        return found

    def _entries(self, prefix: str) -> Iterator[tuple[str, Attributes]]:
        """Return names and what they are; S3 sorts files and folders of a page apart."""
        pages = iter(
            self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket.name,
                Prefix=prefix,
                Delimiter="/",
                PaginationConfig={"PageSize": self._bucket.limits.listing_page},
            )
        )
        while True:
            with translated():
                page = next(pages, None)
            if page is None:
                return
            found = [
                (each["Key"], file_attributes(each["Size"], each["LastModified"]))
                for each in page.get("Contents", [])
            ]
            folder = Attributes(is_folder=True)
            found += [(each["Prefix"], folder) for each in page.get("CommonPrefixes", [])]
            for key, attributes in sorted(found, key=lambda entry: entry[0].encode()):
                yield key.removeprefix(prefix).removesuffix("/"), attributes

    def _source(self, key: str, head: dict[str, Any]) -> dict[str, Any]:
        """Name an object to be copied, in the state that was looked at."""
        return {
            "CopySource": {"Bucket": self._bucket.name, "Key": key},
            "CopySourceIfMatch": head["ETag"],
        }

    def _copy_in_parts(self, source: str, target: str, head: dict[str, Any]) -> None:
        """Copy an object that is too large for one request."""
        size, step = head["ContentLength"], self._bucket.limits.max_part_bytes
        wanted = self._source(source, head)
        kept = {name: head[name] for name in _HEADERS if name in head}
        tags = self._client.get_object_tagging(Bucket=self._bucket.name, Key=source)["TagSet"]
        kept["Tagging"] = urlencode([(tag["Key"], tag["Value"]) for tag in tags])
        upload = MultipartUpload(self._bucket, target, head["Metadata"], **kept)
        try:
            parts = [
                upload.copy(number, wanted, start, min(start + step, size))
                for number, start in enumerate(range(0, size, step), start=1)
            ]
            upload.complete(parts, size)
        except (BotoCoreError, ClientError):
            upload.abort()
            raise
