"""One attempt: nothing secret leaves too early, twice, or to the wrong server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec
import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    Cancelled,
    CannotReachError,
    ConnectionLostError,
    HostKeyChangedError,
    HostKeyUnknownError,
    LockOutBreakerError,
    LockOutShutError,
    SecretsMissingError,
    SignInMethodError,
    SignInRefusedError,
    SignInUnansweredError,
)
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.ledger import End, Ledger
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.connect_steps import ReportConnectStep
from ferrygate.ssh.connection import Connection, connect
from ferrygate.ssh.deadlines import Deadlines
from support.attempt_rig import (
    ACCEPTED,
    CREDENTIALS,
    KEY,
    OTHER_KEY,
    PASSWORD_OFFERED,
    REFUSED,
    SECRET,
    SITE,
    UNKNOWN,
    AttemptRig,
    FakeConnection,
    Watcher,
)
from support.fake_clock import WallClock
from support.sandbox_clients import OPTIONS
from support.sandbox_fixtures import MakeSandbox


def test_password_and_code_leave_once(case: AttemptRig) -> None:
    assert cast("object", case.sign_in()) is case.server
    assert case.server.sent == ["correct horse" + SECRET.code_for_step(100)]
    assert case.watcher.told == ["connecting", "signing in"]
    assert case.ledger.is_claimed(SECRET, 100)
    assert not case.server.closed
    assert case.refusals == 0


@pytest.mark.parametrize(
    ("template", "sent"),
    [
        ("{code}{password}", SECRET.code_for_step(100) + "correct horse"),
        ("{password},{code}", "correct horse," + SECRET.code_for_step(100)),
        ("{password}", "correct horse"),
    ],
)
def test_the_join_is_the_sites(case: AttemptRig, template: str, sent: str) -> None:
    case.sign_in(msgspec.structs.replace(SITE, sign_in=SignInSettings(join=template)))
    assert case.server.sent == [sent]
    assert case.ledger.is_claimed(SECRET, 100) is ("{code}" in template)


def test_the_same_code_never_leaves_twice(case: AttemptRig) -> None:
    case.sign_in()
    case.sign_in()
    codes = [SECRET.code_for_step(step) for step in (100, 101)]
    assert case.server.sent == ["correct horse" + code for code in codes]
    assert 3030.0 in case.watcher.told


def test_a_code_that_died_meanwhile_is_not_sent(case: AttemptRig) -> None:
    def take_long() -> None:
        case.clock.time += 24

    case.on_connect = take_long
    case.sign_in()
    assert case.server.sent == ["correct horse" + SECRET.code_for_step(101)]


def test_a_code_for_a_connection_that_died_is_given_back(case: AttemptRig) -> None:
    case.server.alive = False
    with pytest.raises(ConnectionLostError):
        case.sign_in()
    assert case.server.sent == []
    assert not case.ledger.is_claimed(SECRET, 100)
    assert case.refusals == 0


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials(),
        Credentials(password=Secret("x")),
        Credentials(code_secret=SECRET),
    ],
)
def test_what_is_missing_is_said_before_anything(
    case: AttemptRig, credentials: Credentials
) -> None:
    with pytest.raises(SecretsMissingError):
        case.sign_in(credentials=credentials)
    with pytest.raises(SecretsMissingError):
        case.sign_in(msgspec.structs.replace(SITE, username=""))
    assert case.connects == []


# ---------------------------------------------------------------- the right server


def test_a_pinned_key_goes_on_record(case: AttemptRig) -> None:
    case.sign_in()
    assert case.known_hosts.keys_for(SITE.host, SITE.port) == (KEY,)
    case.sign_in()
    assert case.connects[1][2] == (KEY,)


@pytest.mark.parametrize("on_record", [True, False])
def test_a_changed_key_gets_nothing(case: AttemptRig, *, on_record: bool) -> None:
    if on_record:
        case.known_hosts.add(SITE.host, SITE.port, KEY)
    case.server.host_key = OTHER_KEY
    with pytest.raises(HostKeyChangedError):
        case.sign_in()
    assert case.server.sent == []
    assert case.server.closed
    assert not case.ledger.is_claimed(SECRET, 100)
    assert case.refusals == 0


@pytest.mark.parametrize("accept", [True, False])
def test_a_person_is_asked_about_an_unknown_key(case: AttemptRig, *, accept: bool) -> None:
    site = msgspec.structs.replace(SITE, host_key_fingerprints=())
    case.watcher.accept = accept
    if accept:
        case.sign_in(site)
    else:
        with pytest.raises(HostKeyUnknownError):
            case.sign_in(site)
    assert KEY in case.watcher.told
    assert bool(case.server.sent) is accept
    assert case.server.trusted is accept
    assert case.known_hosts.keys_for(SITE.host, SITE.port) == ((KEY,) if accept else ())


# ---------------------------------------------------------------- the breaker


def test_a_refusal_counts_and_two_stop(case: AttemptRig) -> None:
    for refusals in (1, 2):
        case.server = FakeConnection(password=REFUSED)
        with pytest.raises(SignInRefusedError):
            case.sign_in()
        assert case.refusals == refusals
        assert case.server.closed
    connects = len(case.connects)
    with pytest.raises(LockOutBreakerError, match="2 sign-ins were refused"):
        case.sign_in()
    assert len(case.connects) == connects
    case.server = FakeConnection()
    case.sign_in(try_anyway=True)
    assert case.refusals == 0


def test_from_the_fourth_nothing_helps_but_a_reset(case: AttemptRig) -> None:
    case.server = FakeConnection(password=REFUSED)
    for _time in range(4):
        with pytest.raises(SignInRefusedError):
            case.sign_in(try_anyway=True)
    with pytest.raises(LockOutShutError) as caught:
        case.sign_in(try_anyway=True)
    assert "reset" in str(caught.value.problem.next_step)
    assert len(case.server.sent) == 4


@pytest.mark.parametrize(
    ("sign_in", "none", "refusals"),
    [
        (SignInSettings(), ACCEPTED, 1),  # nobody was asked for anything
        (SignInSettings(join="{password}"), PASSWORD_OFFERED, 0),
        (
            SignInSettings(join="{password}", okta_address="https://okta.example.org"),
            PASSWORD_OFFERED,
            1,
        ),
        (SignInSettings(okta_address="https://okta.example.org"), PASSWORD_OFFERED, 0),
    ],
)
def test_refusals_are_forgotten_once_the_account_has_seen_enough(
    case: AttemptRig, sign_in: SignInSettings, none: AuthAnswer, refusals: int
) -> None:
    site = msgspec.structs.replace(SITE, sign_in=sign_in)
    lease = case.ledger.admit(site.account).lease
    assert lease is not None
    case.ledger.finish(lease, End.REFUSED)
    case.server = FakeConnection(none=none)
    case.sign_in(site)
    assert case.ledger.refusals(site.account) == refusals


def test_an_unknown_end_counts(case: AttemptRig) -> None:
    case.server = FakeConnection(password=UNKNOWN)
    with pytest.raises(SignInUnansweredError):
        case.sign_in()
    assert case.refusals == 1


@pytest.mark.parametrize(
    ("none", "error"),
    [
        (UNKNOWN, ConnectionLostError),
        (AuthAnswer(AuthOutcome.REFUSED, ("publickey",)), SignInMethodError),
        (AuthAnswer(AuthOutcome.REFUSED), SignInMethodError),
    ],
)
def test_an_end_before_the_password_does_not_count(
    case: AttemptRig, none: AuthAnswer, error: type[Exception]
) -> None:
    case.server = FakeConnection(none=none)
    with pytest.raises(error):
        case.sign_in()
    assert case.server.sent == []
    assert case.server.closed
    assert case.refusals == 0


def test_a_server_that_is_not_reached_does_not_count(case: AttemptRig) -> None:
    def fail() -> None:
        raise CannotReachError(message("no"))

    case.on_connect = fail
    for _time in range(3):
        with pytest.raises(CannotReachError):
            case.sign_in()
    assert case.refusals == 0


def test_a_server_that_wants_more_has_still_had_the_password(case: AttemptRig) -> None:
    case.server = FakeConnection(password=AuthAnswer(AuthOutcome.PARTIAL, ("publickey",)))
    with pytest.raises(SignInMethodError):
        case.sign_in()
    assert case.refusals == 1


def test_the_place_is_held_however_long_the_server_takes(case: AttemptRig) -> None:
    gates = []

    def take_long() -> None:
        case.clock.time += 100  # of the 180 s that a place is held
        gates.append(case.ledger.admit(SITE.account).gate)

    case.on_connect = take_long
    case.watcher.on_key = take_long
    case.sign_in(msgspec.structs.replace(SITE, host_key_fingerprints=()))
    assert gates == [Gate.BUSY, Gate.BUSY]


def test_the_place_is_held_through_a_long_wait_for_a_code(case: AttemptRig) -> None:
    secret = CodeSecret(key=SECRET.key, period=600)
    case.ledger.claim(secret, secret.step_at(case.clock.now()))
    case.sign_in(credentials=Credentials(password=Secret("x"), code_secret=secret))
    assert case.watcher.told.count(3600.0) > 5  # each wait holds it for longer


def test_another_attempt_is_waited_for(case: AttemptRig) -> None:
    lease = case.ledger.admit(SITE.account).lease
    assert lease is not None
    case.clock.time += 170
    case.sign_in()  # the other's lease ran out meanwhile
    assert case.clock.now() >= 3183


def test_the_wait_for_another_attempt_is_cancelled(case: AttemptRig) -> None:
    case.ledger.admit(SITE.account)
    case.cancel.cancel()
    with pytest.raises(Cancelled):
        case.sign_in()
    assert case.connects == []


def test_the_wait_for_a_code_is_cancelled(case: AttemptRig) -> None:
    case.ledger.claim(SECRET, 100)
    case.cancel.cancel()
    with pytest.raises(Cancelled):
        case.sign_in()
    assert case.server.closed
    assert not case.server.asked
    assert case.refusals == 0


# ---------------------------------------------------------------- a real server


@pytest.mark.parametrize("known", [True, False])
def test_a_real_server_with_another_key_sees_no_sign_in(
    tmp_path: Path, make_ledger: Callable[[], Ledger], make_sandbox: MakeSandbox, *, known: bool
) -> None:
    clock = WallClock()
    box = make_sandbox(clock=clock, **OPTIONS)
    ready = box.ready
    known_hosts = KnownHosts(tmp_path / "known_hosts")
    pins = () if known else (OTHER_KEY.fingerprint,)
    if known:
        known_hosts.add(ready.host, ready.port, OTHER_KEY)
    site = msgspec.structs.replace(
        SITE, host=ready.host, port=ready.port, host_key_fingerprints=pins
    )

    def reach(
        host: str,
        port: int,
        keys: tuple[HostKey, ...],
        cancel: CancelToken,
        report: ReportConnectStep,
    ) -> Connection:
        return connect(host, port, keys, clock, Deadlines(), cancel, report=report)

    attempts = SignInAttempts(make_ledger(), known_hosts, reach, clock)
    with pytest.raises(HostKeyChangedError):
        attempts.sign_in(site, CREDENTIALS, Watcher(), CancelToken(SystemThreads()))
    assert len(box.log) == 0


@pytest.mark.parametrize(
    ("types", "connects"),
    [
        (("ssh-ed25519",), 1),
        (("ssh-ed25519", "ssh-rsa"), 2),
        (("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"), 3),
        (None, 5),
    ],
)
def test_a_refused_server_is_asked_for_no_key_that_it_has_not(
    case: AttemptRig, types: tuple[str, ...] | None, connects: int
) -> None:
    case.server.host_key, case.server.key_types = OTHER_KEY, types
    with pytest.raises(HostKeyChangedError):
        case.sign_in()
    assert len(case.connects) == connects
    assert case.server.closed
