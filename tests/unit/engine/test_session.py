"""The engine's sign-ins, questions and ends, over the sandbox."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import pytest

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding, SavedSecret, SecretKind
from support.engine_rig import (
    EngineRig,
    next_code,
    open_with_secrets,
    signed_in,
)
from support.fake_clock import WallClock
from support.sandbox_site import code_secret_of, site_of

State = m.SessionState


def test_opening_a_site_sends_nothing(rig: EngineRig, box: Sandbox) -> None:
    rig.do(m.OpenSite, site_of(box.ready))
    (opened,) = rig.listener.all(m.SiteOpened)
    assert (opened.has_password, opened.has_code_secret) == (False, False)
    assert not opened.can_save
    assert opened.keychain_note
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
    assert rig.listener.all(m.HostKeyQuestion) == []
    shown = rig.listener.all(m.CodeChanged)
    assert [change.spent for change in shown] == [False, True]


def test_signing_in_again_is_done_already(session: EngineRig, box: Sandbox) -> None:
    session.do(m.SignIn)
    assert len(box.log) == 1


@pytest.mark.parametrize("accept", [True, False])
def test_a_person_is_asked_about_an_unknown_key(
    rig: EngineRig, box: Sandbox, *, accept: bool
) -> None:
    open_with_secrets(rig, box, host_key_fingerprints=())
    request = rig.send(m.SignIn)
    rig.listener.wait(lambda event: isinstance(event, m.HostKeyQuestion))
    (question,) = rig.listener.all(m.HostKeyQuestion)
    assert question.fingerprint == box.ready.host_key_fingerprint
    assert len(box.log) == 0
    rig.engine.send(m.AnswerHostKey(question.question, accept))
    answer = rig.end_of(request)
    assert isinstance(answer, m.Done) is accept
    assert len(box.log) == int(accept)
    if isinstance(answer, m.Failed):
        assert answer.problem.kind is Kind.HOST_KEY_UNKNOWN


def test_an_answer_to_nothing_changes_nothing(rig: EngineRig, box: Sandbox) -> None:
    rig.engine.send(m.AnswerHostKey(99, accept=True))
    rig.engine.send(m.AnswerConflict(m.BatchId("none"), 1, m.ConflictChoice.REPLACE))
    rig.engine.send(m.CancelRequest(99))
    rig.engine.send(m.CancelBatch(m.BatchId("none")))
    rig.do(m.OpenSite, site_of(box.ready))


def test_a_persons_word_that_the_account_is_well_lifts_the_lock(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    assert rig.refused(m.ResetLock).kind is Kind.USAGE  # of which account?
    open_with_secrets(rig, box)
    box.faults.refuse_sign_ins = True
    for _time in range(4):
        next_code(clock)
        assert rig.refused(m.SignIn, try_anyway=True).kind is Kind.SIGN_IN_REFUSED
    next_code(clock)
    assert rig.refused(m.SignIn, try_anyway=True).kind is Kind.LOCK_OUT_SHUT
    box.faults.refuse_sign_ins = False
    rig.do(m.ResetLock)
    rig.do(m.SignIn)


def test_a_refused_sign_in_leaves_the_session_offline(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box)
    rig.do(m.UsePassword, Secret("wrong"))
    problem = rig.refused(m.SignIn)
    assert problem.kind is Kind.SIGN_IN_REFUSED
    last = rig.listener.all(m.SessionChanged)[-1]
    assert (last.state, last.problem) == (State.OFFLINE, problem)


def test_what_is_missing_is_said(rig: EngineRig, box: Sandbox) -> None:
    assert rig.refused(m.SignIn).kind is Kind.USAGE
    rig.do(m.OpenSite, site_of(box.ready))
    assert rig.refused(m.SignIn).kind is Kind.SECRETS_MISSING
    assert rig.refused(m.ShowCode).kind is Kind.SECRETS_MISSING
    assert rig.refused(m.ListFolder, b"/").kind is Kind.CONNECTION_LOST


def test_signing_out_forgets(session: EngineRig, box: Sandbox, clock: WallClock) -> None:
    session.do(m.SignOut)
    assert session.states[-1] is State.OFFLINE
    assert session.refused(m.SignIn).kind is Kind.SECRETS_MISSING
    assert session.listener.all(m.CodeChanged)[-1] == m.CodeChanged(None)
    next_code(clock)
    signed_in(session, box)


def test_a_sign_in_can_be_cancelled(rig: EngineRig, box: Sandbox) -> None:
    open_with_secrets(rig, box, host_key_fingerprints=())
    request = rig.send(m.SignIn)
    rig.listener.wait(lambda event: isinstance(event, m.HostKeyQuestion))
    assert rig.refused(m.SignIn).kind is Kind.USAGE  # one at a time
    rig.engine.send(m.CancelRequest(request))
    answer = rig.end_of(request)
    assert isinstance(answer, m.Failed)
    assert answer.problem.kind is Kind.CANCELLED
    assert len(box.log) == 0


def test_waiting_for_a_code_is_told_and_can_be_cancelled(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    secret = code_secret_of(box.ready)
    rig.ledger.claim(secret, secret.step_at(clock.now()))
    request = rig.send(m.SignIn)
    rig.listener.wait(
        lambda event: (
            isinstance(event, m.SessionChanged)
            and event.state is State.WAITING_FOR_CODE
            and event.until == secret.start_of(secret.step_at(clock.now()) + 1)
        )
    )
    rig.engine.send(m.CancelRequest(request))
    assert isinstance(rig.end_of(request), m.Failed)
    (reached,) = rig.connections
    assert not reached.alive
    assert len(box.log) == 0


def test_a_code_for_elsewhere_is_never_sent_from_here(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    rig.do(m.ShowCode)
    (given,) = rig.listener.all(m.CodeGivenOut)
    assert given.code.code == code_secret_of(box.ready).code_for_step(int(clock.now() // 30))
    request = rig.send(m.ShowCode)
    rig.listener.wait(lambda event: isinstance(event, m.CodeAwaited))
    rig.engine.send(m.CancelRequest(request))
    assert isinstance(rig.end_of(request), m.Failed)
    assert rig.listener.all(m.CodeChanged)[-1].spent


def test_a_code_for_elsewhere_leaves_time_to_bring_it_there(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    open_with_secrets(rig, box)
    secret = code_secret_of(box.ready)
    step = secret.step_at(clock.now())
    clock.time = secret.start_of(step + 1) - 5
    request = rig.send(m.ShowCode)
    rig.listener.wait(lambda event: isinstance(event, m.CodeAwaited))
    clock.time += 5
    assert isinstance(rig.end_of(request), m.Done)
    (given,) = rig.listener.all(m.CodeGivenOut)
    assert given.code.code == secret.code_for_step(step + 1)


def test_a_dropped_connection_comes_back_with_a_fresh_code(
    session: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    next_code(clock)
    box.faults.drop_connections()
    session.listener.wait(
        lambda event: isinstance(event, m.SessionChanged) and event.state is State.RECONNECTING
    )
    session.do(m.ListFolder, b"/")
    assert session.states[-1] is State.SIGNED_IN
    hashes = [record.code_hash for record in box.log]
    assert len(hashes) == len(set(hashes)) == 2


def test_a_person_cuts_the_wait_for_the_next_try_short(
    tmp_path: Path, clock: WallClock, box: Sandbox
) -> None:
    rig = EngineRig(tmp_path, clock, random=lambda: 600.0)  # ten minutes between two tries
    signed_in(rig, box)
    next_code(clock)
    rig.is_reachable = False
    box.faults.drop_connections()
    rig.listener.wait(lambda event: isinstance(event, m.SessionChanged) and event.can_try_now)
    rig.is_reachable = True
    rig.do(m.SignIn)
    rig.do(m.ListFolder, b"/")
    assert rig.states[-1] is State.SIGNED_IN
    assert not rig.listener.all(m.SessionChanged)[-1].can_try_now
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
    late = rig.send(m.OpenSite, Site(name="slow", host="slow.example.org", username="v"))
    vault.asked.wait()
    rig.do(m.OpenSite, Site(name="other", host="127.0.0.1", port=9, username="v"))
    vault.let.set()
    answer = rig.end_of(late)
    assert isinstance(answer, m.Failed)
    assert answer.problem.kind is Kind.CANCELLED
    assert rig.refused(m.SignIn).kind is Kind.SECRETS_MISSING
    rig.close()


def test_what_is_given_while_the_keychain_is_asked_stands(
    tmp_path: Path, clock: WallClock, box: Sandbox
) -> None:
    vault = SlowVault(box.ready.host)
    rig = EngineRig(tmp_path, clock, lambda: vault)
    opening = rig.send(m.OpenSite, site_of(box.ready))
    vault.asked.wait()
    rig.do(m.UsePassword, box.ready.password)
    rig.do(m.UseCodeSecret, code_secret_of(box.ready))
    vault.let.set()
    assert isinstance(rig.end_of(opening), m.Done)
    rig.do(m.SignIn)
    rig.close()


class SpoiltVault(MemoryVault):
    """A keychain whose every entry is broken."""

    def read(self, kind: SecretKind, binding: Binding) -> SavedSecret | None:  # noqa: ARG002  the protocol's
        spoilt = SavedSecret(Secret("not an address"), frozenset())
        return spoilt if kind is SecretKind.CODE_SECRET else None


def test_a_site_with_a_broken_entry_opens_with_a_note(tmp_path: Path, clock: WallClock) -> None:
    rig = EngineRig(tmp_path, clock, SpoiltVault)
    rig.do(m.OpenSite, Site(name="s", host="127.0.0.1", port=9, username="v"))
    (opened,) = rig.listener.all(m.SiteOpened)
    assert not opened.has_code_secret
    assert "broken" in str(opened.keychain_note)
    rig.close()


def test_a_keychain_that_hangs_does_not_hang_the_end(tmp_path: Path, clock: WallClock) -> None:
    vault = SlowVault("slow.example.org")
    rig = EngineRig(tmp_path, clock, lambda: vault)
    request = rig.send(m.OpenSite, Site(name="slow", host="slow.example.org", username="v"))
    vault.asked.wait()
    began = clock.monotonic()
    rig.close()
    assert clock.monotonic() - began < 2
    (answer,) = rig.listener.answers(request)
    assert isinstance(answer, m.Failed)
    assert answer.problem.kind is Kind.CANCELLED
    vault.let.set()


# ---------------------------------------------------------------- exactly one answer


def test_every_request_has_exactly_one_answer(session: EngineRig, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    requests = [
        session.send(m.ListFolder, b"/"),
        session.send(m.ListFolder, b"/missing"),
        session.send(m.StatPath, b"/inbox"),
        session.send(m.StatPath, b"/a\0b"),
        session.send(m.MakeFolder, b"/new/below", parents=True),
        session.send(m.MakeFolder, b"/new"),
        session.send(m.Upload, (str(tmp_path / "a.csv"),), b"/inbox"),
        session.send(m.Upload, (), b"/inbox"),
        session.send(m.Upload, ("/",), b"/inbox"),
        session.send(m.Download, (b"/README.txt", b"/missing"), str(tmp_path / "to")),
        session.send(m.RenamePath, b"/new", b"/newer"),
        session.send(m.RemovePath, b"/new", recursive=True),
        session.send(m.ShowCode),
        session.send(m.SignIn),
        session.send(m.OpenSite, Site(name="other", host="127.0.0.1", username="v")),
        session.send(m.SignOut),
    ]
    session.engine.send(m.CancelRequest(requests[-4]))
    for request in requests:
        session.end_of(request)
    session.close()
    assert [len(session.listener.answers(request)) for request in requests] == [1] * len(requests)
    for started in session.listener.all(m.BatchStarted):
        assert len(session.listener.batch_ends(started.batch)) == 1


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_at_which_nothing_would_move_is_refused(rig: EngineRig, rate: int) -> None:
    problem = rig.refused(m.LimitRate, rate)
    assert problem.kind is Kind.USAGE
    assert str(problem.sentence) == "A rate is at least one byte a second."
    rig.do(m.LimitRate, 1)
    rig.do(m.LimitRate, None)


def test_an_error_in_a_command_is_its_answer(rig: EngineRig, box: Sandbox, tmp_path: Path) -> None:
    rig.do(m.OpenSite, site_of(box.ready))
    (tmp_path / "home" / "known_hosts").mkdir()
    assert rig.refused(m.ForgetHostKeys).kind is Kind.SETTINGS
    rig.do(m.UsePassword, Secret("x"))


@pytest.mark.parametrize("moment", range(1, 5))
def test_closing_in_the_middle_answers_all_and_leaves_nothing(
    rig: EngineRig, box: Sandbox, tmp_path: Path, moment: int
) -> None:
    pins = () if moment == 1 else (box.ready.host_key_fingerprint,)
    open_with_secrets(rig, box, host_key_fingerprints=pins)
    requests = [rig.send(m.SignIn)]
    if moment == 1:
        rig.listener.wait(lambda event: isinstance(event, m.HostKeyQuestion))
    if moment >= 2:
        rig.end_of(requests[0])
        box.faults.stall()
        requests += [rig.send(m.ListFolder, b"/") for _ in range(3)]
    if moment >= 3:
        requests.append(rig.send(m.Download, (b"/exports",), str(tmp_path / "to")))
    if moment == 4:
        box.faults.resume()
        rig.listener.wait(lambda event: isinstance(event, m.FileChanged))
    rig.close()
    answers = list(itertools.chain(*(rig.listener.answers(request) for request in requests)))
    assert [answer.request for answer in answers] == requests
    problems: list[Problem | None]
    problems = [answer.problem for answer in answers if isinstance(answer, m.Failed)]
    for started in rig.listener.all(m.BatchStarted):
        problems += [end.view.problem for end in rig.listener.batch_ends(started.batch)][:1]
    assert {None if one is None else one.kind for one in problems} <= {Kind.CANCELLED}
    if moment in {2, 3}:
        assert len(problems) == len(requests) - 1


def test_a_code_that_is_waited_for_is_not_given_out_after_signing_out(
    rig: EngineRig, box: Sandbox
) -> None:
    signed_in(rig, box)
    request = rig.send(m.ShowCode)
    rig.listener.wait(lambda event: isinstance(event, m.CodeAwaited))
    rig.do(m.SignOut)
    assert isinstance(rig.end_of(request), m.Failed)
    assert rig.listener.all(m.CodeGivenOut) == []
