"""A sandbox that is set up in other ways, seen from outside."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import asyncssh
import paramiko
import pytest

from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sandbox.security_policies import ALGORITHMS
from ferrygate.sandbox.settings import (
    BucketKey,
    HostKeyType,
    SecurityPolicy,
    Settings,
    SignInMethods,
)
from support.openssh_sftp import openssh_sftp
from support.sandbox_clients import CLOCK, OPTIONS, connect, sftp, typed
from support.sandbox_fixtures import MakeSandbox

pytestmark = pytest.mark.sandbox

ALL_TYPES = (HostKeyType.ED25519, HostKeyType.ECDSA, HostKeyType.RSA)


def key_seen(sandbox: Sandbox, algorithm: str) -> str:
    """Return the fingerprint of the host key that a client gets who knows one type only."""
    with paramiko.Transport((sandbox.ready.host, sandbox.ready.port)) as transport:
        transport.get_security_options().key_types = [algorithm]
        transport.start_client()
        return transport.get_remote_server_key().fingerprint


async def sign_in(box: Sandbox, offered: list[asyncssh.SSHKey]) -> None:
    """Sign in with keys, and then with password and code."""
    connection = await asyncssh.connect(
        box.ready.host,
        box.ready.port,
        username=box.ready.username,
        password=typed(),
        client_keys=offered,
        known_hosts=None,
        agent_path=None,
        config=None,
    )
    connection.close()
    await connection.wait_closed()


def test_several_host_keys_stay_until_they_are_rotated(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    first = make_sandbox(state=tmp_path, settings=Settings(host_keys=ALL_TYPES))
    pins = first.ready.host_key_fingerprints
    seen = [
        key_seen(first, algorithm)
        for algorithm in ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512")
    ]
    assert seen == list(pins)
    again = make_sandbox(state=tmp_path, settings=Settings(host_keys=ALL_TYPES[::-1]))
    assert again.ready.host_key_fingerprints == pins[::-1]
    settings = Settings(host_keys=ALL_TYPES, rotate_host_keys=True)
    rotated = make_sandbox(state=tmp_path, settings=settings)
    assert not set(rotated.ready.host_key_fingerprints) & set(pins)


def test_the_banner_is_shown_before_the_sign_in(make_sandbox: MakeSandbox) -> None:
    box = make_sandbox(clock=CLOCK, settings=Settings(banner="Authorized use only"), **OPTIONS)
    with connect(box) as transport:
        assert transport.get_banner() == b"Authorized use only\r\n"


@pytest.mark.parametrize("exchange", ["mlkem768x25519-sha256", "mlkem1024nistp384-sha384"])
def test_the_newer_policy_has_exchanges_that_the_other_has_not(
    make_sandbox: MakeSandbox, exchange: str
) -> None:
    async def exchange_seen(policy: SecurityPolicy) -> None:
        box = make_sandbox(clock=CLOCK, settings=Settings(security_policy=policy), **OPTIONS)
        connection = await asyncssh.connect(
            box.ready.host,
            box.ready.port,
            username=box.ready.username,
            password=typed(),
            kex_algs=[exchange],
            known_hosts=None,
            client_keys=None,
            agent_path=None,
            config=None,
        )
        connection.close()
        await connection.wait_closed()

    asyncio.run(exchange_seen(SecurityPolicy.OF_2025_03))
    with pytest.raises((asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost)):
        asyncio.run(exchange_seen(SecurityPolicy.OF_2024_01))


def test_no_policy_has_what_aws_has_not() -> None:
    old, new = ALGORITHMS[SecurityPolicy.OF_2024_01], ALGORITHMS[SecurityPolicy.OF_2025_03]
    assert set(old.key_exchanges) < set(new.key_exchanges)
    assert sorted(old.ciphers) == sorted(new.ciphers)


@pytest.mark.parametrize("key", BucketKey)
def test_a_key_that_the_function_was_not_told_of_lets_uploads_fail_at_their_end(
    make_sandbox: MakeSandbox, tmp_path: Path, key: BucketKey
) -> None:
    (tmp_path / "local").write_bytes(b"content")
    box = make_sandbox(clock=CLOCK, settings=Settings(bucket_key=key), **OPTIONS)
    printed = openssh_sftp(box, tmp_path, "put local /inbox/a")
    is_refused = key is BucketKey.UNTOLD
    assert ("close remote: Permission denied" in printed) is is_refused
    assert (box.ready.root / "inbox" / "a").exists() is not is_refused


def test_each_key_that_is_offered_asks_the_function_and_counts(make_sandbox: MakeSandbox) -> None:
    methods = SignInMethods.PUBLIC_KEY_OR_PASSWORD
    box = make_sandbox(clock=CLOCK, settings=Settings(sign_in_methods=methods), **OPTIONS)
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(3)]
    asyncio.run(sign_in(box, keys[:2]))
    assert [record.outcome for record in box.log] == ["no-password", "no-password", "granted"]
    with pytest.raises(asyncssh.ProtocolError, match="Too many authentication failures"):
        asyncio.run(sign_in(box, keys))
    assert box.log[-1].outcome == "no-password"


def test_where_one_of_both_is_enough_a_key_alone_signs_in(make_sandbox: MakeSandbox) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    settings = Settings(
        sign_in_methods=SignInMethods.PUBLIC_KEY_OR_PASSWORD,
        public_key=key.export_public_key().decode().strip(),
    )
    box = make_sandbox(clock=CLOCK, settings=settings, **OPTIONS)
    asyncio.run(sign_in(box, [key]))
    assert {record.outcome for record in box.log} == {"public-keys"}
    other = asyncssh.generate_private_key("ssh-ed25519")
    asyncio.run(sign_in(box, [other]))
    assert box.log[-1].outcome == "granted"


def test_where_one_of_both_is_enough_an_empty_password_is_none(make_sandbox: MakeSandbox) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    settings = Settings(
        sign_in_methods=SignInMethods.PUBLIC_KEY_OR_PASSWORD,
        public_key=key.export_public_key().decode().strip(),
    )
    box = make_sandbox(clock=CLOCK, settings=settings, **OPTIONS)
    with paramiko.Transport((box.ready.host, box.ready.port)) as transport:
        transport.start_client()
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_password(box.ready.username, "")
    assert [record.outcome for record in box.log] == ["answer-refused"]


def test_a_client_that_asks_for_nothing_is_ended(make_sandbox: MakeSandbox) -> None:
    box = make_sandbox(clock=CLOCK, settings=Settings(idle_seconds=0.3), **OPTIONS)
    with connect(box) as transport:
        transport.join(10)
        assert not transport.is_active()


def test_a_listing_of_folders_takes_its_time(make_sandbox: MakeSandbox) -> None:
    settings = Settings(listing_delay_milliseconds=50)
    box = make_sandbox(clock=CLOCK, settings=settings, **OPTIONS)
    with sftp(box) as client:
        assert client.listdir("/") == ["README.txt", "exports", "inbox", "protocols"]


def test_connections_are_in_the_log(make_sandbox: MakeSandbox, tmp_path: Path) -> None:
    box = make_sandbox(clock=CLOCK, state=tmp_path, **OPTIONS)
    with paramiko.Transport((box.ready.host, box.ready.port)) as transport:
        transport.start_client()
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_password("vendor7", "wrong")
    with sftp(box) as client:
        client.stat("/")
    box.stop()
    text = (tmp_path / "activities.jsonl").read_text()
    failed, connected, ended = map(json.loads, text.splitlines())
    assert (failed["activity-type"], failed["message"]) == ("AUTH_FAILURE", "no-code")
    assert connected["activity-type"] == "CONNECTED"
    assert connected["home-dir"] == "/sandbox/vendor7"
    assert connected["client"].startswith("SSH-2.0-paramiko")
    assert (connected["user"], connected["source-ip"]) == ("vendor7", "127.0.0.1")
    assert ended["activity-type"] == "DISCONNECTED"
    assert ended["session-id"] == connected["session-id"] != failed["session-id"]
    assert typed() not in text
