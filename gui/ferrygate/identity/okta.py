"""Asks Okta's authn API: a password, then one code against one factor.

Source: Okta developer documentation, Authentication API reference (``/api/v1/authn``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from ferrygate.identity.http_client import HttpPost
from ferrygate.identity.reason import ERRORS, STATUSES, DeniedError, Reason

_OK = 200
_TIMEOUT_SECONDS = 12.0  # seconds; AWS advises 15 for the whole function
_CODE_FACTOR = "token:software:totp"
_PROVIDERS = ("GOOGLE", "OKTA")
_SAFE_WORD = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)


class Okta:
    """Asks one Okta organisation about one sign-in, without an API token; sends nothing twice.

    All its requests share one span of time, which begins when it is made.
    """

    def __init__(self, address: str, opener: HttpPost, monotonic: Callable[[], float]) -> None:
        self._address = address
        self._opener = opener
        self._monotonic = monotonic
        self._until = monotonic() + _TIMEOUT_SECONDS

    def check_password(self, username: str, password: str) -> None:
        """Return when the password alone is enough for Okta.

        Raises:
            DeniedError: in all other cases.
        """
        answer = self._authn(username, password)
        if answer.get("status") == "MFA_REQUIRED":
            raise DeniedError(Reason.CODE_DEMANDED)
        if answer.get("status") != "SUCCESS":
            raise _denied_by_status(answer)

    def check_password_and_code(self, username: str, password: str, code: str) -> None:
        """Return when Okta took the password, demanded a code, and verified this one.

        One factor is asked and no more: each wrong answer counts towards the lock.

        Raises:
            DeniedError: in all other cases.
        """
        answer = self._authn(username, password)
        if answer.get("status") == "SUCCESS":
            raise DeniedError(Reason.CODE_NOT_DEMANDED)
        if answer.get("status") != "MFA_REQUIRED":
            raise _denied_by_status(answer)
        factor = quote(_code_factor(answer), safe="")
        verified = self._post(
            f"/api/v1/authn/factors/{factor}/verify",
            {"stateToken": answer.get("stateToken"), "passCode": code},
        )
        if verified.get("status") == "MFA_REQUIRED":
            raise DeniedError(Reason.CODE_DEMANDED_AGAIN)
        if verified.get("status") != "SUCCESS":
            raise _denied_by_status(verified)

    def _authn(self, username: str, password: str) -> Mapping[str, Any]:
        options = {"multiOptionalFactorEnroll": False, "warnBeforePasswordExpired": False}
        document = {"username": username, "password": password, "options": options}
        return self._post("/api/v1/authn", document)

    def _post(self, path: str, document: Mapping[str, object]) -> Mapping[str, Any]:
        left = self._until - self._monotonic()
        if left <= 0:
            raise DeniedError(Reason.OKTA_TIMED_OUT)
        reply = self._opener(self._address + path, json.dumps(document).encode(), left)
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise DeniedError(Reason.OKTA_MALFORMED_ANSWER, f"HTTP {reply.status}")
        if reply.status != _OK:
            word = _safe_word(answer.get("errorCode"))
            reason = ERRORS.get(word, Reason.OKTA_UNKNOWN_ERROR)
            raise DeniedError(reason, f"HTTP {reply.status} {word}".rstrip())
        return answer


def _denied_by_status(answer: Mapping[str, Any]) -> DeniedError:
    word = _safe_word(answer.get("status"))
    return DeniedError(STATUSES.get(word, Reason.OKTA_UNKNOWN_STATUS), word)


def _safe_word(value: object) -> str:
    """Return a text that is a status or error code of Okta, else ``""``: the text is logged."""
    return value if isinstance(value, str) and _SAFE_WORD.fullmatch(value) else ""


def _code_factor(answer: Mapping[str, Any]) -> str:
    """Return the id of the one factor to ask: a TOTP factor, provider GOOGLE before OKTA.

    The documentation prints the list as ``factor`` while servers send ``factors``.
    """
    embedded = answer.get("_embedded")
    lists = embedded if isinstance(embedded, dict) else {}
    factors = lists.get("factors", lists.get("factor"))
    ids = {
        factor.get("provider"): factor.get("id")
        for factor in reversed(factors if isinstance(factors, list) else [])
        if isinstance(factor, dict)
        and factor.get("factorType") == _CODE_FACTOR
        and isinstance(factor.get("provider"), str)
    }
    for provider in _PROVIDERS:
        chosen = ids.get(provider)
        if isinstance(chosen, str) and chosen:
            return chosen
    raise DeniedError(Reason.NO_CODE_FACTOR)
