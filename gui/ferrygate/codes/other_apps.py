"""Refuses what sets up another app and holds no key that makes codes, by the app's name."""

from __future__ import annotations

import re

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import message

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://")
_WEB = frozenset({"http", "https"})

# By the scheme of the address that the app registers for itself.
_APPS = {
    "authy": "Authy",
    "duo": "Duo Mobile",
    "com.rsa.securid": "RSA SecurID",
    "lpaauth-migration": "LastPass Authenticator",
    "mobilepass": "MobilePASS",
    "motp": "Mobile-OTP",
    "onelogin-otpauth": "OneLogin Protect",
    "phonefactor": "Microsoft Authenticator",
    "pingid": "PingID",
    "vip": "Symantec VIP",
}
_OKTA_VERIFY = frozenset({"oktaverify", "com.okta.authenticator", "com.okta.oktaverify"})


def reject_address_of_another_app(text: str) -> None:
    """Say what an address is for that is none of ``otpauth://``; texts that are no address pass.

    Raises:
        CodeSecretError: the text is an address; it is not quoted.
    """
    found = _SCHEME.match(text)
    if not found:
        return
    scheme = found[1].lower()
    if scheme in _OKTA_VERIFY:
        raise okta_verify()
    if scheme == "steam":
        raise steam()
    if scheme in _APPS:
        raise CodeSecretError(
            message(
                "This is for the app {app} and holds no key that can be used here.",
                app=_APPS[scheme],
            ),
            next_step=message(
                "Choose “Google Authenticator” or “another authenticator app” instead."
            ),
        )
    if scheme in _WEB:
        raise CodeSecretError(
            message("This is the address of a web page, not one that sets up a code."),
            next_step=message(
                "Open it in a browser, and take the key or the picture that it shows."
            ),
        )
    raise CodeSecretError(
        message("This address is not one that sets up a code."),
        next_step=message("Look for a key, or for an address that starts with otpauth://."),
    )


def okta_verify() -> CodeSecretError:
    """Make the error for what Okta Verify scans."""
    return CodeSecretError(
        message("This is for the Okta Verify app and holds no key that another program can use."),
        next_step=message(
            "In Okta, choose “Google Authenticator” and use the key or picture it shows."
        ),
    )


def steam() -> CodeSecretError:
    """Make the error for Steam's codes, which are letters."""
    return CodeSecretError(
        message("Steam's codes are not supported: they are made in a way of their own."),
        next_step=message("Ask for a time-based code of 6 digits."),
    )
