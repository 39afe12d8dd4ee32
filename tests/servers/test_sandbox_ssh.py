"""SSH of the sandbox where AWS Transfer's differs from the library's own: windows, two methods."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import paramiko
import pytest
from paramiko.transport import ServiceRequestingTransport

import ferrygate
from ferrygate.common.paths import Home
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sandbox.settings import InitialWindow, Settings, SignInMethods
from ferrygate.sites.site import SignInSettings
from support.sandbox_clients import CLOCK, OPTIONS, connect, sftp_channel, typed
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_packets import INIT
from support.sandbox_site import site_of

pytestmark = pytest.mark.sandbox

KEY = paramiko.ECDSAKey.generate()
OTHER_KEY = paramiko.ECDSAKey.generate()
BOTH = Settings(
    sign_in_methods=SignInMethods.PUBLIC_KEY_AND_PASSWORD,
    public_key=f"{KEY.get_name()} {KEY.get_base64()}",
)


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(clock=CLOCK, settings=BOTH, **OPTIONS)


@pytest.fixture
def client(box: Sandbox) -> Iterator[paramiko.Transport]:
    """Open a connection that asks once for a sign-in, as the library wants to be asked."""
    with ServiceRequestingTransport((box.ready.host, box.ready.port)) as transport:
        transport.start_client()
        yield transport


class TestKeyAndPassword:
    def test_an_empty_password_is_no_second_step(
        self, box: Sandbox, client: paramiko.Transport
    ) -> None:
        assert client.auth_publickey("vendor7", KEY) == ["password"]
        with pytest.raises(paramiko.AuthenticationException):
            client.auth_password("vendor7", "")
        assert box.log[-1].outcome == "answer-refused"
        assert box.counters.connections == 0

    def test_a_key_is_a_part_of_the_sign_in_and_the_password_the_rest(
        self, box: Sandbox, client: paramiko.Transport
    ) -> None:
        assert client.auth_publickey("vendor7", KEY) == ["password"]
        assert not client.is_authenticated()
        assert box.counters.connections == 0
        assert client.auth_password("vendor7", typed()) == []
        assert client.is_authenticated()
        assert box.counters.connections == 1
        assert {record.outcome for record in box.log} == {"public-keys", "granted"}
        with sftp_channel(client) as channel:
            channel.sendall(INIT)
            assert channel.recv(9).hex() == "000000050200000003"

    def test_a_key_comes_first(self, box: Sandbox, client: paramiko.Transport) -> None:
        with pytest.raises(paramiko.BadAuthenticationType) as caught:
            client.auth_password("vendor7", typed())
        assert caught.value.allowed_types == ["publickey"]
        assert list(box.log) == []

    def test_another_key_is_none(self, client: paramiko.Transport) -> None:
        with pytest.raises(paramiko.AuthenticationException):
            client.auth_publickey("vendor7", OTHER_KEY)

    def test_the_password_must_be_right_after_the_key(
        self, box: Sandbox, client: paramiko.Transport
    ) -> None:
        client.auth_publickey("vendor7", KEY)
        with pytest.raises(paramiko.AuthenticationException, match="Authentication failed"):
            client.auth_password("vendor7", f"wrong{typed()}")
        assert not client.is_authenticated()
        assert box.log[-1].outcome == "wrong-password-or-locked-or-policy"

    def test_a_key_counts_for_its_own_name_only(self, client: paramiko.Transport) -> None:
        client.auth_publickey("vendor7", KEY)
        with pytest.raises(paramiko.BadAuthenticationType) as caught:
            client.auth_password("someone-else", typed())
        assert caught.value.allowed_types == ["publickey"]

    def test_ferrygate_sends_its_key_then_password_and_code(
        self, make_sandbox: MakeSandbox, tmp_path: Path
    ) -> None:
        box = make_sandbox(period=3, settings=BOTH)
        private_key = tmp_path / "key"
        KEY.write_private_key_file(str(private_key))
        sign_in = SignInSettings(
            steps=("publickey", "password"),
            private_key=str(private_key),
            period=box.ready.period,
        )
        with ferrygate.connect(
            site_of(box.ready, sign_in=sign_in),
            password=box.ready.password.reveal(),
            totp_secret=box.ready.totp_secret.reveal(),
            home=Home(tmp_path / "home"),
        ) as session:
            session.stat("/inbox")
        assert {record.outcome for record in box.log} == {"public-keys", "granted"}


@pytest.fixture
def windows(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Let asyncssh log the windows that a client of it sees."""
    asyncssh.set_debug_level(2)
    with caplog.at_level(logging.DEBUG, "asyncssh"):
        yield caplog
    asyncssh.set_debug_level(1)


async def open_session(box: Sandbox) -> None:
    async with (
        asyncssh.connect(
            box.ready.host,
            box.ready.port,
            username=box.ready.username,
            password=typed(),
            known_hosts=None,
            client_keys=None,
            agent_path=None,
            config=None,
        ) as connection,
        connection.start_sftp_client() as client,
    ):
        await client.stat("/")


@pytest.mark.parametrize(
    ("initial", "first"), [(InitialWindow.ZERO, 0), (InitialWindow.WHOLE, 0x200000)]
)
def test_a_channel_opens_with_the_window_that_is_set(
    make_sandbox: MakeSandbox,
    windows: pytest.LogCaptureFixture,
    initial: InitialWindow,
    first: int,
) -> None:
    box = make_sandbox(clock=CLOCK, settings=Settings(initial_window=initial), **OPTIONS)
    asyncio.run(open_session(box))
    assert f"Initial send window {first}, packet size 32768" in windows.text
    grows = re.findall(r"Received window adjust of (\d+) bytes", windows.text)
    assert grows[:1] == ([] if first else ["2097152"])


def test_paramiko_sends_once_the_window_is_there(make_sandbox: MakeSandbox) -> None:
    box = make_sandbox(clock=CLOCK, **OPTIONS)
    with connect(box) as transport, sftp_channel(transport) as channel:
        channel.sendall(INIT)
        assert channel.recv(9).hex() == "000000050200000003"
