"""The engine tells of refusals in a row, and of the correction of codes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ferrygate.engine import messages as m
from ferrygate.sandbox.sandbox import Sandbox
from support.engine_rig import EngineRig, next_code, open_with_secrets
from support.fake_clock import WallClock
from support.sandbox_site import site_of


def counted(rig: EngineRig) -> list[tuple[int, m.Gate]]:
    return [(told.refusals, told.gate) for told in rig.listener.all(m.RefusalsCounted)]


def refuse(rig: EngineRig, box: Sandbox, clock: WallClock, times: int) -> None:
    open_with_secrets(rig, box)
    box.faults.refuse_sign_ins = True
    for _time in range(times):
        next_code(clock)
        rig.refused(m.SignIn, try_anyway=True)


def test_each_refusal_tells_at_once_what_the_next_attempt_needs(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 4)
    assert counted(rig) == [
        (1, m.Gate.OPEN),
        (2, m.Gate.ASK),
        (3, m.Gate.ASK),
        (4, m.Gate.SHUT),
    ]
    events = rig.listener.events
    second = events.index(rig.listener.all(m.RefusalsCounted)[1])
    offline = [event for event in events[second:] if isinstance(event, m.SessionChanged)]
    assert offline[0].state is m.SessionState.OFFLINE  # which a face shows, knowing the number


def test_a_site_that_is_opened_tells_of_the_refusals_on_record(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 2)
    rig.listener.events.clear()
    rig.do(m.OpenSite, site_of(box.ready))
    told = [type(event) for event in rig.listener.events]
    assert told.index(m.RefusalsCounted) < told.index(m.SiteOpened)
    assert counted(rig) == [(2, m.Gate.ASK)]


def test_an_account_without_refusals_is_not_spoken_of(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box)
    rig.do(m.SignIn)
    assert counted(rig) == []


def test_a_reset_and_a_success_are_told(rig: EngineRig, box: Sandbox, clock: WallClock) -> None:
    refuse(rig, box, clock, 4)
    rig.do(m.ResetLock)
    assert counted(rig)[-1] == (0, m.Gate.OPEN)
    next_code(clock)
    rig.refused(m.SignIn)
    box.faults.refuse_sign_ins = False
    next_code(clock)
    rig.do(m.SignIn)
    assert counted(rig)[-2:] == [(1, m.Gate.OPEN), (0, m.Gate.OPEN)]


def test_refusals_under_the_key_on_record_count_whatever_the_site_is_called(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 2)
    rig.listener.events.clear()
    site = site_of(box.ready)
    how = msgspec.structs.replace(site.sign_in, okta_address="")
    rig.do(m.OpenSite, msgspec.structs.replace(site, sign_in=how))
    assert counted(rig) == [(2, m.Gate.ASK)]


def test_another_site_has_a_count_of_its_own(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    refuse(rig, box, clock, 2)
    rig.listener.events.clear()
    rig.do(m.OpenSite, msgspec.structs.replace(site_of(box.ready), username="other"))
    assert counted(rig) == []


def test_a_ledger_that_cannot_be_read_keeps_no_site_from_being_opened(
    rig: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    for file in tmp_path.rglob("ledger*"):
        file.unlink()
    rig.do(m.OpenSite, site_of(box.ready))
    assert counted(rig) == []


def test_a_correction_in_use_is_told_when_the_site_is_opened(rig: EngineRig, box: Sandbox) -> None:
    site = site_of(box.ready)
    rig.do(m.OpenSite, site)
    rig.do(m.ApplySkew, 180)
    rig.do(m.OpenSite, site)
    assert [opened.correction for opened in rig.listener.all(m.SiteOpened)] == [0, 180]
