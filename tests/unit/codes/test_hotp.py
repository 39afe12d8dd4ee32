from __future__ import annotations

import pytest

from ferrygate.codes.hotp import one_time_password
from ferrygate.codes.keys import encode_key
from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.errors import CodeSecretError
from ferrygate.common.secret import Secret

RFC_4226_APPENDIX_D = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]


@pytest.mark.parametrize(("counter", "code"), list(enumerate(RFC_4226_APPENDIX_D)))
def test_the_vectors_of_rfc_4226(counter: int, code: str) -> None:
    key = encode_key(b"12345678901234567890")
    assert one_time_password(key, counter, algorithm="SHA1", digits=6) == code


@pytest.mark.parametrize(("key", "code"), [("MY", "300412"), ("JBSWY3DPEHPK3PXP", "996554")])
def test_a_key_shorter_than_the_library_wants_makes_codes(key: str, code: str) -> None:
    assert live_code(CodeSecret(key=Secret(key)), 59).code == code


def test_a_period_longer_than_the_library_wants_makes_codes() -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"), period=86_400)
    assert live_code(secret, 86_400.0).code == live_code(CodeSecret(key=secret.key), 30.0).code


@pytest.mark.parametrize(("key", "counter"), [("JBSWY3DPEHPK3PXP", -1), ("NOT-BASE-32!", 1)])
def test_an_error_says_nothing_of_the_key(key: str, counter: int) -> None:
    with pytest.raises(CodeSecretError, match="No code can be made") as caught:
        one_time_password(Secret(key), counter, algorithm="SHA1", digits=6)
    assert key not in repr(caught.value.problem) + str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
