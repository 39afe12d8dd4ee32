"""The server is reached before a code is waited for, and no connection is kept waiting for it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import msgspec
import pytest

from ferrygate.common.errors import CannotReachError, HostKeyChangedError, SettingsError
from ferrygate.common.message import message
from support.attempt_rig import KEY, OTHER_KEY, SECRET, SITE, AttemptRig, FakeConnection


@pytest.mark.parametrize("now", [3024.9, 3025])
def test_no_connection_is_kept_waiting_long_for_a_code(case: AttemptRig, now: float) -> None:
    case.ledger.claim(SECRET, 100)
    case.clock.time = now
    servers: list[FakeConnection] = []
    waits = []

    def reached() -> None:
        assert all(server.closed for server in servers)
        case.server = FakeConnection()
        servers.append(case.server)
        waits.append(case.clock.now())

    case.on_connect = reached
    assert cast("object", case.sign_in()) is servers[-1]
    if now < 3025:
        assert waits == [now, 3030]
        assert case.watcher.told == ["connecting", 3030.0, "connecting", "signing in"]
        assert not servers[0].asked
        assert not servers[0].sent
    else:
        assert waits == [now]
        assert case.watcher.told == ["connecting", 3030.0, "signing in"]
    assert servers[-1].sent == ["correct horse" + SECRET.code_for_step(101)]


def test_a_code_that_is_taken_while_the_server_is_reached_again_keeps_no_connection_waiting(
    case: AttemptRig,
) -> None:
    case.ledger.claim(SECRET, 100)
    servers: list[FakeConnection] = []

    def reached() -> None:
        case.server = FakeConnection()
        servers.append(case.server)
        if len(servers) == 2:
            case.ledger.claim(SECRET, 101)

    case.on_connect = reached
    assert cast("object", case.sign_in()) is servers[2]
    assert [server.closed for server in servers] == [True, True, False]
    assert servers[2].sent == ["correct horse" + SECRET.code_for_step(102)]


def test_a_server_that_is_not_there_is_told_before_a_code_is_waited_for(case: AttemptRig) -> None:
    def fail() -> None:
        raise CannotReachError(message("no"))

    case.ledger.claim(SECRET, 100)
    case.on_connect = fail
    with pytest.raises(CannotReachError):
        case.sign_in()
    assert case.watcher.told == ["connecting"]


def test_a_changed_key_is_told_before_a_code_is_waited_for(case: AttemptRig) -> None:
    case.ledger.claim(SECRET, 100)
    case.server.host_key = OTHER_KEY
    with pytest.raises(HostKeyChangedError):
        case.sign_in()
    assert case.watcher.told == ["connecting"]
    assert case.server.closed
    assert not case.server.asked


def test_a_key_that_changes_while_a_code_is_waited_for_gets_nothing(case: AttemptRig) -> None:
    case.ledger.claim(SECRET, 100)

    def reached() -> None:
        case.server = FakeConnection()
        case.server.host_key = KEY if len(case.connects) == 1 else OTHER_KEY

    case.on_connect = reached
    with pytest.raises(HostKeyChangedError):
        case.sign_in()
    assert len(case.connects) == 2
    assert case.server.closed
    assert not case.server.asked


def test_a_person_is_asked_about_a_key_once_however_long_a_code_is_waited_for(
    case: AttemptRig,
) -> None:
    case.ledger.claim(SECRET, 100)
    case.sign_in(msgspec.structs.replace(SITE, host_key_fingerprints=()))
    assert case.watcher.told == ["connecting", KEY, 3030.0, "connecting", "signing in"]
    assert case.connects[1][2] == (KEY,)


def test_the_wait_that_a_persons_answer_took_needs_no_second_connection(case: AttemptRig) -> None:
    def take_long() -> None:
        case.clock.time += 27

    case.ledger.claim(SECRET, 100)
    case.watcher.on_key = take_long
    case.sign_in(msgspec.structs.replace(SITE, host_key_fingerprints=()))
    assert case.watcher.told == ["connecting", KEY, "signing in"]


def test_a_connection_is_hung_up_when_the_ledger_fails(case: AttemptRig, tmp_path: Path) -> None:
    case.on_connect = (tmp_path / "ledger.sqlite3").unlink
    with pytest.raises(SettingsError):
        case.sign_in()
    assert case.server.closed
