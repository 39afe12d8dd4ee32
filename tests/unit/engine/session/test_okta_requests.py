"""Okta shows a secret once: it is used, kept where allowed, and goes to no other site.

Explanations of refusals and corrections of the clock reach the listener.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import ConnectionLostError, KeychainError, Kind, Problem
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.message import message
from ferrygate.common.open_files import room
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.codes import (
    ApplySkew,
    EnrolWithOkta,
    ExplainRefusal,
    MeasureSkew,
    OktaRequest,
    RefusalExplained,
    SkewMeasured,
)
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import Notice, TypedCredentials
from ferrygate.engine.reply import Later
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.okta_requests import OktaRequests
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.engine.session.site_opening import Then
from ferrygate.sign_in.attempt import SignInAttempts
from ferrygate.sign_in.okta_http import OktaAnswer
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Policy, Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding
from support.fake_clock import ManualClock
from support.okta_rig import KEY, MFA_ENROLL, MFA_REQUIRED, PASSWORD, SITE, FakeOkta, OktaRig, begun
from support.okta_rig import answer as okta_answer

HOST_KEY = HostKey("ssh-ed25519", b"this")
BINDING = Binding(host=SITE.host, port=SITE.port, username=SITE.username)
SUCCESS = okta_answer(status="SUCCESS")


class BrokenVault(MemoryVault):
    """A keychain that keeps nothing."""

    def write(self, kind: SecretKind, binding: Binding, secret: Secret) -> None:  # noqa: ARG002  the vault's
        raise KeychainError(message("The keychain is locked."))


def unused(*_given: object) -> NoReturn:
    raise AssertionError


class Engine:
    """The parts of an engine that have to do with Okta, on the test's own thread."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.okta = FakeOkta(self.clock)
        self.vault = MemoryVault()
        self.events: list[Event] = []
        self.corrected: list[Site] = []
        self.current = CurrentSite()
        self.current.site = SITE
        self._acts: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        rig = OktaRig(folder, self.clock, self.okta.open)
        self.rig = rig
        known = KnownHosts(folder / "known_hosts")
        attempts = SignInAttempts(rig.ledger, known, unused, self.clock)
        dependencies = EngineDependencies(
            clock=self.clock,
            threads=SystemThreads(),
            disk=SystemDisk(),
            ledger=rig.ledger,
            known_hosts=known,
            attempts=attempts,
            check_attempts=attempts,
            check_home=unused,
            okta=lambda: rig.attempts,
            skews=rig.skews,
            open_vault=lambda: self.vault,
            random_hex=unused,
            live_secrets=LiveSecrets(),
            random=unused,
            file_room=room,
            machine="0123abcd",
            upload_claims=folder / "replacing",
            keep_trying=0.0,
        )
        self.secrets = SessionSecrets(
            dependencies.open_vault, known, dependencies.live_secrets, self.events.append
        )
        self.secrets.use_password(PASSWORD, save=False)
        tasks = BackgroundTasks(self._acts.put, SystemThreads())
        self._desk = OktaRequests(
            dependencies,
            tasks,
            self.current,
            self.secrets,
            emit=self.events.append,
            correct_code=self.corrected.append,
            with_typed=self._with_typed,
        )

    def _with_typed(self, _request: int, typed: TypedCredentials, then: Then) -> Later | None:
        self.secrets.use(typed)
        return then(self.current.require())

    def ask(self, command: OktaRequest, *, opened_meanwhile: Site | None = None) -> Done | Failed:
        """Carry out a command; its answer."""
        ends: list[Problem | None] = []
        reply = self._desk.obey(command)
        assert isinstance(reply, Later)
        reply.on_end(ends.append)
        if opened_meanwhile is not None:
            self.current.site = opened_meanwhile
        while not ends:
            self._acts.get(timeout=10)()
        (problem,) = ends
        request = command.request
        answer = Done(request) if problem is None else Failed(request, problem)
        self.events.append(answer)
        return answer

    def notes(self) -> list[Kind]:
        return [event.problem.kind for event in self.events if isinstance(event, Notice)]

    def kept(self) -> Secret | None:
        saved = self.vault.read(SecretKind.CODE_SECRET, BINDING)
        return None if saved is None else saved.secret

    @property
    def secret(self) -> CodeSecret | None:
        return self.secrets.credentials.code_secret


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


