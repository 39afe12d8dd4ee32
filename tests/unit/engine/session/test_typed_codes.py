"""Sessions whose codes a person types, over the sandbox, whose Okta takes a right code once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ferrygate.common.errors import Kind
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.session import (
    AnswerCode,
    CodeQuestion,
    OpenSite,
    SessionChanged,
    SessionState,
    SignIn,
    SignOut,
    UsePassword,
)
from ferrygate.engine.messages.transfers import Upload
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sign_in.step_line import StepName, lines_text
from ferrygate.ssh.connection import Connection
from support.engine_rig import EngineRig, next_code
from support.fake_clock import WallClock
from support.sandbox_site import code_secret_of, site_of

State = SessionState


def code_now(box: Sandbox, clock: WallClock) -> Secret:
    """Read the phone."""
    secret = code_secret_of(box.ready)
    return Secret(secret.code_for_step(secret.step_at(clock.now())))


def wrong(code: Secret) -> Secret:
    return Secret(code.reveal()[:-1] + str((int(code.reveal()[-1]) + 1) % 10))


def opened(rig: EngineRig, box: Sandbox) -> None:
    """Turn to the sandbox with its password at hand, and no code secret."""
    rig.do(OpenSite, site_of(box.ready))
    rig.do(UsePassword, box.ready.password)


def cut(rig: EngineRig, box: Sandbox, state: State) -> None:
    """Cut the connection, and wait until the session is in a state that it was not in before."""
    before = len(rig.listener.all(SessionChanged))
    box.faults.drop_connections()
    wait_for(rig, state, before)


def cut_after_a_typed_code(rig: EngineRig, box: Sandbox, clock: WallClock) -> None:
    """Sign in with a typed code, then cut the connection: the next code is asked for."""
    opened(rig, box)
    rig.do(SignIn, typed_code=code_now(box, clock), ask_code=True)
    cut(rig, box, State.ASKING_FOR_CODE)


def answered_in_vain(rig: EngineRig, code: Secret) -> CodeQuestion:
    """Answer the first question by a code that does not do; return the second question."""
    rig.engine.send(AnswerCode(asked(rig).question, code))
    return asked(rig, 2)


def wait_for(rig: EngineRig, state: State, before: int) -> None:
    rig.listener.wait(lambda _event: state in rig.states[before:])


def asked(rig: EngineRig, number: int = 1) -> CodeQuestion:
    """Wait for the question of this number."""
    rig.listener.wait(lambda _event: len(rig.listener.all(CodeQuestion)) >= number)
    return rig.listener.all(CodeQuestion)[number - 1]


def outcomes(box: Sandbox) -> list[str]:
    return [record.outcome for record in box.log]


def test_a_typed_code_signs_in(rig: EngineRig, box: Sandbox, clock: WallClock) -> None:
    opened(rig, box)
    code = code_now(box, clock).reveal()
    rig.do(SignIn, typed_code=Secret(f" {code[:3]} {code[3:]}\n"))
    assert outcomes(box) == ["granted"]
    assert rig.states[-1] is State.SIGNED_IN


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345x", "12-34-56", "\uff11\uff12\uff13\uff14\uff15\uff16"]
)
def test_what_is_no_code_goes_nowhere(rig: EngineRig, box: Sandbox, typed: str) -> None:
    opened(rig, box)
    problem = rig.refused(SignIn, typed_code=Secret(typed))
    assert problem.kind is Kind.USAGE
    assert rig.connections == []
    assert typed not in repr(problem) or not typed


def test_a_code_that_was_used_is_refused_before_anybody_is_asked(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    rig.do(SignIn, typed_code=code_now(box, clock))
    opened(rig, box)
    problem = rig.refused(SignIn, typed_code=code_now(box, clock))
    assert (problem.kind, str(problem.sentence)) == (
        Kind.CODE_NEEDED,
        "That code was used already.",
    )
    assert len(rig.connections) == 1
    assert outcomes(box) == ["granted"]


def test_a_refused_code_counts_and_is_not_sent_again(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    mistyped = wrong(code_now(box, clock))
    problem = rig.refused(SignIn, typed_code=mistyped)
    assert problem.kind is Kind.SIGN_IN_REFUSED
    assert problem.next_step
    assert "code" in str(problem.next_step)
    assert rig.ledger.refusals(site_of(box.ready).account) == 1
    assert rig.refused(SignIn, typed_code=mistyped).kind is Kind.CODE_NEEDED
    rig.do(SignIn, typed_code=code_now(box, clock))
    assert rig.ledger.refusals(site_of(box.ready).account) == 0


def test_the_typed_code_goes_before_one_that_is_made_and_both_are_known_as_one(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    rig.do(UseCodeSecret, code_secret_of(box.ready))
    rig.do(SignIn, typed_code=code_now(box, clock))
    assert rig.ledger.is_claimed(
        code_secret_of(box.ready), code_secret_of(box.ready).step_at(clock.now())
    )
    cut(rig, box, State.RECONNECTING)
    before = len(rig.states)
    next_code(clock)
    wait_for(rig, State.SIGNED_IN, before)
    assert outcomes(box) == ["granted", "granted"]
    assert rig.listener.all(CodeQuestion) == []


def test_being_signed_in_is_told_with_the_steps_of_the_last_sign_in(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    rig.do(UseCodeSecret, code_secret_of(box.ready))
    code = code_now(box, clock)
    rig.do(SignIn, typed_code=code)
    cut(rig, box, State.RECONNECTING)
    before = len(rig.states)
    next_code(clock)
    wait_for(rig, State.SIGNED_IN, before)
    told = [event.steps for event in rig.listener.all(SessionChanged) if event.steps]
    assert [event.state for event in rig.listener.all(SessionChanged) if event.steps] == [
        State.SIGNED_IN,
        State.SIGNED_IN,
    ]
    first, last = (lines_text(steps) for steps in told)
    assert "code typed by a person" in first
    assert "code typed by a person" not in last
    for steps in told:
        names = {step.name for step in steps}
        assert names >= {StepName.ALGORITHMS, StepName.HOST_KEY, StepName.METHODS, StepName.SFTP}
    assert code.reveal() not in first
    assert box.ready.password.reveal() not in first + last


def test_a_code_that_was_made_here_and_sent_is_not_taken_again_from_a_person(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    rig.do(UseCodeSecret, code_secret_of(box.ready))
    rig.do(SignIn)
    opened(rig, box)
    assert rig.refused(SignIn, typed_code=code_now(box, clock)).kind is Kind.CODE_NEEDED


def test_without_a_code_the_server_is_reached_first_and_then_one_is_asked_for(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    request = rig.send(SignIn, ask_code=True)
    question = asked(rig)
    assert (question.digits, question.goes_on, question.problem) == (6, False, None)
    assert rig.states == [State.CONNECTING, State.CONNECTING, State.ASKING_FOR_CODE]
    assert [connection.alive for connection in rig.connections] == [False]
    assert len(box.log) == 0
    rig.engine.send(AnswerCode(question.question, code_now(box, clock)))
    assert rig.problem_of(request) is None
    assert outcomes(box) == ["granted"]


def test_a_server_that_is_not_there_asks_for_no_code(rig: EngineRig, box: Sandbox) -> None:
    opened(rig, box)
    box.stop()
    assert rig.refused(SignIn, ask_code=True).kind is Kind.CANNOT_REACH
    assert rig.listener.all(CodeQuestion) == []


def test_an_answer_that_is_no_code_is_asked_for_again(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    request = rig.send(SignIn, ask_code=True)
    again = answered_in_vain(rig, Secret("12"))
    assert again.problem
    assert again.problem.kind is Kind.USAGE
    rig.engine.send(AnswerCode(asked(rig).question, code_now(box, clock)))  # late
    rig.engine.send(AnswerCode(again.question, code_now(box, clock)))
    assert rig.problem_of(request) is None
    assert outcomes(box) == ["granted"]


def test_no_answer_ends_the_sign_in(rig: EngineRig, box: Sandbox) -> None:
    opened(rig, box)
    request = rig.send(SignIn, ask_code=True)
    rig.engine.send(AnswerCode(asked(rig).question, None))
    problem = rig.problem_of(request)
    assert problem
    assert problem.kind is Kind.CODE_NEEDED
    assert rig.states[-1] is State.OFFLINE
    assert len(box.log) == 0


@pytest.mark.parametrize("command", ["cancel", "sign out", "another sign-in"])
def test_a_sign_in_that_waits_for_a_code_can_be_taken_back(
    rig: EngineRig, box: Sandbox, command: str
) -> None:
    opened(rig, box)
    request = rig.send(SignIn, ask_code=True)
    asked(rig)
    match command:
        case "cancel":
            rig.engine.send(CancelRequest(request))
        case "sign out":
            rig.do(SignOut)
        case _:
            assert rig.refused(SignIn).kind is Kind.USAGE
            rig.engine.send(CancelRequest(request))
    problem = rig.problem_of(request)
    assert problem
    assert problem.kind is Kind.CANCELLED
    assert rig.states[-1] is State.OFFLINE


def test_after_a_cut_the_next_code_is_asked_for_and_transfers_go_on(
    rig: EngineRig, box: Sandbox, clock: WallClock, tmp_path: Path
) -> None:
    opened(rig, box)
    rig.do(SignIn, typed_code=code_now(box, clock), ask_code=True)
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(4_000_000))
    box.faults.cut_after(1_000_000)
    batch = rig.batch_of(rig.send(Upload, (str(large),), b"/"))
    question = asked(rig)
    assert question.goes_on
    assert rig.states[-1] is State.ASKING_FOR_CODE
    assert rig.listener.batch_ends(batch) == []
    next_code(clock)
    rig.engine.send(AnswerCode(question.question, code_now(box, clock)))
    assert rig.end_of_batch(batch).view.files_delivered == 1
    assert outcomes(box) == ["granted", "granted"]


def test_the_code_of_before_is_not_sent_after_a_cut(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    cut_after_a_typed_code(rig, box, clock)
    again = answered_in_vain(rig, code_now(box, clock))
    assert again.problem
    assert str(again.problem.sentence) == "That code was used already."
    next_code(clock)
    before = len(rig.states)
    rig.do(SignIn, typed_code=code_now(box, clock))  # as good as an answer
    wait_for(rig, State.SIGNED_IN, before)
    assert outcomes(box) == ["granted", "granted"]


def test_a_mistyped_code_after_a_cut_loses_nothing_until_the_breaker_says_so(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    cut_after_a_typed_code(rig, box, clock)
    next_code(clock)
    again = answered_in_vain(rig, wrong(code_now(box, clock)))
    assert again.problem
    assert again.problem.kind is Kind.SIGN_IN_REFUSED
    next_code(clock)
    rig.engine.send(AnswerCode(again.question, wrong(code_now(box, clock))))
    rig.listener.wait(lambda _event: rig.states[-1] is State.OFFLINE)
    problem = rig.listener.all(SessionChanged)[-1].problem
    assert problem
    assert problem.kind is Kind.LOCK_OUT_BREAKER
    assert len(rig.listener.all(CodeQuestion)) == 2


def test_a_refused_code_is_told_where_the_server_was_away_meanwhile(
    tmp_path: Path, box: Sandbox, clock: WallClock
) -> None:
    class AwayOnce(EngineRig):
        """The server is away when it is reached for the second question."""

        tries = 0

        def _connect(self, *asked: Any, **named: Any) -> Connection:
            self.tries += 1
            self.is_reachable = self.tries != 4
            return super()._connect(*asked, **named)

    rig = AwayOnce(tmp_path / "home", clock)
    try:
        cut_after_a_typed_code(rig, box, clock)
        next_code(clock)
        again = answered_in_vain(rig, wrong(code_now(box, clock)))
    finally:
        rig.close()
    assert rig.tries == 5
    assert again.problem
    assert again.problem.kind is Kind.SIGN_IN_REFUSED


def test_a_person_who_has_no_code_after_a_cut_ends_the_session(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    cut_after_a_typed_code(rig, box, clock)
    listing = rig.send(ListFolder, b"/")
    rig.engine.send(AnswerCode(asked(rig).question, None))
    problem = rig.problem_of(listing)
    assert problem
    assert problem.kind is Kind.CODE_NEEDED
    assert rig.listener.all(SessionChanged)[-1].problem == problem


def test_where_nobody_types_another_code_a_cut_ends_the_session_at_once(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    opened(rig, box)
    rig.do(SignIn, typed_code=code_now(box, clock))
    cut(rig, box, State.OFFLINE)
    problem = rig.listener.all(SessionChanged)[-1].problem
    assert problem
    assert problem.kind is Kind.CODE_NEEDED
    assert len(rig.connections) == 1
    assert rig.listener.all(CodeQuestion) == []


def test_a_code_secret_that_comes_takes_the_question_back(
    rig: EngineRig, box: Sandbox, clock: WallClock
) -> None:
    cut_after_a_typed_code(rig, box, clock)
    next_code(clock)
    before = len(rig.states)
    rig.do(UseCodeSecret, code_secret_of(box.ready))
    wait_for(rig, State.SIGNED_IN, before)


def test_the_wait_for_a_code_is_no_wait_for_the_server(
    tmp_path: Path, box: Sandbox, clock: WallClock
) -> None:
    """A person may take longer than a lost connection is tried again for."""
    rig = EngineRig(tmp_path / "home", clock, keep_trying=0.0)
    try:
        cut_after_a_typed_code(rig, box, clock)
        next_code(clock)
        before = len(rig.states)
        rig.engine.send(AnswerCode(asked(rig).question, code_now(box, clock)))
        wait_for(rig, State.SIGNED_IN, before)
    finally:
        rig.close()
