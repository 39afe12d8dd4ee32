from __future__ import annotations

import base64

import msgspec
import pytest

from ferrygate.codes.totp import CodeSecret, LiveCode, live_code
from ferrygate.common.secret import Secret

RFC_6238_SEEDS = {
    "SHA1": b"1234567890" * 2,
    "SHA256": b"1234567890" * 3 + b"12",
    "SHA512": b"1234567890" * 6 + b"1234",
}
RFC_6238_APPENDIX_B = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


def code_secret(algorithm: str = "SHA1", digits: int = 8, period: int = 30) -> CodeSecret:
    key = base64.b32encode(RFC_6238_SEEDS[algorithm]).decode().rstrip("=")
    return CodeSecret(key=Secret(key), algorithm=algorithm, digits=digits, period=period)


@pytest.mark.parametrize(("now", "sha1", "sha256", "sha512"), RFC_6238_APPENDIX_B)
def test_the_vectors_of_rfc_6238(now: int, sha1: str, sha256: str, sha512: str) -> None:
    codes = [
        live_code(code_secret(algorithm), now).code for algorithm in ("SHA1", "SHA256", "SHA512")
    ]
    assert codes == [sha1, sha256, sha512]


def test_a_key_of_16_characters_works() -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
    assert live_code(secret, 0).code == "282760"


def test_a_code_lives_to_the_end_of_its_step() -> None:
    code = live_code(code_secret(period=30), 59.5)
    assert code.valid_until == 60.0
    assert code.seconds_left(59.5) == 0.5
    assert code.seconds_left(61.0) == 0.0


@pytest.mark.parametrize("behind", [45, -45])
def test_a_clock_that_is_wrong_makes_the_right_codes(behind: int) -> None:
    true, wrong = code_secret(), msgspec.structs.replace(code_secret(), epoch=-behind)
    now = 2_000_000_003.0
    code = live_code(wrong, now - behind)
    assert code.code == live_code(true, now).code
    assert code.next_code == live_code(true, now).next_code
    assert code.seconds_left(now - behind) == live_code(true, now).seconds_left(now)
    assert wrong.start_of(wrong.step_at(now - behind)) == true.start_of(true.step_at(now)) - behind


def test_the_next_code_is_the_one_that_follows() -> None:
    secret = code_secret()
    assert live_code(secret, 59).next_code == live_code(secret, 60).code


def test_a_live_code_does_not_show_its_digits() -> None:
    code = LiveCode(code="123456", next_code="654321", valid_until=30.0, period=30)
    assert "123456" not in repr(code) + str(code) + f"{code}" + str(code.__rich_repr__())
    assert "654321" not in repr(code) + str(code.__rich_repr__())
