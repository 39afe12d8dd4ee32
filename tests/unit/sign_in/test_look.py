"""An attempt that only looks: it ends before the first secret, and leaves no trace here."""

from __future__ import annotations

import msgspec
import pytest

from ferrygate.common.errors import (
    Cancelled,
    HostKeyChangedError,
    HostKeyUnknownError,
    ServerBusyError,
    SignInMethodError,
)
from ferrygate.sign_in.ledger import End
from ferrygate.sign_in.steps import HostKeyAccepted, KeyTrust, MethodsOffered, SettingsRead
from ferrygate.sites.site import SignInSettings
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.no_handshake import Disconnect
from support.attempt_rig import (
    ACCEPTED,
    KEY,
    OTHER_KEY,
    PASSWORD_OFFERED,
    SECRET,
    SITE,
    AttemptRig,
    FakeConnection,
)


def test_a_look_tells_what_is_offered_and_sends_no_secret(case: AttemptRig) -> None:
    case.server.banner = "Welcome"
    case.look()
    assert [type(step) for step in case.steps] == [SettingsRead, HostKeyAccepted, MethodsOffered]
    assert case.steps[-1] == MethodsOffered(("password", "publickey"), banner="Welcome")
    assert case.server.asked
    assert case.server.sent == []
    assert case.server.closed


def test_a_look_claims_no_code_takes_no_lease_and_counts_nothing(case: AttemptRig) -> None:
    case.ledger.admit(SITE.account)  # another attempt is under way, which it does not wait for
    case.look()
    assert not case.ledger.is_claimed(SECRET, SECRET.step_at(case.clock.now()))
    assert case.ledger.last_end([SITE.account], End.NOT_SENT) is None
    assert case.refusals == 0


def test_the_breaker_does_not_keep_anybody_from_looking(case: AttemptRig) -> None:
    for _ in range(4):
        case.ledger.finish(case.lease(), End.REFUSED)
    case.look()
    assert case.server.asked
    assert case.refusals == 4


def test_a_look_puts_no_key_on_record(case: AttemptRig) -> None:
    case.look()
    assert case.steps[1] == HostKeyAccepted(KEY.key_type, KEY.fingerprint, KeyTrust.PINNED)
    assert case.known_hosts.keys_for(SITE.host, SITE.port) == ()


def test_an_unknown_key_is_refused_and_nobody_is_asked(case: AttemptRig) -> None:
    with pytest.raises(HostKeyUnknownError):
        case.look(msgspec.structs.replace(SITE, host_key_fingerprints=()))
    assert case.watcher.told == []
    assert not case.server.asked
    assert case.server.closed


def test_a_changed_key_is_told_and_the_user_is_not(case: AttemptRig) -> None:
    case.server.host_key = OTHER_KEY
    with pytest.raises(HostKeyChangedError):
        case.look()
    assert not case.server.asked
    assert case.server.closed


@pytest.mark.parametrize(
    ("step", "offered", "can"),
    [
        ("password", ("password",), True),
        ("password", ("keyboard-interactive",), True),
        ("password", ("publickey",), False),
        ("keyboard-interactive", ("password",), False),
        ("keyboard-interactive", ("keyboard-interactive",), True),
        ("publickey", ("keyboard-interactive", "password"), False),
        ("publickey", ("publickey",), True),
    ],
)
def test_the_first_step_of_the_site_has_to_be_among_the_methods(
    case: AttemptRig, step: str, offered: tuple[str, ...], *, can: bool
) -> None:
    case.server = FakeConnection(none=AuthAnswer(AuthOutcome.REFUSED, offered))
    site = msgspec.structs.replace(SITE, sign_in=SignInSettings(steps=(step,)))
    if can:
        case.look(site)
    else:
        with pytest.raises(SignInMethodError):
            case.look(site)
    assert case.steps[-1] == MethodsOffered(offered)
    assert case.server.closed


def test_a_server_that_wants_no_secret_is_no_error(case: AttemptRig) -> None:
    case.server = FakeConnection(none=ACCEPTED)
    case.look()
    assert case.steps[-1] == MethodsOffered(())


def test_a_server_that_turns_everybody_away_says_so(case: AttemptRig) -> None:
    busy = AuthAnswer(AuthOutcome.UNKNOWN, disconnect=Disconnect(12, "Too many connections"))
    case.server = FakeConnection(none=busy)
    with pytest.raises(ServerBusyError):
        case.look()
    assert case.server.closed


def test_a_site_without_a_user_is_looked_at_up_to_its_key(case: AttemptRig) -> None:
    case.look(msgspec.structs.replace(SITE, username=""))
    assert isinstance(case.steps[-1], HostKeyAccepted)
    assert not case.server.asked
    assert case.server.closed


def test_a_look_is_cancelled_while_the_server_thinks(case: AttemptRig) -> None:
    class Slow(FakeConnection):
        def auth_none(self, username: str) -> AuthAnswer:
            case.cancel.cancel()
            self.tick()
            return super().auth_none(username)

    case.server = Slow(none=PASSWORD_OFFERED)
    with pytest.raises(Cancelled):
        case.look()
    assert case.server.closed
