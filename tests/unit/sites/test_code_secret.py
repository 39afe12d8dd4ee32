from __future__ import annotations

import pytest

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.secret import Secret
from ferrygate.sites.code_secret import (
    code_secret_for,
    code_secrets_for,
    code_secrets_in_qr,
    matches_site,
)
from ferrygate.sites.site import SignInSettings

KEY = "JBSWY3DPEHPK3PXP"
SIGN_IN = SignInSettings(digits=8, period=60, algorithm="SHA256")


def test_a_bare_key_is_used_as_the_site_says() -> None:
    secret = code_secret_for(SIGN_IN, Secret(KEY.lower()))
    assert secret.key.reveal() == KEY
    assert (secret.digits, secret.period, secret.algorithm) == (8, 60, "SHA256")


def test_an_address_says_itself_how() -> None:
    secret = code_secret_for(SIGN_IN, Secret(f"otpauth://totp/a?secret={KEY}"))
    assert (secret.digits, secret.period, secret.algorithm) == (6, 30, "SHA1")


def test_what_is_no_secret_is_refused_without_a_quote() -> None:
    with pytest.raises(CodeSecretError) as caught:
        code_secret_for(SIGN_IN, Secret("not!a!key"))
    assert "not!a!key" not in repr(caught.value.problem)


def test_an_export_tells_all_but_the_period_which_the_site_knows() -> None:
    export = Secret(
        "otpauth-migration://offline?data=ChwKCkhlbGxvId6tvu8SAmpvGgRBY21lIAEoATACEAE%3D"
    )
    for read in (code_secrets_for, code_secrets_in_qr):
        (secret,) = read(SIGN_IN, export).secrets
        assert secret.key.reveal() == KEY
        assert (secret.digits, secret.period, secret.algorithm) == (6, 60, "SHA1")
    assert code_secret_for(SIGN_IN, export).period == 60


@pytest.mark.parametrize("text", [KEY, "hello", "Platform 7", "1234567", "WIFI:S:x;P:secretkey;;"])
def test_plain_words_in_a_qr_code_are_never_a_key(text: str) -> None:
    with pytest.raises(CodeSecretError, match="does not set up a code"):
        code_secrets_in_qr(SIGN_IN, Secret(text))


def test_codes_made_from_a_bare_key_are_as_the_site_says() -> None:
    assert matches_site(SIGN_IN, code_secret_for(SIGN_IN, Secret(KEY)))


@pytest.mark.parametrize(
    "differs", ["digits=6&period=60&algorithm=SHA256", "digits=8&period=30&algorithm=SHA256"]
)
def test_an_address_may_say_otherwise_than_the_site(differs: str) -> None:
    address = Secret(f"otpauth://totp/a?secret={KEY}&{differs}")
    assert not matches_site(SIGN_IN, code_secret_for(SIGN_IN, address))


def test_another_hash_is_a_difference_too() -> None:
    address = Secret(f"otpauth://totp/a?secret={KEY}&digits=8&period=60&algorithm=SHA1")
    assert not matches_site(SIGN_IN, code_secret_for(SIGN_IN, address))
