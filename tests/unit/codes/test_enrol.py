from __future__ import annotations

import pytest

from ferrygate.codes.enrol import parse_enrolment
from ferrygate.common.errors import CodeSecretError


def test_a_key_gets_the_usual_parameters() -> None:
    secret = parse_enrolment(" jbsw y3dp ehpk 3pxp ")
    assert secret.key.reveal() == "JBSWY3DPEHPK3PXP"
    assert (secret.digits, secret.period, secret.algorithm) == (6, 30, "SHA1")


def test_an_address_brings_its_own() -> None:
    secret = parse_enrolment("\notpauth://totp/Acme:jo?secret=JBSWY3DPEHPK3PXP&digits=8\n")
    assert (secret.issuer, secret.label, secret.digits) == ("Acme", "jo", 8)


@pytest.mark.parametrize("text", ["123456", "123 456", " 23456723 ", "2345 6723"])
def test_a_code_is_not_the_key(text: str) -> None:
    with pytest.raises(CodeSecretError, match="This is a code") as caught:
        parse_enrolment(text)
    assert "“Can't scan?”" in str(caught.value.problem.next_step)


@pytest.mark.parametrize("text", ["", "hello, world", "https://example.org"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(CodeSecretError):
        parse_enrolment(text)
