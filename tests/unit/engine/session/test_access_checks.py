"""The access check of an engine: over the sandbox, and where there is no server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ferrygate.access_check.stages import (
    Cause,
    Party,
    Stage,
    StageOutcome,
)
from ferrygate.common.errors import Kind, SettingsError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.checks import CheckAccess
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Failed
from ferrygate.engine.messages.session import (
    OpenSite,
    SessionChanged,
    UsePassword,
)
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding, SavedSecret
from support.checked_access import Checked
from support.engine_rig import EngineRig, open_with_secrets, signed_in
from support.fake_clock import WallClock
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import code_secret_of, site_of

FREE = (
    Stage.DNS,
    Stage.TCP,
    Stage.FIRST_LINE,
    Stage.ALGORITHMS,
    Stage.HOST_KEY,
    Stage.METHODS,
)
BEHIND = (Stage.SIGN_IN, Stage.SFTP, Stage.HOME_FOLDER, Stage.WRITE_PROBE, Stage.SPEED)


class UnreadVault(MemoryVault):
    """A keychain of which nothing may be read."""

    def read(self, _kind: SecretKind, _binding: Binding) -> SavedSecret | None:
        raise AssertionError


@pytest.fixture
def free(tmp_path: Path, clock: WallClock) -> Iterator[EngineRig]:
    """Run an engine whose keychain must not be read."""
    rig = EngineRig(tmp_path / "free", clock, UnreadVault)
    with contextlib.closing(rig):
        yield rig


def open_free(rig: EngineRig, sandbox: Sandbox, **changes: Any) -> Site:
    """Open the sandbox's site as a command does that reads no secret."""
    site = site_of(sandbox.ready, **changes)
    rig.do(OpenSite, site, frozenset(SecretKind))
    return site


def keeping(site: Site, *host_keys: str) -> MemoryVault:
    """Make a keychain that keeps a password and a key for codes for a site."""
    vault, keys = MemoryVault(), frozenset(host_keys)
    binding = Binding(host=site.host, port=site.port, username=site.username, host_keys=keys)
    for kind in (SecretKind.PASSWORD, SecretKind.CODE_SECRET):
        vault.write(kind, binding, Secret("JBSWY3DPEHPK3PXP"))
    return vault


def claimed(rig: EngineRig, sandbox: Sandbox, clock: WallClock) -> bool:
    secret = code_secret_of(sandbox.ready)
    return rig.ledger.is_claimed(secret, secret.step_at(clock.now()))


# ---------------------------------------------------------------- without a sign-in


