"""Calls to S3 and KMS by somebody who signed in, and how session, role and bucket answer them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from aws.policies import Call, Decision, Policy, decide
from aws.template_deploys import DEPLOYS, KEY_ARN, LEAST
from aws.template_model import Stack, deploy
from ferrygate.identity.policy import session_policy

BUCKET = "arn:aws:s3:::sftp-bucket"
OTHER_BUCKET = "arn:aws:s3:::other-bucket"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/sftp-key"
HOME = "dade@example.com"

YES, NO, NEVER = Decision.ALLOWED, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY

# Action, resource, prefix of a listing, and the answer to the person whose home is HOME.
CALLS: list[tuple[str, str, str | None, Decision]] = [
    ("s3:ListBucket", BUCKET, f"{HOME}/", YES),
    ("s3:ListBucket", BUCKET, f"{HOME}/in/", YES),
    ("s3:ListBucket", BUCKET, f"{HOME}/in/2026/", YES),
    ("s3:ListBucket", BUCKET, None, NO),
    ("s3:ListBucket", BUCKET, "", NO),
    ("s3:ListBucket", BUCKET, "/", NO),
    ("s3:ListBucket", BUCKET, HOME, NO),
    ("s3:ListBucket", BUCKET, f"{HOME}x/", NO),
    ("s3:ListBucket", BUCKET, "dade", NO),
    ("s3:ListBucket", BUCKET, "Dade@example.com/", NO),
    ("s3:ListBucket", BUCKET, "kate@example.com/", NO),
    ("s3:ListBucket", BUCKET, f"kate@example.com/{HOME}/", NO),
    ("s3:ListBucket", OTHER_BUCKET, f"{HOME}/", NO),
    ("s3:ListBucketVersions", BUCKET, f"{HOME}/", NO),
    ("s3:GetBucketLocation", BUCKET, None, YES),
    ("s3:GetBucketPolicy", BUCKET, None, NO),
    ("s3:PutBucketPolicy", BUCKET, None, NO),
    ("s3:DeleteBucket", BUCKET, None, NO),
    ("s3:PutLifecycleConfiguration", BUCKET, None, NO),
    ("s3:GetObject", f"{BUCKET}/{HOME}/report.csv", None, YES),
    ("s3:GetObject", f"{BUCKET}/{HOME}/in/2026/report.csv", None, YES),
    ("s3:GetObject", f"{BUCKET}/{HOME}x/report.csv", None, NO),
    ("s3:GetObject", f"{BUCKET}/kate@example.com/report.csv", None, NO),
    ("s3:GetObject", f"{BUCKET}/report.csv", None, NO),
    ("s3:GetObject", f"{OTHER_BUCKET}/{HOME}/report.csv", None, NO),
    ("s3:PutObject", f"{BUCKET}/{HOME}/", None, YES),
    ("s3:PutObject", f"{BUCKET}/{HOME}/in/", None, YES),
    ("s3:PutObject", f"{BUCKET}/{HOME}/report.csv", None, YES),
    ("s3:PutObject", f"{BUCKET}/{HOME}", None, NO),
    ("s3:PutObject", f"{BUCKET}/{HOME}x/report.csv", None, NO),
    ("s3:PutObject", f"{BUCKET}/kate@example.com/report.csv", None, NO),
    ("s3:PutObjectAcl", f"{BUCKET}/{HOME}/report.csv", None, NO),
    ("s3:PutObjectTagging", f"{BUCKET}/{HOME}/report.csv", None, YES),
    ("s3:AbortMultipartUpload", f"{BUCKET}/{HOME}/report.csv", None, YES),
    ("s3:DeleteObject", f"{BUCKET}/{HOME}/report.csv", None, YES),
    ("s3:DeleteObject", f"{BUCKET}/kate@example.com/report.csv", None, NO),
    ("s3:GetObjectVersion", f"{BUCKET}/{HOME}/report.csv", None, NO),
    ("s3:DeleteObjectVersion", f"{BUCKET}/{HOME}/report.csv", None, NO),
    ("s3:BypassGovernanceRetention", f"{BUCKET}/{HOME}/report.csv", None, NO),
    ("kms:Decrypt", KEY, None, YES),
    ("kms:GenerateDataKey", KEY, None, YES),
    ("kms:ScheduleKeyDeletion", KEY, None, NO),
    ("kms:Decrypt", KEY_ARN, None, NO),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/sftp-functionrole", None, NO),
]
# Calls that the role alone may not make, whatever a session policy says.
NEVER_OF_THE_ROLE = [
    ("s3:ListBucket", OTHER_BUCKET),
    ("s3:ListBucketVersions", BUCKET),
    ("s3:GetObject", f"{OTHER_BUCKET}/{HOME}/report.csv"),
    ("s3:PutObjectAcl", f"{BUCKET}/{HOME}/report.csv"),
    ("s3:DeleteObjectVersion", f"{BUCKET}/{HOME}/report.csv"),
    ("s3:PutBucketPolicy", BUCKET),
    ("s3:DeleteBucket", BUCKET),
    ("kms:Decrypt", KEY_ARN),
    ("kms:ScheduleKeyDeletion", KEY),
    ("iam:PassRole", "arn:aws:iam::111122223333:role/sftp-functionrole"),
]

ROLE = "arn:aws:iam::111122223333:role/sftp-personrole"
SESSION: Policy = json.loads(session_policy(ROLE, f"/sftp-bucket/{HOME}", KEY))


def answer(stack: Stack, session: Policy | None, call: Call) -> Decision:
    """Decide as AWS would for the role that Transfer takes on.

    Args:
        stack: a deploy that makes bucket and key.
        session: the session policy of the identity function; without one, the role alone.
        call: without its principal.
    """
    role = stack.resources["PersonRole"]["Properties"]
    policies = [each["PolicyDocument"] for each in role["Policies"]]
    bucket = stack.resources["BucketPolicy"]["Properties"]["PolicyDocument"]
    in_bucket = call.resource == BUCKET or call.resource.startswith(f"{BUCKET}/")
    return decide(call, identity=policies, session=session, resource=bucket if in_bucket else None)


def wrong_answers(template: dict[str, Any], session: Policy = SESSION) -> Iterator[str]:
    """Find the calls that a deploy of a template answers in another way than it should."""
    stack = deploy(template, {**LEAST, **DEPLOYS["least"]})
    tls = {"aws:SecureTransport": "true"}
    for action, resource, prefix, expected in CALLS:
        context = tls if prefix is None else {**tls, "s3:prefix": prefix}
        call = Call(action=action, resource=resource, context=context)
        if answer(stack, session, call) is not expected:
            yield f"{action} on {resource}, {prefix}: not {expected.value}"
        plain = Call(
            action=action, resource=resource, context={**context, "aws:SecureTransport": "false"}
        )
        if resource.startswith(BUCKET) and answer(stack, session, plain) is not NEVER:
            yield f"{action} on {resource} without TLS"
    for action, resource in NEVER_OF_THE_ROLE:
        call = Call(action=action, resource=resource, context=tls)
        if answer(stack, None, call) is YES:
            yield f"the role alone: {action} on {resource}"
