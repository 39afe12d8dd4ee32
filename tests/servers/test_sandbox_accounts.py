"""The local Okta's accounts, one in each state, as the identity function sees them."""

from __future__ import annotations

import paramiko
import pytest

from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sandbox.settings import Settings
from support.sandbox_clients import CLOCK, OPTIONS, PASSWORD, typed
from support.sandbox_fixtures import MakeSandbox

pytestmark = pytest.mark.sandbox


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(clock=CLOCK, **OPTIONS)


def outcome(sandbox: Sandbox, username: str, password: str) -> str:
    """Try once, and give the outcome that the sandbox logged."""
    with paramiko.Transport((sandbox.ready.host, sandbox.ready.port)) as transport:
        transport.start_client()
        try:
            transport.auth_password(username, password)
        except paramiko.AuthenticationException:
            assert sandbox.log[-1].outcome != "granted"
    return sandbox.log[-1].outcome


@pytest.mark.parametrize(
    ("username", "reason"),
    [
        ("active@sandbox.example", "granted"),
        ("Active@Sandbox.Example", "granted"),
        ("active", "granted"),
        ("expired@sandbox.example", "password-expired"),
        ("expired", "password-expired"),
        ("locked@sandbox.example", "wrong-password-or-locked-or-policy"),
        ("notenrolled@sandbox.example", "not-enrolled"),
        ("nocodes@sandbox.example", "no-code-factor"),
        ("notdemanded@sandbox.example", "code-not-demanded"),
        ("warned@sandbox.example", "password-warning"),
        ("reset@sandbox.example", "password-reset"),
        ("recovery@sandbox.example", "recovery"),
        ("active@other.example", "wrong-password-or-locked-or-policy"),
    ],
)
def test_each_state_has_its_reason(box: Sandbox, username: str, reason: str) -> None:
    assert outcome(box, username, typed()) == reason


def test_a_home_that_holds_nothing_yet_can_be_used(box: Sandbox) -> None:
    with paramiko.Transport((box.ready.host, box.ready.port)) as transport:
        transport.start_client()
        transport.auth_password("active", typed())
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        with client:
            assert client.listdir("/") == []
            with client.open("/first", "w") as file:
                file.write(b"x")
            assert client.listdir("/") == ["first"]
    assert (box.ready.root.parent / "active@sandbox.example" / "first").read_bytes() == b"x"


def test_a_lock_can_be_told(make_sandbox: MakeSandbox) -> None:
    box = make_sandbox(clock=CLOCK, settings=Settings(okta_shows_lock_outs=True), **OPTIONS)
    assert outcome(box, "locked", typed()) == "locked-out"


def test_ten_wrong_passwords_lock_an_account(box: Sandbox) -> None:
    code = typed().removeprefix(PASSWORD)
    for _ in range(10):
        assert outcome(box, "active", f"wrong{code}") == "wrong-password-or-locked-or-policy"
    assert outcome(box, "active", typed()) == "wrong-password-or-locked-or-policy"
    assert outcome(box, "expired", typed()) == "password-expired"


def test_a_right_password_ends_the_count(box: Sandbox) -> None:
    code = typed().removeprefix(PASSWORD)
    for _ in range(9):
        outcome(box, "active", f"wrong{code}")
    assert outcome(box, "active", f"{PASSWORD}000000") == "wrong-code"
    outcome(box, "active", f"wrong{code}")
    assert outcome(box, "active", typed()) == "granted"


def test_the_fifth_request_in_a_second_is_one_too_many_for_that_user(
    make_sandbox: MakeSandbox,
) -> None:
    box = make_sandbox(clock=CLOCK, settings=Settings(okta_requests_per_second=4), **OPTIONS)
    for _ in range(4):
        assert outcome(box, "active", f"{PASSWORD}000000") == "wrong-code"
    assert outcome(box, "active", typed()) == "rate-limit"
    assert outcome(box, "expired", typed()) == "password-expired"
