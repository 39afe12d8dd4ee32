"""Holds a session to its policy, whatever store has the objects.

Sources: AWS Transfer Family user guide, "Creating a session policy for an Amazon S3 bucket"; S3
user guide, "Actions, resources, and condition keys for Amazon S3". A right that is missing for an
upload shows at its end: AWS Transfer puts the object when CLOSE comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ferrygate.sandbox.operation_table import ROWS, Case
from ferrygate.sandbox.session_policy import SessionPolicy
from ferrygate.sandbox.store import Attributes, ObjectStore, Reading, StatusError, Writing


class GuardedStore:
    """Passes on the calls to a bucket that a session policy allows.

    Args:
        objects: the bucket.
        bucket: its name.
        policy: of the session.
        key_arn: of the KMS key that the bucket is encrypted with, or "" for none.
    """

    def __init__(
        self, objects: ObjectStore, bucket: str, policy: SessionPolicy, key_arn: str = ""
    ) -> None:
        self._objects = objects
        self._arn = f"arn:aws:s3:::{bucket}"
        self._policy = policy
        self._key_arn = key_arn

    def head(self, key: str) -> Attributes | None:
        """Describe an object; needs s3:GetObject."""
        self._check("s3:GetObject", key)
        return self._objects.head(key)

    def has_prefix(self, prefix: str) -> bool:
        """Look for keys; needs s3:ListBucket for the prefix."""
        self._check_listing(prefix)
        return self._objects.has_prefix(prefix)

    def is_empty(self, prefix: str) -> bool:
        """Look for keys; needs s3:ListBucket for the prefix."""
        self._check_listing(prefix)
        return self._objects.is_empty(prefix)

    def list(self, prefix: str) -> Iterator[tuple[bytes, Attributes]]:
        """Return names; needs s3:ListBucket for the prefix."""
        self._check_listing(prefix)
        return self._objects.list(prefix)

    def open_reading(self, key: str) -> Reading:
        """Open an object; needs s3:GetObject."""
        self._check("s3:GetObject", key)
        self._check_key("kms:Decrypt")
        return self._objects.open_reading(key)

    def open_writing(self, key: str) -> Writing:
        """Start an upload, which needs s3:PutObject at its end."""
        writing = self._objects.open_writing(key)
        return _GuardedWriting(writing, lambda: self._check_put(key))

    def put_marker(self, prefix: str) -> None:
        """Put a marker; needs s3:PutObject."""
        self._check_put(prefix)
        self._objects.put_marker(prefix)

    def delete(self, key: str) -> None:
        """Delete an object; needs s3:DeleteObject."""
        self._check("s3:DeleteObject", key)
        self._objects.delete(key)

    def move(self, source: str, target: str) -> None:
        """Copy an object with its tags, and delete the first."""
        for action in ("s3:GetObject", "s3:GetObjectTagging", "s3:DeleteObject"):
            self._check(action, source)
        for action in ("s3:PutObject", "s3:PutObjectTagging"):
            self._check(action, target)
        self._check_key("kms:Decrypt")
        self._check_key("kms:GenerateDataKey")
        self._objects.move(source, target)

    def _check(self, action: str, key: str) -> None:
        if not self._policy.allows(action, f"{self._arn}/{key}"):
            raise _right_missing()

    def _check_put(self, key: str) -> None:
        self._check("s3:PutObject", key)
        self._check_key("kms:Decrypt")  # which the end of a multipart upload needs
        self._check_key("kms:GenerateDataKey")

    def _check_key(self, action: str) -> None:
        if self._key_arn and not self._policy.allows(action, self._key_arn):
            raise _right_missing()

    def _check_listing(self, prefix: str) -> None:
        if not self._policy.allows("s3:ListBucket", self._arn, prefix=prefix):
            raise _right_missing()


class _GuardedWriting:
    def __init__(self, writing: Writing, check: Callable[[], None]) -> None:
        self._writing = writing
        self._check = check

    def append(self, content: bytes) -> None:
        self._writing.append(content)

    def attributes(self) -> Attributes:
        return self._writing.attributes()

    def publish(self) -> None:
        try:
            self._check()
        except StatusError:
            self._writing.discard()
            raise
        self._writing.publish()

    def discard(self) -> None:
        self._writing.discard()


def _right_missing() -> StatusError:
    row = ROWS[Case.RIGHT_MISSING]
    return StatusError(row.status, row.text)
