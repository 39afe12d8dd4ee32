"""The engine's sign-ins, questions and ends, over the sandbox."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ferrygate.common.errors import Kind
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.codes import (
    CodeAwaited,
    CodeChanged,
    CodeGivenOut,
    ShowCode,
    UseCodeSecret,
)
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.records import ResetLock
from ferrygate.engine.messages.session import (
    AnswerHostKey,
    HostKeyQuestion,
    OpenSite,
    SecretsChanged,
    SessionChanged,
    SessionState,
    SignIn,
    SignOut,
    UsePassword,
)
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    CancelBatch,
)
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchId, ConflictChoice
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding, SavedSecret
from support.engine_rig import (
    EngineRig,
    next_code,
    open_with_secrets,
    signed_in,
)
from support.fake_clock import WallClock
from support.sandbox_site import code_secret_of, site_of

State = SessionState


def test_opening_a_site_sends_nothing(rig: EngineRig, box: Sandbox) -> None:
    rig.do(OpenSite, site_of(box.ready))
    at_hand = rig.listener.all(SecretsChanged)[-1]
    assert (at_hand.has_password, at_hand.has_code_secret) == (False, False)
    assert not at_hand.can_save
    assert at_hand.keychain_note
    assert len(box.log) == 0
    assert rig.connections == []


def test_a_sign_in(rig: EngineRig, box: Sandbox) -> None:
    signed_in(rig, box)
    assert list(dict.fromkeys(rig.states)) == [
        State.CONNECTING,
        State.SIGNING_IN,
        State.SIGNED_IN,
    ]
    assert [record.outcome for record in box.log] == ["granted"]
    assert rig.listener.all(HostKeyQuestion) == []
    shown = rig.listener.all(CodeChanged)
    assert [change.spent for change in shown] == [False, True]


def test_signing_in_again_is_done_already(session: EngineRig, box: Sandbox) -> None:
    session.do(SignIn)
    assert len(box.log) == 1


@pytest.mark.parametrize("accept", [True, False])
def test_a_person_is_asked_about_an_unknown_key(
    rig: EngineRig, box: Sandbox, *, accept: bool
) -> None:
    open_with_secrets(rig, box, host_key_fingerprints=())
    request = rig.send(SignIn)
    rig.listener.wait(lambda event: isinstance(event, HostKeyQuestion))
    (question,) = rig.listener.all(HostKeyQuestion)
    assert question.fingerprint == box.ready.host_key_fingerprint
    assert len(box.log) == 0
    rig.engine.send(AnswerHostKey(question.question, accept))
    answer = rig.end_of(request)
    assert isinstance(answer, Done) is accept
    assert len(box.log) == int(accept)
    if isinstance(answer, Failed):
        assert answer.problem.kind is Kind.HOST_KEY_UNKNOWN


def test_an_answer_to_nothing_changes_nothing(rig: EngineRig, box: Sandbox) -> None:
    rig.engine.send(AnswerHostKey(99, accept=True))
    rig.engine.send(AnswerConflict(BatchId("none"), 1, ConflictChoice.REPLACE))
    rig.engine.send(CancelRequest(99))
    rig.engine.send(CancelBatch(BatchId("none")))
    rig.do(OpenSite, site_of(box.ready))


def test_a_persons_word_that_the_account_is_well_lifts_the_lock(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    box.faults.refuse_sign_ins = True
    for _time in range(4):
        next_code(clock)
        assert rig.refused(SignIn, try_anyway=True).kind is Kind.SIGN_IN_REFUSED
    next_code(clock)
    assert rig.refused(SignIn, try_anyway=True).kind is Kind.LOCK_OUT_SHUT
    box.faults.refuse_sign_ins = False
    rig.do(ResetLock, site_of(box.ready))
    rig.do(SignIn)


def test_a_lock_is_lifted_without_an_open_site(rig: EngineRig, box: Sandbox) -> None:
    assert rig.refused(SignIn).kind is Kind.USAGE
    rig.do(ResetLock, site_of(box.ready))


def test_a_refused_sign_in_leaves_the_session_offline(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box)
    rig.do(UsePassword, Secret("wrong"))
    problem = rig.refused(SignIn)
    assert problem.kind is Kind.SIGN_IN_REFUSED
    last = rig.listener.all(SessionChanged)[-1]
    assert (last.state, last.problem) == (State.OFFLINE, problem)


def test_what_is_missing_is_said(rig: EngineRig, box: Sandbox) -> None:
    assert rig.refused(SignIn).kind is Kind.USAGE
    rig.do(OpenSite, site_of(box.ready))
    assert rig.refused(SignIn).kind is Kind.SECRETS_MISSING
    assert rig.refused(ShowCode).kind is Kind.SECRETS_MISSING
    assert rig.refused(ListFolder, b"/").kind is Kind.CONNECTION_LOST


def test_signing_out_forgets(session: EngineRig, box: Sandbox, clock: WallClock) -> None:
    session.do(SignOut)
    assert session.states[-1] is State.OFFLINE
    assert session.refused(SignIn).kind is Kind.SECRETS_MISSING
    assert session.listener.all(CodeChanged)[-1] == CodeChanged(None)
    next_code(clock)
    signed_in(session, box)


def test_a_sign_in_can_be_cancelled(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box, host_key_fingerprints=())
    request = rig.send(SignIn)
    rig.listener.wait(lambda event: isinstance(event, HostKeyQuestion))
    assert rig.refused(SignIn).kind is Kind.USAGE  # one at a time
    rig.engine.send(CancelRequest(request))
    answer = rig.end_of(request)
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.CANCELLED
    assert len(box.log) == 0


def test_waiting_for_a_code_is_told_and_can_be_cancelled(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    secret = code_secret_of(box.ready)
    rig.ledger.claim(secret, secret.step_at(clock.now()))
    request = rig.send(SignIn)
    rig.listener.wait(
        lambda event: (
            isinstance(event, SessionChanged)
            and event.state is State.WAITING_FOR_CODE
            and event.until == secret.start_of(secret.step_at(clock.now()) + 1)
        )
    )
    rig.engine.send(CancelRequest(request))
    assert isinstance(rig.end_of(request), Failed)
    (reached,) = rig.connections
    assert not reached.alive
    assert len(box.log) == 0


def test_a_code_for_elsewhere_is_never_sent_from_here(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    rig.do(ShowCode)
    (given,) = rig.listener.all(CodeGivenOut)
    assert given.code.code == code_secret_of(box.ready).code_for_step(int(clock.now() // 30))
    request = rig.send(ShowCode)
    rig.listener.wait(lambda event: isinstance(event, CodeAwaited))
    rig.engine.send(CancelRequest(request))
    assert isinstance(rig.end_of(request), Failed)
    assert rig.listener.all(CodeChanged)[-1].spent


def test_a_code_for_elsewhere_leaves_time_to_bring_it_there(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    secret = code_secret_of(box.ready)
    step = secret.step_at(clock.now())
    clock.time = secret.start_of(step + 1) - 5
    request = rig.send(ShowCode)
    rig.listener.wait(lambda event: isinstance(event, CodeAwaited))
    clock.time += 5
    assert isinstance(rig.end_of(request), Done)
    (given,) = rig.listener.all(CodeGivenOut)
    assert given.code.code == secret.code_for_step(step + 1)


def test_a_dropped_connection_comes_back_with_a_fresh_code(
    session: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    next_code(clock)
    box.faults.drop_connections()
    session.listener.wait(
        lambda event: isinstance(event, SessionChanged) and event.state is State.RECONNECTING
    )
    session.do(ListFolder, b"/")
    assert session.states[-1] is State.SIGNED_IN
    hashes = [record.code_hash for record in box.log]
    assert len(hashes) == len(set(hashes)) == 2


def test_garbage_is_looked_for_in_the_given_way_once_a_lost_line_is_there_again(
    session: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    session.do(ListFolder, b"/")
    assert session.collections == 0
    next_code(clock)
    box.faults.drop_connections()
    session.listener.wait(
        lambda event: isinstance(event, SessionChanged) and event.state is State.RECONNECTING
    )
    session.do(ListFolder, b"/")
    assert session.collections == 1


def test_a_person_cuts_the_wait_for_the_next_try_short(
    tmp_path: Path, clock: WallClock, box: Sandbox
) -> None:
    rig = EngineRig(tmp_path, clock, random=lambda: 600.0)  # ten minutes between two tries
    signed_in(rig, box)
    next_code(clock)
    rig.is_reachable = False
    box.faults.drop_connections()
    rig.listener.wait(lambda event: isinstance(event, SessionChanged) and event.can_try_now)
    rig.is_reachable = True
    rig.do(SignIn)
    rig.do(ListFolder, b"/")
    assert rig.states[-1] is State.SIGNED_IN
    assert not rig.listener.all(SessionChanged)[-1].can_try_now
    rig.close()


# ---------------------------------------------------------------- secrets of two sites


class SlowVault(MemoryVault):
    """A keychain that answers for one host only when it is let."""

    def __init__(self, slow_host: str) -> None:
        super().__init__()
        self.slow_host = slow_host
        self.asked = threading.Event()
        self.let = threading.Event()

    def read(self, kind: SecretKind, binding: Binding) -> SavedSecret | None:
        if binding.host == self.slow_host:
            self.asked.set()
            self.let.wait()
            own = SavedSecret(Secret("the slow site's own"), frozenset())
            return own if kind is SecretKind.PASSWORD else None
        return None


def test_a_late_keychain_never_lends_secrets_to_another_site(
    tmp_path: Path, clock: WallClock
) -> None:
    vault = SlowVault("slow.example.org")
    rig = EngineRig(tmp_path, clock, lambda: vault)
    late = rig.send(OpenSite, Site(name="slow", host="slow.example.org", username="v"))
    vault.asked.wait()
    rig.do(OpenSite, Site(name="other", host="127.0.0.1", port=9, username="v"))
    vault.let.set()
    answer = rig.end_of(late)
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.CANCELLED
    assert rig.refused(SignIn).kind is Kind.SECRETS_MISSING
    rig.close()


def test_what_is_given_while_the_keychain_is_asked_stands(
    tmp_path: Path, clock: WallClock, box: Sandbox
) -> None:
    vault = SlowVault(box.ready.host)
    rig = EngineRig(tmp_path, clock, lambda: vault)
    opening = rig.send(OpenSite, site_of(box.ready))
    vault.asked.wait()
    rig.do(UsePassword, box.ready.password)
    rig.do(UseCodeSecret, code_secret_of(box.ready))
    vault.let.set()
    assert isinstance(rig.end_of(opening), Done)
    rig.do(SignIn)
    rig.close()


class SpoiltVault(MemoryVault):
    """A keychain whose every entry is broken."""

    def read(self, kind: SecretKind, binding: Binding) -> SavedSecret | None:  # noqa: ARG002  the protocol's
        spoilt = SavedSecret(Secret("not an address"), frozenset())
        return spoilt if kind is SecretKind.CODE_SECRET else None


def test_a_site_with_a_broken_entry_opens_with_a_note(tmp_path: Path, clock: WallClock) -> None:
    rig = EngineRig(tmp_path, clock, SpoiltVault)
    rig.do(OpenSite, Site(name="s", host="127.0.0.1", port=9, username="v"))
    at_hand = rig.listener.all(SecretsChanged)[-1]
    assert not at_hand.has_code_secret
    assert "broken" in str(at_hand.keychain_note)
    rig.close()


def test_a_keychain_that_hangs_does_not_hang_the_end(tmp_path: Path, clock: WallClock) -> None:
    vault = SlowVault("slow.example.org")
    rig = EngineRig(tmp_path, clock, lambda: vault)
    request = rig.send(OpenSite, Site(name="slow", host="slow.example.org", username="v"))
    vault.asked.wait()
    began = clock.monotonic()
    rig.close()
    assert clock.monotonic() - began < 2
    (answer,) = rig.listener.answers(request)
    assert isinstance(answer, Failed)
    assert answer.problem.kind is Kind.CANCELLED
    vault.let.set()


def test_a_code_that_is_waited_for_is_not_given_out_after_signing_out(
    rig: EngineRig, box: Sandbox
) -> None:
    signed_in(rig, box)
    request = rig.send(ShowCode)
    rig.listener.wait(lambda event: isinstance(event, CodeAwaited))
    rig.do(SignOut)
    assert isinstance(rig.end_of(request), Failed)
    assert rig.listener.all(CodeGivenOut) == []
