"""The product asks the sandbox's Okta: why a sign-in was refused, for a code, for the time."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from ferrygate.bootstrap import make_engine
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import (
    CodeSecretError,
    Kind,
    LockOutBreakerError,
    SignInRefusedError,
    UnsupportedError,
)
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.messages.codes import (
    ApplySkew,
    CodeChanged,
    CodeGivenOut,
    EnrolWithOkta,
    ExplainRefusal,
    MeasureSkew,
    RefusalExplained,
    ShowCode,
    SkewMeasured,
    UseCodeSecret,
)
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import OpenSite, SecretsChanged, SignIn, UsePassword
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sign_in.okta_http import HttpConnector
from ferrygate.vault.memory import MemoryVault
from support.fake_clock import ManualClock
from support.okta_rig import OktaRig
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import site_of

pytestmark = pytest.mark.sandbox

PASSWORD = Secret("correct horse")
E = TypeVar("E")


class AheadClock(SystemClock):
    """Runs the machine's clock off by some seconds."""

    def __init__(self, ahead: float) -> None:
        self._ahead = ahead

    def now(self) -> float:
        return super().now() + self._ahead


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def rig(tmp_path: Path, clock: ManualClock) -> OktaRig:
    return OktaRig(tmp_path, clock, HttpConnector(SystemClock()))


@pytest.fixture
def box(make_sandbox: MakeSandbox, clock: ManualClock) -> Sandbox:
    return make_sandbox(clock=clock, password=PASSWORD)


@pytest.fixture
def new(make_sandbox: MakeSandbox, clock: ManualClock) -> Sandbox:
    """Run a sandbox whose account has no code yet."""
    return make_sandbox(clock=clock, password=PASSWORD, enrolled=False)


def explained(rig: OktaRig, sandbox: Sandbox, password: Secret = PASSWORD) -> str:
    problem = rig.attempts.diagnose_refusal(
        site_of(sandbox.ready), password, CancelToken(SystemThreads())
    )
    assert problem.kind in {Kind.SIGN_IN_REFUSED, Kind.CODE_NOT_SET_UP}
    assert problem.next_step
    return str(problem.sentence)


def refusals(rig: OktaRig, sandbox: Sandbox) -> int:
    return rig.ledger.refusals(site_of(sandbox.ready).account)


def test_the_password_is_right_so_it_is_the_code_or_the_account(rig: OktaRig, box: Sandbox) -> None:
    assert "refused the code, or your account" in explained(rig, box)
    assert refusals(rig, box) == 0


def test_the_password_is_wrong_or_the_account_locked(rig: OktaRig, box: Sandbox) -> None:
    assert "wrong, or your account is locked" in explained(rig, box, Secret("wrong"))
    assert refusals(rig, box) == 1
    box.faults.lock_account()
    assert "wrong, or your account is locked" in explained(rig, box)
    assert refusals(rig, box) == 2


def test_a_lock_that_okta_shows(rig: OktaRig, box: Sandbox) -> None:
    box.faults.lock_account()
    box.organization.switches.show_lock_outs = True
    assert explained(rig, box) == "Your account is locked."
    assert refusals(rig, box) == 1


def test_no_code_is_set_up(rig: OktaRig, new: Sandbox) -> None:
    assert "no code is set up" in explained(rig, new)
    assert refusals(rig, new) == 0


def test_no_code_is_demanded(rig: OktaRig, box: Sandbox) -> None:
    box.organization.switches.demand_code = False
    assert "does not ask your account for a code" in explained(rig, box)


def test_too_many_requests(rig: OktaRig, box: Sandbox) -> None:
    box.organization.switches.rate_limited = True
    site = site_of(box.ready)
    problem = rig.attempts.diagnose_refusal(site, PASSWORD, CancelToken(SystemThreads()))
    assert "too many requests" in str(problem.sentence)
    assert str(problem.next_step) == "Try again in 1 s."
    assert problem.detail == "HTTP 429 E0000047"
    assert refusals(rig, box) == 0


def test_after_two_refusals_okta_is_asked_with_a_persons_word_only(
    rig: OktaRig, box: Sandbox
) -> None:
    for _ in range(2):
        explained(rig, box, Secret("wrong"))
    with pytest.raises(LockOutBreakerError):
        explained(rig, box)
    site, cancel = site_of(box.ready), CancelToken(SystemThreads())
    rig.attempts.diagnose_refusal(site, PASSWORD, cancel, try_anyway=True)
    assert refusals(rig, box) == 2


def test_enrolment_hands_out_a_proven_secret(
    rig: OktaRig, new: Sandbox, clock: ManualClock
) -> None:
    enrolment = rig.attempts.enrol(site_of(new.ready), PASSWORD, CancelToken(SystemThreads()))
    assert enrolment.proven
    (factor,) = new.organization.account.factors
    assert factor.secret is not None
    secret = enrolment.secret
    assert secret.key == factor.secret.key
    assert (secret.digits, secret.period, secret.label) == (6, 30, new.ready.username)
    assert secret.issuer == "127.0.0.1"
    assert rig.ledger.is_claimed(secret, secret.step_at(clock.now()))
    assert secret.key.reveal() not in repr(enrolment)


def test_enrolment_takes_refusals_back(rig: OktaRig, new: Sandbox) -> None:
    explained(rig, new, Secret("wrong"))
    rig.attempts.enrol(site_of(new.ready), PASSWORD, CancelToken(SystemThreads()))
    assert refusals(rig, new) == 0