def test_a_free_check_tells_every_stage_in_order_and_sends_no_secret(
    free: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_free(free, box)
    checked = Checked(free)
    assert [result.stage for result in checked.results] == list(Stage)
    assert checked.outcomes(*FREE, Stage.OKTA, Stage.CLOCK) == {StageOutcome.PASSED}
    assert checked.outcomes(*BEHIND) == {StageOutcome.NOT_REACHED}
    assert str(checked[Stage.SIGN_IN].sentence) == "Not asked for."
    assert checked.verdict.first_failed is None
    assert len(box.log) == 0
    assert box.counters.connections == 0
    assert not claimed(free, box, clock)
    assert free.ledger.is_clear(site_of(box.ready).account)


def test_a_check_tells_no_state_of_a_session_and_puts_no_key_on_record(
    free: EngineRig, box: Sandbox
) -> None:
    site = open_free(free, box)
    Checked(free)
    assert free.listener.all(SessionChanged) == []
    assert free.known_hosts.keys_for(site.host, site.port) == ()


def test_a_free_check_does_not_count_however_often_it_is_made(
    free: EngineRig, box: Sandbox
) -> None:
    open_free(free, box)
    for _ in range(4):
        assert Checked(free)[Stage.BREAKER].outcome is StageOutcome.PASSED


def test_secrets_are_told_by_where_they_are(free: EngineRig, box: Sandbox) -> None:
    open_free(free, box)
    checked = Checked(free, given={SecretKind.PASSWORD: "FERRYGATE_PASSWORD"}, source="a.ferrygate")
    assert checked[Stage.SECRETS].outcome is StageOutcome.WARNED
    assert "password: FERRYGATE_PASSWORD" in checked[Stage.SECRETS].detail
    assert "from: a.ferrygate" in checked[Stage.SETTINGS].detail
    assert checked.verdict.outcome is StageOutcome.WARNED


def test_an_unknown_key_fails_and_nobody_is_asked(free: EngineRig, box: Sandbox) -> None:
    open_free(free, box, host_key_fingerprints=())
    checked = Checked(free)
    assert (checked[Stage.HOST_KEY].outcome, checked.verdict.who) == (
        StageOutcome.FAILED,
        Party.CONTACT,
    )
    assert checked.verdict.kind is Kind.HOST_KEY_UNKNOWN
    assert checked[Stage.METHODS].outcome is StageOutcome.NOT_REACHED
    assert checked[Stage.OKTA].outcome is StageOutcome.PASSED


def test_other_methods_fail_where_they_are_told(free: EngineRig, box: Sandbox) -> None:
    how = SignInSettings(steps=("publickey",), private_key=__file__)
    open_free(free, box, sign_in=how)
    checked = Checked(free)
    assert checked.verdict.first_failed is Stage.METHODS
    assert (checked.verdict.kind, checked.verdict.who) == (Kind.SIGN_IN_METHOD, Party.CONTACT)
    assert "password" in checked[Stage.METHODS].detail


def test_a_dead_host_leaves_okta_and_the_clock_to_be_told(free: EngineRig, box: Sandbox) -> None:
    free.is_reachable = False
    open_free(free, box)
    checked = Checked(free)
    assert checked.verdict.first_failed is Stage.DNS
    assert (checked.verdict.kind, checked.verdict.who) == (Kind.CANNOT_REACH, Party.CONTACT)
    assert checked.outcomes(*FREE[1:]) == {StageOutcome.NOT_REACHED}
    assert checked.outcomes(Stage.OKTA, Stage.CLOCK) == {StageOutcome.PASSED}


def test_without_okta_a_dead_host_is_for_the_person_to_look_at(
    free: EngineRig, box: Sandbox
) -> None:
    free.is_reachable = False
    open_free(free, box, sign_in=SignInSettings())
    checked = Checked(free)
    assert checked.verdict.who is Party.YOU
    assert checked.outcomes(Stage.OKTA, Stage.CLOCK) == {StageOutcome.NOT_REACHED}
    assert "no Okta address" in str(checked[Stage.OKTA].sentence)


def test_settings_without_a_user_fail_and_the_server_is_looked_at(
    free: EngineRig, box: Sandbox
) -> None:
    open_free(free, box, username="")
    checked = Checked(free)
    assert checked.verdict.first_failed is Stage.SETTINGS
    assert checked[Stage.HOST_KEY].outcome is StageOutcome.PASSED
    assert checked[Stage.METHODS].outcome is StageOutcome.NOT_REACHED


def test_files_are_tried_only_with_a_sign_in(free: EngineRig, box: Sandbox) -> None:
    open_free(free, box)
    for options in ({"speed": True}, {"write_folder": b"/"}):
        answer = Checked(free, **options).answer
        assert isinstance(answer, Failed)
        assert answer.problem.kind is Kind.USAGE


def test_there_is_no_check_beside_a_session(session: EngineRig) -> None:
    answer = Checked(session).answer
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.USAGE


# ---------------------------------------------------------------- with a sign-in


def test_a_sign_in_claims_one_code_and_tries_the_files(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    checked = Checked(rig, sign_in=True, write_folder=b"/", speed=True)
    stages = [stage for stage in Stage if stage is not Stage.HOME]  # there is no keychain
    assert checked.outcomes(*stages) == {StageOutcome.PASSED}, checked.results
    assert str(checked.verdict.sentence).startswith("Access works. Worth a look: ")
    assert claimed(rig, box, clock)
    assert [record.outcome for record in box.log] == ["granted"]
    assert list(Path(box.ready.root).rglob(".ferrygate-check-*")) == []
    assert rig.listener.all(SessionChanged) == []
    assert "channels granted: 9" in checked[Stage.SFTP].detail
    assert all(not connection.alive for connection in rig.connections)


def test_the_session_can_begin_after_a_check(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    Checked(rig, sign_in=True)
    clock.time += 30
    signed_in(rig, box)


def test_a_refusal_is_told_with_its_causes_and_counts_once(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box)
    rig.do(UsePassword, Secret("not that"))
    checked = Checked(rig, sign_in=True)
    result = checked[Stage.SIGN_IN]
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, Kind.SIGN_IN_REFUSED)
    assert result.causes[0] is Cause.PASSWORD_WRONG
    assert Cause.CLOCK_WRONG not in result.causes
    assert checked.verdict.who is Party.YOU
    assert checked.outcomes(*BEHIND[1:]) == {StageOutcome.NOT_REACHED}
    assert len(box.log) == 1
    assert rig.ledger.refusals(site_of(box.ready).account) == 1
    assert "not that" not in repr(checked.results)


def test_okta_is_asked_about_a_refusal_where_a_person_agrees(rig: EngineRig, box: Sandbox) -> None:
    box.organization.switches.show_lock_outs = True
    box.organization.account.locked = True
    open_with_secrets(rig, box)
    result = Checked(rig, sign_in=True, explain=True)[Stage.SIGN_IN]
    assert result.causes == (Cause.ACCOUNT_LOCKED,)
    assert (result.who, str(result.sentence)) == (Party.CONTACT, "Your account is locked.")
    assert "Okta: HTTP" in result.detail


def test_a_missing_code_secret_stops_before_anything_is_sent(rig: EngineRig, box: Sandbox) -> None:
    rig.do(OpenSite, site_of(box.ready))
    rig.do(UsePassword, box.ready.password)
    checked = Checked(rig, sign_in=True)
    assert (checked.verdict.first_failed, checked.verdict.kind) == (
        Stage.SECRETS,
        Kind.SECRETS_MISSING,
    )
    assert checked[Stage.METHODS].outcome is StageOutcome.PASSED
    assert checked[Stage.SIGN_IN].outcome is StageOutcome.NOT_REACHED
    assert len(box.log) == 0


def test_the_breaker_stops_the_sign_in_and_not_the_rest(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box)
    rig.do(UsePassword, Secret("not that"))
    for _ in range(2):
        Checked(rig, sign_in=True)
        assert isinstance(rig.clock, WallClock)
        rig.clock.time += 30
    checked = Checked(rig, sign_in=True)
    assert (checked.verdict.first_failed, checked.verdict.kind) == (
        Stage.BREAKER,
        Kind.LOCK_OUT_BREAKER,
    )
    assert checked[Stage.METHODS].outcome is StageOutcome.PASSED
    assert checked[Stage.SIGN_IN].outcome is StageOutcome.NOT_REACHED
    assert len(box.log) == 2
    rig.do(UsePassword, box.ready.password)
    assert Checked(rig, sign_in=True, try_anyway=True)[Stage.SIGN_IN].outcome is StageOutcome.PASSED


def test_a_clock_that_is_minutes_off_wastes_no_code(
    tmp_path: Path, make_sandbox: MakeSandbox, clock: WallClock
) -> None:
    box = make_sandbox(clock=clock)
    ahead = WallClock(clock.time + 180)
    with contextlib.closing(EngineRig(tmp_path / "ahead", ahead)) as rig:
        open_with_secrets(rig, box)
        checked = Checked(rig, sign_in=True)
        assert (checked.verdict.first_failed, checked.verdict.who) == (Stage.CLOCK, Party.YOU)
        assert checked.verdict.kind is Kind.SIGN_IN_REFUSED
        assert checked[Stage.METHODS].outcome is StageOutcome.PASSED
        assert checked[Stage.SIGN_IN].outcome is StageOutcome.NOT_REACHED
        assert len(box.log) == 0
        assert not claimed(rig, box, ahead)
        assert rig.ledger.refusals(site_of(box.ready).account) == 0


def test_a_start_folder_that_is_missing_fails_behind_the_sign_in(
    rig: EngineRig, box: Sandbox
) -> None:
    open_with_secrets(rig, box, start_folder="/nowhere")
    checked = Checked(rig, sign_in=True)
    assert checked[Stage.SIGN_IN].outcome is StageOutcome.PASSED
    assert checked.verdict.first_failed is Stage.HOME_FOLDER
    assert checked.verdict.who is Party.CONTACT


def test_a_check_is_cancelled_while_a_code_is_waited_for(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    Checked(rig, sign_in=True)  # spends the code of now
    request = rig.number()
    rig.engine.send(CheckAccess(request=request, sign_in=True))
    rig.listener.wait(lambda event: getattr(event, "until", None))
    rig.engine.send(CancelRequest(request))
    answer = rig.answer_of(request)
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.CANCELLED
    clock.time += 60
    signed_in(rig, box)  # nothing is under way any more


def test_a_check_ends_with_its_site(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box)
    Checked(rig, sign_in=True)  # spends the code of now
    request = rig.number()
    rig.engine.send(CheckAccess(request=request, sign_in=True))
    rig.listener.wait(lambda event: getattr(event, "until", None))
    rig.do(OpenSite, site_of(box.ready))
    answer = rig.answer_of(request)
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.CANCELLED
    assert len(box.log) == 1


def test_a_connection_that_is_lost_is_told_at_a_stage_that_was_asked_for(
    rig: EngineRig, box: Sandbox
) -> None:
    def hang_up() -> None:
        rig.connections[-1].close()

    open_with_secrets(rig, box)
    rig.on_new_part_name = hang_up
    checked = Checked(rig, sign_in=True, speed=True)
    assert (checked.verdict.first_failed, checked.verdict.kind) == (
        Stage.SPEED,
        Kind.CONNECTION_LOST,
    )
    assert checked[Stage.WRITE_PROBE].outcome is StageOutcome.NOT_REACHED


def test_where_the_home_cannot_be_used_the_keychain_is_asked_nevertheless(
    tmp_path: Path, box: Sandbox, clock: WallClock
) -> None:
    def fail() -> None:
        raise SettingsError(message("The disk is full."))

    rig = EngineRig(tmp_path / "full", clock, lambda: keeping(site_of(box.ready)), check_home=fail)
    with contextlib.closing(rig):
        open_free(rig, box)
        checked = Checked(rig)
        assert checked.verdict.first_failed is Stage.HOME
        assert checked[Stage.SECRETS].outcome is StageOutcome.PASSED


def test_secrets_that_are_kept_for_another_key_are_not_at_hand_for_a_sign_in(
    tmp_path: Path, box: Sandbox, clock: WallClock
) -> None:
    vault = keeping(site_of(box.ready), "SHA256:another")
    with contextlib.closing(EngineRig(tmp_path / "moved", clock, lambda: vault)) as rig:
        rig.do(OpenSite, site_of(box.ready))
        checked = Checked(rig, sign_in=True)
        assert checked.verdict.first_failed is Stage.SECRETS
        assert checked[Stage.METHODS].outcome is StageOutcome.PASSED
