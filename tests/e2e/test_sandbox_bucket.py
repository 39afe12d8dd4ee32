"""``ferrygate sandbox --bucket`` as a program of its own."""

from __future__ import annotations

import json
import time
from typing import Any

import paramiko
import pytest

from e2e.program import Program
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from support.s3_fixtures import MotoBucket

pytestmark = pytest.mark.sandbox
MIB = 1 << 20


def bucket_flags(bucket: MotoBucket) -> tuple[str, ...]:
    return ("--bucket", bucket.options.name, "--endpoint-url", bucket.options.endpoint_url)


def half_sent(ready: dict[str, Any]) -> paramiko.Transport:
    """Sign in, and send so much of a file that parts of it are at S3; closes nothing."""
    secret = CodeSecret(key=Secret(ready["totp_secret"]))
    transport = paramiko.Transport((ready["host"], ready["port"]))
    transport.start_client()
    code = secret.code_for_step(secret.step_at(time.time()))
    transport.auth_password(ready["username"], ready["password"] + code)
    client = paramiko.SFTPClient.from_transport(transport)
    assert client is not None
    file = client.open("/a", "w")
    file.set_pipelined(True)
    file.write(bytes(22 * MIB))
    client.stat("/")  # answered after all writes
    return transport


@pytest.mark.slow
def test_a_crash_leaves_no_open_upload_after_the_next_start(
    moto_bucket: MotoBucket, bare: Program
) -> None:
    flags = bucket_flags(moto_bucket)
    with bare.running("sandbox", "--json", *flags) as process:
        assert process.stdout is not None
        transport = half_sent(json.loads(process.stdout.readline()))
        assert moto_bucket.open_uploads() == ["vendor7/a"]
        process.kill()
        process.wait()
        transport.close()
    assert moto_bucket.open_uploads() == ["vendor7/a"]
    with bare.sandbox(*flags) as ready:
        assert ready["root"] == f"s3://{moto_bucket.options.name}/vendor7"
        assert moto_bucket.open_uploads() == []
    assert moto_bucket.keys() == []


def test_a_bucket_that_is_not_there_is_wrong_usage(moto_bucket: MotoBucket, bare: Program) -> None:
    flags = ("--bucket", "nowhere", "--endpoint-url", moto_bucket.options.endpoint_url)
    outcome = bare("sandbox", *flags)
    assert outcome.returncode == 2
    assert "“nowhere” cannot be used" in outcome.stderr
