"""The secret to enrol comes from the one place that the options name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ferrygate.cli.code_secret_source import CodeSecretSource
from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.terminal import Terminal
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import CodeSecretError, SecretsMissingError, UsageError
from ferrygate.common.secret import Secret
from ferrygate.sites.site import SignInSettings, Site
from support.fake_clock import ManualClock

MakeContext = Callable[..., CommandContext]

SITE = Site(name="Acme", host="h", username="vendor7", sign_in=SignInSettings(digits=6))
KEY = Secret("JBSWY3DPEHPK3PXP")
PICTURE = Path("code.png")


class PersonsTerminal(Terminal):
    """A terminal with a person who types a secret and chooses; notes what is said."""

    def __init__(self, typed: str = "", chosen: str = "") -> None:
        super().__init__(ManualClock())
        self.said: list[str] = []
        self._typed = typed
        self._chosen = chosen

    @property
    def is_interactive(self) -> bool:
        return True

    def ask_secret(self, question: str) -> Secret:
        self.said.append(question)
        return Secret(self._typed)

    def say(self, text: str) -> None:
        self.said.append(text)

    def choose(self, question: str, choices: Sequence[str]) -> str:
        assert self._chosen in choices
        self.said.append(question)
        return self._chosen


@pytest.mark.parametrize(
    "source",
    [
        CodeSecretSource(),
        CodeSecretSource(uri="-"),
        CodeSecretSource(picture=PICTURE),
        CodeSecretSource(secret_stdin=True),
        CodeSecretSource(okta=True),
    ],
)
def test_one_option_or_none_is_fine(source: CodeSecretSource) -> None:
    source.check()


@pytest.mark.parametrize(
    "source",
    [
        CodeSecretSource(uri="-", secret_stdin=True),
        CodeSecretSource(picture=PICTURE, okta=True),
        CodeSecretSource(uri="-", picture=PICTURE, secret_stdin=True, okta=True),
    ],
)
def test_two_options_are_refused(source: CodeSecretSource) -> None:
    with pytest.raises(UsageError, match="only one of"):
        source.check()


def test_an_address_as_an_argument_is_refused_and_not_quoted() -> None:
    with pytest.raises(UsageError) as caught:
        CodeSecretSource(uri=f"otpauth://totp/x?secret={KEY.reveal()}").check()
    assert KEY.reveal() not in repr(caught.value.problem)


def test_the_environment_goes_before_the_person(make_context: MakeContext) -> None:
    terminal = PersonsTerminal("?")
    context = make_context(GivenSecrets(totp_secret=KEY), terminal=terminal)
    assert CodeSecretSource().read(context, SITE).key == KEY
    assert terminal.said == []


def test_a_person_is_asked_for_what_no_option_gives(make_context: MakeContext) -> None:
    terminal = PersonsTerminal(KEY.reveal())
    assert CodeSecretSource().read(make_context(terminal=terminal), SITE).key == KEY
    assert terminal.said == ["Key for the codes of vendor7"]


def test_without_a_person_the_ways_to_give_one_are_named(
    make_context: MakeContext, terminal: Terminal
) -> None:
    with pytest.raises(SecretsMissingError) as caught:
        CodeSecretSource().read(make_context(terminal=terminal), SITE)
    assert "--secret-stdin" in str(caught.value.problem.next_step)


def test_another_way_to_make_codes_than_the_sites_is_told(make_context: MakeContext) -> None:
    terminal = PersonsTerminal()
    address = f"otpauth://totp/x?secret={KEY.reveal()}&digits=8"
    given = GivenSecrets(totp_secret=Secret(address))
    secret = CodeSecretSource().read(make_context(given, terminal=terminal), SITE)
    assert secret.digits == 8
    (told,) = terminal.said
    assert "(8, 30, SHA1)" in told
    assert "(6, 30, SHA1)" in told


def test_a_text_that_is_no_secret_is_refused(make_context: MakeContext) -> None:
    with pytest.raises(CodeSecretError):
        CodeSecretSource().read(make_context(GivenSecrets(totp_secret=Secret("?"))), SITE)
