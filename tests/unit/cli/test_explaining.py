"""Errors name the option or command to type next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
import pytest

from ferrygate.cli.command_context import CommandContext, DesktopApp
from ferrygate.cli.explaining import advice, advised, explain
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import (
    CannotReachError,
    FerrygateError,
    Kind,
    Problem,
    SignInRefusedError,
)
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.message import message
from ferrygate.common.paths import Home
from ferrygate.engine.messages.codes import SkewMeasured

if TYPE_CHECKING:
    from ferrygate.api.session import Session

SAID = "Account suspended; call 555-0100."


@pytest.fixture
def context(tmp_path: Path, clock: Clock) -> CommandContext:
    """Make a command without a person."""

    def unused(*_given: object) -> int:
        raise AssertionError

    return CommandContext(
        home=Home(tmp_path),
        clock=clock,
        read_secrets=GivenSecrets,
        live_secrets=LiveSecrets(),
        window=DesktopApp(run=unused, tour=unused, take_pictures=unused),
        terminal=Terminal(clock),
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.CODE_NOT_SET_UP, "ferrygate enroll 'Acme exports' --okta"),
        (Kind.LOCK_OUT_SHUT, "ferrygate sites reset-lock 'Acme exports'"),
        (Kind.PROMPT_UNANSWERED, "“prompts” in [sign_in]"),
        (Kind.PASSWORD_EXPIRED, "Do this."),
    ],
)
def test_a_command_that_helps_is_named(context: CommandContext, kind: Kind, words: str) -> None:
    problem = Problem(kind=kind, sentence=message("No."), next_step=message("Do this."))
    assert words in str(advised(context, problem, "Acme exports").next_step)


@pytest.mark.parametrize("kind", [Kind.CODE_NOT_SET_UP, Kind.HOST_KEY_UNKNOWN])
def test_a_step_that_tells_a_fact_stays_before_the_command(
    context: CommandContext, kind: Kind
) -> None:
    problem = Problem(kind=kind, sentence=message("No."), next_step=message("It is SHA256:x."))
    step = str(advised(context, problem, "acme").next_step)
    assert step.startswith("It is SHA256:x. ")
    assert step != "It is SHA256:x. "


@pytest.mark.parametrize("explains", [True, False])
def test_a_refusal_names_explain_where_okta_can_be_asked(
    context: CommandContext, *, explains: bool
) -> None:
    refusal = SignInRefusedError(message("No."), next_step=message("Check it."))
    with pytest.raises(FerrygateError) as caught, advice(context, "acme", explains=explains):
        raise refusal
    step = str(caught.value.problem.next_step)
    assert step.startswith("Check it.")
    assert ("--explain" in step) is explains


def test_a_next_step_with_braces_is_not_filled_in(context: CommandContext) -> None:
    refusal = SignInRefusedError(
        message("No."), next_step=message("Join them as {password}{code}.")
    )
    told = advised(context, refusal.problem, "acme", explains=True)
    assert str(told.next_step).startswith("Join them as {password}{code}. ")


class Asked:
    """A session whose sign-in was refused, and an Okta that answers, or cannot be reached."""

    def __init__(self, answer: Problem | None) -> None:
        self._answer = answer
        self.ahead = 0.0

    def explain_refusal(self, *, try_anyway: bool) -> Problem:
        assert not try_anyway
        if self._answer is None:
            raise CannotReachError(message("Okta cannot be reached."))
        return self._answer

    def measure_skew(self) -> SkewMeasured:
        return SkewMeasured(request=1, seconds=self.ahead, applied=0)


def refused_and_asked(
    context: CommandContext, answer: Problem | None, *, ahead: float = 0.0, makes_codes: bool = True
) -> None:
    refusal = SignInRefusedError(message("No."), server_said=SAID)
    asked = Asked(answer)
    asked.ahead = ahead
    session = cast("Session", asked)
    explain(context, session, "acme", refusal, try_anyway=False, makes_codes=makes_codes)


def test_what_the_server_said_is_told_beside_oktas_reason(
    context: CommandContext, capsys: pytest.CaptureFixture[str]
) -> None:
    context.terminal.as_json = True
    answer = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=message("The password is right."))
    with pytest.raises(click.exceptions.Exit):
        refused_and_asked(context, answer)
    told = capsys.readouterr()
    error = json.loads(told.out)["error"]
    assert (error["sentence"], error["server_said"]) == ("The password is right.", SAID)
    assert SAID in told.err


def test_what_the_server_said_is_told_where_okta_cannot_be_asked(context: CommandContext) -> None:
    with pytest.raises(SignInRefusedError) as caught:
        refused_and_asked(context, None)
    assert caught.value.problem.server_said == SAID


@pytest.mark.parametrize("makes_codes", [True, False])
def test_the_clock_is_named_only_where_codes_are_made_by_it(
    context: CommandContext, capsys: pytest.CaptureFixture[str], *, makes_codes: bool
) -> None:
    answer = Problem(kind=Kind.SIGN_IN_REFUSED, sentence=message("The password is right."))
    with pytest.raises(click.exceptions.Exit):
        refused_and_asked(context, answer, ahead=60.0, makes_codes=makes_codes)
    assert ("This computer's clock is" in capsys.readouterr().err) is makes_codes
