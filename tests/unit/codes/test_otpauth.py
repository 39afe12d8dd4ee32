from __future__ import annotations

import pytest

from ferrygate.codes.otpauth import format_otpauth, parse_otpauth
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.secret import Secret

KEY = "JBSWY3DPEHPK3PXP"


def test_okta_s_address_for_google_authenticator() -> None:
    secret = parse_otpauth(
        f"otpauth://totp/example.okta.com:jo%40example.org?secret={KEY}&issuer=example.okta.com"
    )
    assert secret == CodeSecret(key=Secret(KEY), issuer="example.okta.com", label="jo@example.org")


def test_every_parameter_in_any_case() -> None:
    secret = parse_otpauth(
        f"OTPAUTH://TOTP/x?SECRET={KEY.lower()}&Digits=8&PERIOD=60&Algorithm=sha512"
    )
    assert (secret.digits, secret.period, secret.algorithm) == (8, 60, "SHA512")
    assert secret.key.reveal() == KEY


@pytest.mark.parametrize(
    ("label", "query", "issuer", "account"),
    [
        ("jo", "", "", "jo"),
        ("Acme:jo", "", "Acme", "jo"),
        ("Acme%3Ajo", "", "Acme", "jo"),
        ("Acme:%20jo", "", "Acme", "jo"),
        ("Acme%3A%20jo", "", "Acme", "jo"),
        ("jo", "&issuer=Acme", "Acme", "jo"),
        ("Old:jo", "&issuer=Acme", "Acme", "jo"),
        ("A:B:jo", "&issuer=A%3AB", "A:B", "jo"),
        ("A:B:jo", "", "A", "B:jo"),
        ("jo+tag", "&issuer=Acme+Inc", "Acme Inc", "jo+tag"),
        ("%E2%80%AEjo%0A", "&issuer=%00Acme", "Acme", "jo"),
        ("M%C3%BCller:%F0%9F%94%91", "", "Müller", "🔑"),
        ("", "", "", ""),
    ],
)
def test_issuer_and_account(label: str, query: str, issuer: str, account: str) -> None:
    secret = parse_otpauth(f"otpauth://totp/{label}?secret={KEY}{query}")
    assert (secret.issuer, secret.label) == (issuer, account)


@pytest.mark.parametrize(
    "uri",
    [
        "oktaverify://jo@example.org/?t=abc&f=def&s=https",
        "otpauth://totp/example.okta.com:jo?issuer=x&t=abc&f=def&s=https%3A%2F%2Fx",
    ],
)
def test_okta_verify_is_explained(uri: str) -> None:
    with pytest.raises(CodeSecretError, match="Okta Verify") as caught:
        parse_otpauth(uri)
    assert "Google Authenticator" in str(caught.value.problem.next_step)


def test_a_counter_based_code_is_refused() -> None:
    with pytest.raises(CodeSecretError, match="changes with every use"):
        parse_otpauth(f"otpauth://hotp/x?secret={KEY}&counter=1")


@pytest.mark.parametrize(
    "uri", ["https://example.org", "other://x", "otpauth-migration://offline?data=x", "://", ""]
)
def test_another_address_is_refused(uri: str) -> None:
    with pytest.raises(CodeSecretError, match="not one that sets up a code"):
        parse_otpauth(uri)


@pytest.mark.parametrize(
    "query",
    [
        "digits=5",
        "digits=9",
        "digits=six",
        "digits=٦",
        "period=0",
        "period=-30",
        "period=9999999999",
        "algorithm=MD5",
        "x=1" + "&x=1" * 40,
    ],
)
def test_what_cannot_be_used_is_refused_without_quoting_it(query: str) -> None:
    with pytest.raises(CodeSecretError) as caught:
        parse_otpauth(f"otpauth://totp/x?secret={KEY}&{query}")
    assert KEY not in repr(caught.value.problem)


def test_the_address_written_is_a_secret() -> None:
    assert KEY not in repr(format_otpauth(CodeSecret(key=Secret(KEY))))
