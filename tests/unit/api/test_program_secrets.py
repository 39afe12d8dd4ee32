"""A program's secrets are checked for a site, and handed to a session before it signs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import ferrygate
from ferrygate.api.program_secrets import ProgramSecrets
from ferrygate.api.session import Session
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import CodeSecretError, UsageError
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.session import SignIn, UsePassphrase, UsePassword
from ferrygate.sites.site import SignInSettings, Site

MakeSession = Callable[..., tuple[Session, Any]]

SITE = Site(name="Acme", host="127.0.0.1", sign_in=SignInSettings(digits=8, period=60))
KEY = Secret("JBSWY3DPEHPK3PXP")


def test_the_key_and_the_typed_code_are_read_as_the_site_has_its_codes() -> None:
    secrets = ProgramSecrets.for_site(SITE, GivenSecrets(totp_secret=KEY), "1234 5678")
    assert secrets.code_secret is not None
    assert (secrets.code_secret.digits, secrets.code_secret.period) == (8, 60)
    assert secrets.typed_code == Secret("12345678")


def test_a_key_that_is_none_and_a_code_of_another_length_are_refused() -> None:
    with pytest.raises(CodeSecretError):
        ProgramSecrets.for_site(SITE, GivenSecrets(totp_secret=Secret("?")), None)
    with pytest.raises(UsageError, match="8 digits"):
        ProgramSecrets.for_site(SITE, GivenSecrets(), "123456")


def test_all_secrets_are_at_hand_before_the_sign_in(make_session: MakeSession) -> None:
    session, engine = make_session()
    given = GivenSecrets(password=Secret("hunter2"), totp_secret=KEY, passphrase=Secret("sesame"))
    ProgramSecrets.for_site(SITE, given, None).sign_in(session, try_anyway=True)
    *used, signed_in = engine.sent
    assert [type(command) for command in used] == [UsePassword, UseCodeSecret, UsePassphrase]
    assert isinstance(signed_in, SignIn)
    assert (signed_in.try_anyway, signed_in.typed_code) == (True, None)


def test_secrets_that_were_not_given_are_left_to_the_keychain(make_session: MakeSession) -> None:
    session, engine = make_session()
    ProgramSecrets.for_site(SITE, GivenSecrets(), "12345678").sign_in(session, try_anyway=False)
    (signed_in,) = engine.sent
    assert (signed_in.try_anyway, signed_in.typed_code) == (False, Secret("12345678"))


def test_no_secret_is_shown() -> None:
    given = GivenSecrets(password=Secret("hunter2"), totp_secret=KEY)
    shown = repr(ProgramSecrets.for_site(SITE, given, "12345678"))
    assert not any(text in shown for text in ("hunter2", KEY.reveal(), "12345678"))


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_an_impossible_time_to_keep_trying_is_refused(seconds: float) -> None:
    with pytest.raises(UsageError, match="keep_trying must be a number of seconds"):
        ferrygate.connect(SITE, keep_trying=seconds)