def test_an_account_with_a_code_is_not_enrolled_again(rig: OktaRig, box: Sandbox) -> None:
    with pytest.raises(UnsupportedError, match="set up for your account already"):
        rig.attempts.enrol(site_of(box.ready), PASSWORD, CancelToken(SystemThreads()))
    assert refusals(rig, box) == 0


def test_google_authenticator_has_to_be_allowed(rig: OktaRig, new: Sandbox) -> None:
    new.organization.switches.offer_google = False
    with pytest.raises(UnsupportedError, match="does not let your account") as caught:
        rig.attempts.enrol(site_of(new.ready), PASSWORD, CancelToken(SystemThreads()))
    assert caught.value.problem.detail == "HTTP 403 E0000079"
    assert refusals(rig, new) == 0


def test_enrolment_with_a_wrong_password_counts(rig: OktaRig, new: Sandbox) -> None:
    with pytest.raises(SignInRefusedError, match="wrong, or your account is locked"):
        rig.attempts.enrol(site_of(new.ready), Secret("wrong"), CancelToken(SystemThreads()))
    assert refusals(rig, new) == 1


def test_a_clock_too_far_off_is_named(rig: OktaRig, new: Sandbox, clock: ManualClock) -> None:
    rig.skews.keep(site_of(new.ready), 600)  # codes are now for a clock that Okta does not have
    with pytest.raises(CodeSecretError, match="did not accept the code") as caught:
        rig.attempts.enrol(site_of(new.ready), PASSWORD, CancelToken(SystemThreads()))
    assert caught.value.problem.detail == "HTTP 403 E0000068; Okta's clock is ahead by about 0 s"
    assert refusals(rig, new) == 1
    rig.skews.keep(site_of(new.ready), 0)
    assert rig.attempts.enrol(site_of(new.ready), PASSWORD, CancelToken(SystemThreads())).proven
    assert clock.slept == 0


@pytest.mark.parametrize("ahead", [45.0, -45.0, 0.0])
def test_the_clocks_are_compared(make_sandbox: MakeSandbox, tmp_path: Path, ahead: float) -> None:
    box = make_sandbox(clock=AheadClock(ahead))
    rig = OktaRig(tmp_path, SystemClock(), HttpConnector(SystemClock()))
    measured = rig.attempts.clock_skew(site_of(box.ready))
    assert measured == pytest.approx(ahead, abs=2.0)


class Face:
    """Speaks to an engine as a face does."""

    def __init__(self, home: Path) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.vault = MemoryVault()
        self.engine = make_engine(self.events.put, Home(home), SystemClock(), lambda: self.vault)
        self._requests = iter(range(1, 1000))

    def number(self) -> int:
        return next(self._requests)

    def ask(self, command: Command, request: int) -> list[Event]:
        """Collect the events up to the answer, which has to be a good one."""
        self.engine.send(command)
        seen: list[Event] = []
        while True:
            event = self.events.get(timeout=20)
            seen.append(event)
            assert not isinstance(event, Failed), event.problem
            if isinstance(event, Done) and event.request == request:
                return seen


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    face = Face(tmp_path / "home")
    yield face
    face.engine.close()


def the(events: list[Event], kind: type[E]) -> E:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def test_enrolled_here_then_signed_in_without_scanning(
    make_sandbox: MakeSandbox, face: Face
) -> None:
    box = make_sandbox(period=3, enrolled=False)
    site = site_of(box.ready)
    face.ask(OpenSite(1, site), 1)
    face.ask(UsePassword(2, box.ready.password), 2)
    explained = the(face.ask(ExplainRefusal(3), 3), RefusalExplained)
    assert "no code is set up" in str(explained.problem.sentence)
    events = face.ask(EnrolWithOkta(4, save=True), 4)
    assert the(events, CodeChanged).code is not None
    face.ask(SignIn(5), 5)
    (record,) = box.log
    assert record.outcome == "granted"
    account = box.organization.account
    assert len(account.used_steps) == 2  # the one that activated, and another
    assert len({step for _factor, step in account.used_steps}) == 2
    told = face.ask(OpenSite(6, site), 6)
    assert [event for event in told if isinstance(event, SecretsChanged)][-1].has_code_secret


def test_a_correction_is_agreed_to_and_used(make_sandbox: MakeSandbox, face: Face) -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"), period=5)
    box = make_sandbox(clock=AheadClock(45.0), code_secret=secret)
    site = site_of(box.ready)
    face.ask(OpenSite(1, site), 1)
    face.ask(UseCodeSecret(2, secret), 2)
    measured = the(face.ask(MeasureSkew(3), 3), SkewMeasured)
    assert measured.seconds == pytest.approx(45.0, abs=2.0)
    assert measured.applied == 0
    face.ask(ApplySkew(4, 45), 4)
    assert the(face.ask(MeasureSkew(5), 5), SkewMeasured).applied == 45
    given = the(face.ask(ShowCode(6), 6), CodeGivenOut).code
    server_step = secret.step_at(given.valid_until - secret.period + 45.0)
    assert given.code == secret.code_for_step(server_step)
    face.ask(OpenSite(7, msgspec.structs.replace(site, name="Again")), 7)
    face.ask(UseCodeSecret(8, secret), 8)
    face.ask(UsePassword(9, box.ready.password), 9)
    face.ask(SignIn(10), 10)
    (record,) = box.log
    assert record.step is not None
    assert abs(secret.start_of(record.step) - record.time) < 3 * secret.period
