"""The engine tells of refusals in a row, and of the correction of codes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ferrygate.engine.messages.codes import ApplySkew
from ferrygate.engine.messages.records import ResetLock
from ferrygate.engine.messages.session import (
    OpenSite,
    RefusalsCounted,
    SessionChanged,
    SessionState,
    SignIn,
    SiteOpened,
)
from ferrygate.engine.session.refusal_count import RefusalCount
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sign_in.gate import Gate
from support.engine_rig import EngineRig, next_code, open_with_secrets
from support.fake_clock import WallClock
from support.sandbox_site import site_of


def counted(rig: EngineRig) -> list[tuple[int, Gate]]:
    return [(told.refusals, told.gate) for told in rig.listener.all(RefusalsCounted)]


def refuse(rig: EngineRig, box: Sandbox, clock: WallClock, times: int) -> None:
    open_with_secrets(rig, box)
    box.faults.refuse_sign_ins = True
    for _time in range(times):
        next_code(clock)
        rig.refused(SignIn, try_anyway=True)


def test_each_refusal_tells_at_once_what_the_next_attempt_needs(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 4)
    assert counted(rig) == [
        (1, Gate.OPEN),
        (2, Gate.ASK),
        (3, Gate.ASK),
        (4, Gate.SHUT),
    ]
    events = rig.listener.events
    second = events.index(rig.listener.all(RefusalsCounted)[1])
    offline = [event for event in events[second:] if isinstance(event, SessionChanged)]
    assert offline[0].state is SessionState.OFFLINE  # which a face shows, knowing the number


def test_a_state_that_is_told_late_does_not_bring_the_number_before_the_refusal(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 1)
    count, site = RefusalCount(rig.ledger, rig.known_hosts), site_of(box.ready)
    for state in (SessionState.CONNECTING, SessionState.WAITING_FOR_CODE, SessionState.SIGNING_IN):
        assert count.news_before(SessionChanged(state), site) == ()
    (told,) = count.news_before(SessionChanged(SessionState.OFFLINE), site)
    assert (told.refusals, told.gate) == (1, Gate.OPEN)


def test_a_site_that_is_opened_tells_of_the_refusals_on_record(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 2)
    rig.listener.events.clear()
    rig.do(OpenSite, site_of(box.ready))
    told = [type(event) for event in rig.listener.events]
    assert told.index(RefusalsCounted) < told.index(SiteOpened)
    assert counted(rig) == [(2, Gate.ASK)]


def test_an_account_without_refusals_is_not_spoken_of(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box)
    rig.do(SignIn)
    assert counted(rig) == []


def test_a_reset_and_a_success_are_told(rig: EngineRig, box: Sandbox, clock: WallClock) -> None:
    refuse(rig, box, clock, 4)
    rig.do(ResetLock, site_of(box.ready))
    assert counted(rig)[-1] == (0, Gate.OPEN)
    next_code(clock)
    rig.refused(SignIn)
    box.faults.refuse_sign_ins = False
    next_code(clock)
    rig.do(SignIn)
    assert counted(rig)[-2:] == [(1, Gate.OPEN), (0, Gate.OPEN)]


def test_refusals_under_the_key_on_record_count_whatever_the_site_is_called(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 2)
    rig.listener.events.clear()
    site = site_of(box.ready)
    how = msgspec.structs.replace(site.sign_in, okta_address="")
    rig.do(OpenSite, msgspec.structs.replace(site, sign_in=how))
    assert counted(rig) == [(2, Gate.ASK)]


def test_another_site_has_a_count_of_its_own(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 2)
    rig.listener.events.clear()
    rig.do(OpenSite, msgspec.structs.replace(site_of(box.ready), username="other"))
    assert counted(rig) == []


def test_a_ledger_that_cannot_be_read_keeps_no_site_from_being_opened(
    rig: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    for file in tmp_path.rglob("ledger*"):
        file.unlink()
    rig.do(OpenSite, site_of(box.ready))
    assert counted(rig) == []


def test_a_correction_in_use_is_told_when_the_site_is_opened(rig: EngineRig, box: Sandbox) -> None:
    site = site_of(box.ready)
    rig.do(OpenSite, site)
    rig.do(ApplySkew, 180)
    rig.do(OpenSite, site)
    assert [opened.correction for opened in rig.listener.all(SiteOpened)] == [0, 180]
