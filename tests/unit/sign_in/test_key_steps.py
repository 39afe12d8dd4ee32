"""Signing in by a key, which is not spent: alone, and before a password."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import LockOutBreakerError, SignInMethodError, SignInRefusedError
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.ledger import End
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from servers.rigs.keys import make_key
from support.attempt_rig import SECRET, SITE, AttemptRig, FakeConnection


def with_key(folder: Path, *steps: str) -> Site:
    key = make_key(folder / "key", "ed25519")
    sign_in = SignInSettings(steps=("publickey", *steps), private_key=str(key))
    return msgspec.structs.replace(SITE, sign_in=sign_in)


def test_a_key_is_shown_without_asking_for_methods(case: AttemptRig, tmp_path: Path) -> None:
    case.sign_in(with_key(tmp_path), Credentials())
    assert case.server.sent == ["ssh-ed25519"]
    assert not case.server.asked


def test_a_password_follows_a_key_that_was_taken(case: AttemptRig, tmp_path: Path) -> None:
    case.server = FakeConnection(key=AuthAnswer(AuthOutcome.PARTIAL, ("password",)))
    case.sign_in(with_key(tmp_path, "password"))
    assert case.server.sent == ["ssh-ed25519", "correct horse" + SECRET.code_for_step(100)]
    assert not case.server.asked


def test_a_key_alone_waits_for_nobody_and_counts_for_nothing(
    case: AttemptRig, tmp_path: Path
) -> None:
    refused = FakeConnection(key=AuthAnswer(AuthOutcome.REFUSED, ("publickey",)))
    site, gates = with_key(tmp_path), []
    case.on_connect = lambda: gates.append(case.ledger.admit(SITE.account).gate)
    case.server = refused
    with pytest.raises(SignInRefusedError):
        case.sign_in(site, Credentials())
    assert gates == [Gate.OPEN]
    assert case.refusals == 0


def test_a_key_alone_waits_for_no_code(case: AttemptRig, tmp_path: Path) -> None:
    case.ledger.claim(SECRET, 100)
    case.sign_in(with_key(tmp_path))
    assert case.watcher.told == ["connecting"]
    assert case.server.sent == ["ssh-ed25519"]


def test_a_key_alone_is_stopped_where_the_account_is_near_its_lock(
    case: AttemptRig, tmp_path: Path
) -> None:
    for _refusal in range(2):
        lease = case.ledger.admit(SITE.account).lease
        assert lease is not None
        case.ledger.finish(lease, End.REFUSED)
    site = with_key(tmp_path)
    with pytest.raises(LockOutBreakerError):
        case.sign_in(site, Credentials())
    assert case.connects == []
    case.sign_in(site, Credentials(), try_anyway=True)
    assert case.server.sent == ["ssh-ed25519"]
    assert case.refusals == 2


@pytest.mark.parametrize(
    ("methods", "error"),
    [
        (("publickey", "password"), SignInRefusedError),
        (("password",), SignInMethodError),
        ((), SignInMethodError),
    ],
)
def test_no_password_follows_a_key_that_was_refused(
    case: AttemptRig, tmp_path: Path, methods: tuple[str, ...], error: type[Exception]
) -> None:
    case.server = FakeConnection(key=AuthAnswer(AuthOutcome.REFUSED, methods))
    with pytest.raises(error):
        case.sign_in(with_key(tmp_path, "password"))
    assert case.server.sent == ["ssh-ed25519"]
    assert case.refusals == 0
