"""Makes one-time passwords of a counter (RFC 4226); loads pyotp only when one is made."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from pyotp.otp import OTP

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret

_DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}


class _AnyLengthOtp(OTP):
    """Accepts every key that an issuer hands out: Okta's have 80 bits, other servers' fewer.

    What RFC 4226 recommends is for those who issue keys. A client cannot lengthen one.
    """

    min_secret_length_bits = 0


def one_time_password(key: Secret, counter: int, *, algorithm: str, digits: int) -> str:
    """Make the code of one counter, with leading zeros.

    The library's object holds the key in clear, so it lives for this call.

    Args:
        key: canonical base32, as :func:`ferrygate.codes.keys.parse_key` writes it.
        counter: RFC 6238's time step, from 0.
        algorithm: ``SHA1``, ``SHA256`` or ``SHA512``.
        digits: length of the code, 6 to 8.

    Raises:
        CodeSecretError: the counter is negative, or the key is no base32.
    """
    with suppress(ValueError):  # its text and its frames are not passed on: they may hold the key
        return _AnyLengthOtp(key.reveal(), digits=digits, digest=_DIGESTS[algorithm]).generate_otp(
            counter
        )
    raise CodeSecretError(
        message("No code can be made for the time that this computer shows."),
        next_step=message("Check this computer's date. If it is right, set up the code again."),
    )
