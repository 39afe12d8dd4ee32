"""Makes session policies, which confine one person to one home folder.

Source: AWS Transfer Family user guide, "Creating a session policy for an Amazon S3 bucket".
"""

from __future__ import annotations

import json

MAX_POLICY_CHARACTERS = 2048  # AWS Transfer Family API reference, Policy

# Uploads, downloads, removals and renames (a copy, with its tags) need these, and no more: older
# versions stay out of reach.
_OBJECT_ACTIONS = [
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
]


def session_policy(role_arn: str, target: str, kms_key_arn: str) -> str:
    """Return the policy of one home, as JSON.

    Args:
        role_arn: the role; its partition is the bucket's too.
        target: ``/bucket/path`` of the home, without wildcards.
        kms_key_arn: the bucket's key, or "" for none.
    """
    _, bucket, path = target.split("/", 2)
    bucket_arn = f"arn:{role_arn.split(':')[1]}:s3:::{bucket}"
    # Both with the slash: "home/dade*" would open "home/dadex" as well.
    listing = {"StringLike": {"s3:prefix": [f"{path}/", f"{path}/*"]}}
    statements: list[dict[str, object]] = [
        _allow("s3:ListBucket", bucket_arn) | {"Condition": listing},
        _allow("s3:GetBucketLocation", bucket_arn),
        _allow(_OBJECT_ACTIONS, f"{bucket_arn}/{path}/*"),
    ]
    if kms_key_arn:  # without these rights an upload fails at its end
        statements.append(_allow(["kms:Decrypt", "kms:GenerateDataKey"], kms_key_arn))
    document = {"Version": "2012-10-17", "Statement": statements}
    return json.dumps(document, separators=(",", ":"))


def _allow(actions: object, resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
