"""What to type next is said beside what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.cli.command_context import CommandContext, DesktopApp
from ferrygate.cli.explaining import advice, advised
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import FerrygateError, Kind, Problem, SignInRefusedError
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home


@pytest.fixture
def context(tmp_path: Path, clock: Clock) -> CommandContext:
    """A command without a person."""

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
    problem = Problem(kind=kind, sentence="No.", next_step="Do this.")
    assert words in advised(context, problem, "Acme exports").next_step


@pytest.mark.parametrize("explains", [True, False])
def test_a_refusal_names_explain_where_okta_can_be_asked(
    context: CommandContext, *, explains: bool
) -> None:
    refusal = SignInRefusedError("No.", next_step="Check it.")
    with pytest.raises(FerrygateError) as caught, advice(context, "acme", explains=explains):
        raise refusal
    step = caught.value.problem.next_step
    assert step.startswith("Check it.")
    assert ("--explain" in step) is explains