def test_a_proven_secret_is_kept_at_once_and_used(engine: Engine) -> None:
    engine.okta.answers = [MFA_ENROLL, begun(), SUCCESS]
    assert engine.ask(EnrolWithOkta(1, save=True)) == Done(1)
    kept = engine.kept()
    assert kept is not None
    assert KEY in kept.reveal()
    assert engine.secret is not None
    assert engine.corrected == [SITE]
    assert engine.notes() == []
    assert (
        engine.secrets.keep_proven(SITE, HOST_KEY) is not None
    )  # again, bound to the server's key


@pytest.mark.parametrize(
    ("save", "policy"), [(False, Policy()), (True, Policy(save_code_secret=False))]
)
def test_a_secret_is_kept_only_where_that_is_wanted_and_allowed(
    engine: Engine, *, save: bool, policy: Policy
) -> None:
    engine.current.site = site = msgspec.structs.replace(SITE, policy=policy)
    engine.okta.answers = [MFA_ENROLL, begun(), SUCCESS]
    assert engine.ask(EnrolWithOkta(1, save=save)) == Done(1)
    assert engine.kept() is None
    assert engine.secret is not None
    assert engine.secrets.keep_proven(site, HOST_KEY) is None


@pytest.mark.parametrize("last", [ConnectionLostError(message("gone")), OktaAnswer(status=503)])
def test_a_secret_whose_proof_got_lost_is_used_and_not_kept(
    engine: Engine, last: OktaAnswer | ConnectionLostError
) -> None:
    engine.okta.answers = [MFA_ENROLL, begun(), last]
    assert engine.ask(EnrolWithOkta(1, save=True)) == Done(1)
    assert engine.kept() is None
    assert engine.secret is not None
    assert engine.notes() == [Kind.CONNECTION_LOST]
    assert engine.secrets.keep_proven(SITE, HOST_KEY) is not None


def test_a_broken_keychain_loses_nothing(engine: Engine) -> None:
    engine.vault = BrokenVault()
    engine.okta.answers = [MFA_ENROLL, begun(), SUCCESS]
    assert engine.ask(EnrolWithOkta(1, save=True)) == Done(1)
    assert engine.secret is not None
    assert engine.notes() == [Kind.KEYCHAIN]


def test_a_password_that_comes_along_is_the_one_that_okta_gets(engine: Engine) -> None:
    engine.secrets.forget()
    engine.okta.answers = [MFA_ENROLL, begun(), SUCCESS]
    assert engine.ask(EnrolWithOkta(1, typed=TypedCredentials(password=PASSWORD))) == Done(1)
    assert engine.secret is not None


def test_another_site_does_not_get_the_secret(engine: Engine) -> None:
    engine.okta.answers = [MFA_ENROLL, begun(), SUCCESS]
    other = msgspec.structs.replace(SITE, name="Other")
    assert engine.ask(EnrolWithOkta(1, save=True), opened_meanwhile=other) == Done(1)
    assert engine.kept() is not None
    assert engine.secret is None
    assert engine.corrected == []


def test_an_explanation_comes_before_the_end(engine: Engine) -> None:
    engine.okta.answers = [MFA_REQUIRED]
    assert engine.ask(ExplainRefusal(7)) == Done(7)
    explained = engine.events[0]
    assert isinstance(explained, RefusalExplained)
    assert explained.problem.kind is Kind.SIGN_IN_REFUSED


@pytest.mark.parametrize("command", [ExplainRefusal(7), EnrolWithOkta(7), MeasureSkew(7)])
def test_okta_out_of_reach_is_a_failure(engine: Engine, command: OktaRequest) -> None:
    engine.okta.reachable = False
    answer = engine.ask(command)
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.CANNOT_REACH


def test_a_correction_is_kept_told_and_shown(engine: Engine) -> None:
    assert engine.ask(ApplySkew(1, 45)) == Done(1)
    assert engine.corrected == [SITE]
    engine.okta.answers = [OktaAnswer(status=200, date=engine.clock.now() + 45.0)]
    engine.ask(MeasureSkew(2))
    measured = engine.events[-2]
    assert measured == SkewMeasured(2, seconds=45.5, applied=45)
