from __future__ import annotations

import base64
import contextlib
import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ferrygate.codes.enrol import parse_enrolment
from ferrygate.codes.join import join
from ferrygate.codes.keys import parse_key
from ferrygate.codes.otpauth import format_otpauth, parse_otpauth
from ferrygate.codes.totp import ALGORITHMS, PERIODS, CodeSecret, live_code
from ferrygate.common.display import is_unsafe
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.secret import Secret


def _visible(text: str) -> str:
    return "".join(character for character in text if not is_unsafe(character)).strip()


def _base32(key: bytes) -> str:
    return base64.b32encode(key).decode().rstrip("=")


separated = st.from_regex(r"[a-z:%3A ]{0,20}", fullmatch=True)
names = st.one_of(st.text(max_size=13), separated).map(_visible)
secrets = st.builds(
    CodeSecret,
    key=st.binary(min_size=5, max_size=64).map(lambda key: Secret(_base32(key))),
    digits=st.integers(6, 8),
    period=st.sampled_from(PERIODS),
    algorithm=st.sampled_from(ALGORITHMS),
    issuer=names,
    label=names,
)
times = st.floats(0, 2**40)


@given(secrets)
def test_every_secret_survives_its_address(secret: CodeSecret) -> None:
    assert parse_otpauth(format_otpauth(secret).reveal()) == secret


@given(secrets, st.text(max_size=500).map(_visible), st.text(max_size=500).map(_visible))
def test_long_names_are_cut_and_nothing_else(secret: CodeSecret, issuer: str, label: str) -> None:
    named = msgspec.structs.replace(secret, issuer=issuer, label=label)
    address = format_otpauth(named).reveal()
    read = parse_otpauth(address)
    assert len(address) <= 800
    assert issuer.startswith(read.issuer)
    assert label.startswith(read.label)
    assert msgspec.structs.replace(read, issuer=issuer, label=label) == named


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CodeSecretError):
        parse_otpauth(f"otpauth://totp/{text}")
    with contextlib.suppress(CodeSecretError):
        parse_otpauth(f"otpauth://totp/x?secret=JBSWY3DP&{text}")
    with contextlib.suppress(CodeSecretError):
        parse_enrolment(text)


@given(st.binary(min_size=5, max_size=64), st.integers(1, 8), st.sampled_from([" ", "-", "\n"]))
def test_every_key_survives_grouping_and_case(key: bytes, group: int, separator: str) -> None:
    text = _base32(key)
    grouped = separator.join(text[at : at + group] for at in range(0, len(text), group))
    assert parse_key(grouped.lower()).reveal() == text


@given(secrets, times)
def test_a_live_code_is_digits_and_alive(secret: CodeSecret, now: float) -> None:
    code = live_code(secret, now)
    assert re.fullmatch(rf"[0-9]{{{secret.digits}}}", code.code, re.ASCII)
    assert 0 < code.seconds_left(now) <= secret.period
    assert code.next_code == live_code(secret, code.valid_until).code


@given(st.text(), st.from_regex(r"\A[0-9]{6,8}\Z"))
def test_the_join_holds_both_untouched(password: str, code: str) -> None:
    assert join("{password}{code}", Secret(password), code).reveal() == password + code
    assert join("{code},{password}", Secret(password), code).reveal() == f"{code},{password}"
