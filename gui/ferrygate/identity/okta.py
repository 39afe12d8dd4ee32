"""Asks Okta's authn API: a password, then one code against one factor.

Source: Okta developer documentation, Authentication API reference (``/api/v1/authn``).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ferrygate.identity.http_client import HttpPost, Reply
from ferrygate.identity.reason import ERRORS, STATUSES, DeniedError, Reason

_OK = 200
_TOO_MANY_REQUESTS = 429
_TIMEOUT_SECONDS = 12.0  # AWS advises 15 for the whole function
_MAX_RETRY_SECONDS = 3600
_CODE_FACTOR = "token:software:totp"
_PROVIDERS = ("GOOGLE", "OKTA")
_FACTOR_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WORD = re.compile(r"[A-Z][A-Z0-9_]{0,39}")  # statuses and error codes
_ID = re.compile(r"[\w@.:+/=-]{1,100}", re.ASCII)  # of requests and errors


@dataclass(frozen=True)
class SignedIn:
    """Tells who has signed in.

    Attributes:
        login: Okta's name of the person, as Okta sent it: not checked, maybe no text at all.
        facts: fields of the log line: the id of Okta's last answer.
    """

    login: object
    facts: Mapping[str, str]


@dataclass(frozen=True)
class _Answer:
    """Holds one answer of Okta that is a transaction, and fields of the log line."""

    document: Mapping[str, Any]
    facts: Mapping[str, str]

    @property
    def status(self) -> str:
        return matching(self.document.get("status"), _WORD)

    def denied(self, reason: Reason, detail: str = "") -> DeniedError:
        return DeniedError(reason, detail, **self.facts)

    def denied_by_status(self) -> DeniedError:
        reason = STATUSES.get(self.status, "okta-unknown-status")
        return self.denied(reason, self.status)


class Okta:
    """Asks one Okta organisation about sign-ins, without an API token; sends nothing twice.

    Args:
        address: ``https://`` address, without a slash at its end.
        post: the network.
        monotonic: time in seconds, for the span that both requests of a sign-in share.
        now: time in seconds since the epoch, as Okta's rate limits are told.
    """

    def __init__(
        self,
        address: str,
        post: HttpPost,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._address = address
        self._post = post
        self._monotonic = monotonic
        self._now = now

    def sign_in(self, username: str, password: str, code: str) -> SignedIn:
        """Return who it is when Okta took the password, demanded a code, and verified this one.

        One factor is asked and no more: each wrong answer counts towards the lock.

        Raises:
            DeniedError: in all other cases.
        """
        until = self._monotonic() + _TIMEOUT_SECONDS
        options = {"multiOptionalFactorEnroll": False, "warnBeforePasswordExpired": False}
        document = {"username": username, "password": password, "options": options}
        answer = self._ask("password", "/api/v1/authn", document, until)
        if answer.status == "SUCCESS":
            raise answer.denied("code-not-demanded")
        if answer.status != "MFA_REQUIRED":
            raise answer.denied_by_status()
        token = answer.document.get("stateToken")
        if not isinstance(token, str) or not token:
            raise answer.denied("no-state-token")
        factor = _code_factor(answer.document)
        if not factor:
            raise answer.denied("no-code-factor")
        path = f"/api/v1/authn/factors/{factor}/verify"
        verified = self._ask("code", path, {"stateToken": token, "passCode": code}, until)
        if verified.status == "MFA_REQUIRED":
            raise verified.denied("code-demanded-again")
        if verified.status != "SUCCESS":
            raise verified.denied_by_status()
        login = _inner(verified.document, "_embedded", "user", "profile").get("login")
        return SignedIn(login, verified.facts)

    def _ask(self, step: str, path: str, document: Mapping[str, object], until: float) -> _Answer:
        left = until - self._monotonic()
        if left <= 0:
            raise DeniedError("okta-timed-out", step=step)
        try:
            reply = self._post(self._address + path, json.dumps(document).encode(), left)
        except DeniedError as unanswered:
            raise DeniedError(unanswered.reason, unanswered.detail, step=step) from None
        facts = {"step": step}
        request_id = matching(reply.headers.get("x-okta-request-id"), _ID)
        if request_id:
            facts["okta_request_id"] = request_id
        answer = _document(reply.body)
        if reply.status == _OK and answer is not None:
            return _Answer(answer, facts)
        raise self._error(reply, answer, facts)

    def _error(
        self, reply: Reply, answer: Mapping[str, Any] | None, facts: Mapping[str, str]
    ) -> DeniedError:
        word = matching((answer or {}).get("errorCode"), _WORD)
        more: dict[str, str | int] = dict(facts)
        error_id = matching((answer or {}).get("errorId"), _ID)
        if error_id:
            more["okta_error_id"] = error_id
        malformed = answer is None
        reason = "okta-malformed-answer" if malformed else ERRORS.get(word, "okta-unknown-error")
        if reply.status == _TOO_MANY_REQUESTS:
            reason = "rate-limit"
            more |= self._retry_in(reply)
        return DeniedError(reason, f"HTTP {reply.status} {word}".rstrip(), **more)

    def _retry_in(self, reply: Reply) -> dict[str, int]:
        reset = reply.headers.get("x-rate-limit-reset", "")
        if not re.fullmatch(r"[0-9]{1,12}", reset):
            return {}
        seconds = int(reset) - int(self._now())
        return {"retry_in": min(max(seconds, 0), _MAX_RETRY_SECONDS)}


def _document(body: bytes) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def matching(value: object, pattern: re.Pattern[str]) -> str:
    """Return a text that has the form it should have, else "": the text is logged."""
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _inner(document: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Return an object inside others, or an empty one where one of them is missing."""
    inner: object = document
    for key in keys:
        inner = inner.get(key) if isinstance(inner, dict) else None
    return inner if isinstance(inner, dict) else {}


def _code_factor(document: Mapping[str, Any]) -> str:
    """Return the id of the one factor to ask, or "": a TOTP factor, provider GOOGLE before OKTA.

    The documentation prints the list as ``factor`` while servers send ``factors``.
    """
    embedded = _inner(document, "_embedded")
    factors = embedded.get("factors", embedded.get("factor"))
    for provider in _PROVIDERS:
        for factor in factors if isinstance(factors, list) else []:
            if (
                isinstance(factor, dict)
                and factor.get("factorType") == _CODE_FACTOR
                and factor.get("provider") == provider
                and matching(factor.get("id"), _FACTOR_ID)
            ):
                return str(factor["id"])
    return ""
