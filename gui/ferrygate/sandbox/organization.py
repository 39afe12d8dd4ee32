"""Simulates an Okta organisation: one account, and the authn API's rules for signing in.

Source: Okta developer documentation, Authentication API reference (``/api/v1/authn``). Where
Okta's behaviour is not documented the stricter guess is taken: a replayed code counts as wrong,
and so does one that was to activate a factor.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.secret import Secret
from ferrygate.sandbox.okta_replies import (
    Factor,
    OktaReply,
    activation_links,
    being_enrolled,
    enrolled,
    error,
    on_offer,
    timestamp,
)

SKEW_SECONDS = 120.0  # either way
MAX_WRONG_CODES = 5  # in a row, as Okta counts them, until the account is locked
TRANSACTION_SECONDS = 300.0  # counted anew with each use

_WRONG_CODE = "Your passcode doesn't match our records. Please try again."
_VERIFY = re.compile(r"/api/v1/authn/factors/([^/]+)/verify")
_ACTIVATE = re.compile(r"/api/v1/authn/factors/([^/]+)/lifecycle/activate")
_USER_ID = "00u1"
_OK = 200


@dataclass
class Switches:
    """Sets this organisation up, where organisations differ.

    Attributes:
        demand_code: the sign-on policy asks for a factor.
        show_lock_outs: the password policy names a lock (LOCKED_OUT) instead of hiding it.
        password_expired: the password has expired, which Okta reports after the code.
        rate_limited: every request is one too many.
        list_key: the key of the factor list; the documentation prints ``factor``.
        offer_google: Google Authenticator is among the factors that may be enrolled.
    """

    demand_code: bool = True
    show_lock_outs: bool = False
    password_expired: bool = False
    rate_limited: bool = False
    list_key: str = "factors"
    offer_google: bool = True


@dataclass(kw_only=True)
class Account:
    """Holds one person's account and its state."""

    username: str
    password: Secret
    factors: tuple[Factor, ...]
    wrong_codes: int = 0
    locked: bool = False
    used_steps: set[tuple[str, int]] = field(default_factory=set)


@dataclass
class _Transaction:
    """Says what a state token is good for: until when, in which state, for which factor."""

    expires: float
    status: str
    factor: Factor | None = None


class Organization:
    """Answers authn requests; safe to use from several threads.

    Args:
        account: the one account.
        clock: the time.
        new_secret: makes the secret that an enrolment hands out.
    """

    def __init__(
        self, account: Account, clock: Clock, new_secret: Callable[[], CodeSecret]
    ) -> None:
        self.account = account
        self.switches = Switches()
        self._clock = clock
        self._new_secret = new_secret
        self._lock = threading.Lock()
        self._transactions: dict[str, _Transaction] = {}

    def answer(self, address: str, path: str, document: dict[str, Any]) -> OktaReply:
        """Answer one POST.

        Args:
            address: ``http://`` address the request came to; links in answers start with it.
            path: path of the request.
            document: its JSON body.
        """
        with self._lock:
            if self.switches.rate_limited:
                return self._rate_limit()
            if path == "/api/v1/authn":
                return self._authn(address, document)
            if path == "/api/v1/authn/factors":
                return self._enrol(address, document)
            for pattern, answer in ((_VERIFY, self._verify), (_ACTIVATE, self._activate)):
                matched = pattern.fullmatch(path)
                if matched:
                    return answer(matched[1], document)
            return error("E0000007")

    def step_of(self, code: str) -> int | None:
        """Find the time step, inside the skew window, that a code belongs to."""
        for factor in self.account.factors:
            step = self._step(factor, code)
            if step is not None:
                return step
        return None

    def _authn(self, address: str, document: dict[str, Any]) -> OktaReply:
        account = self.account
        username, password = str(document.get("username")), str(document.get("password"))
        known = username.lower() == account.username.lower()
        if known and account.locked and self.switches.show_lock_outs:
            return OktaReply(200, {"status": "LOCKED_OUT", "_embedded": {}})
        right = hmac.compare_digest(password.encode(), account.password.reveal().encode())
        if not known or not right or account.locked:
            return error("E0000004")
        if not self.switches.demand_code:
            return self._success()
        token = secrets.token_urlsafe(24)
        if not account.factors:
            google = [("token:software:totp", "GOOGLE")] if self.switches.offer_google else []
            offers = [on_offer(*factor, address) for factor in [*google, ("push", "OKTA")]]
            return self._transaction(token, "MFA_ENROLL", {"user": self._user(), "factors": offers})
        factors = [enrolled(factor, address) for factor in account.factors]
        embedded = {"user": self._user(), self.switches.list_key: factors}
        return self._transaction(token, "MFA_REQUIRED", embedded)

    def _verify(self, factor_id: str, document: dict[str, Any]) -> OktaReply:
        token, code = str(document.get("stateToken")), str(document.get("passCode"))
        if not self._is_in(token, "MFA_REQUIRED"):
            return error("E0000011")
        factor = next((each for each in self.account.factors if each.id == factor_id), None)
        if factor is None:
            return error("E0000007")
        if self.account.locked:
            return error("E0000069")
        return self._check_code(token, factor, code)

    def _enrol(self, address: str, document: dict[str, Any]) -> OktaReply:
        """Hand out a secret; the factor is the account's once it is activated."""
        token = str(document.get("stateToken"))
        if not self._is_in(token, "MFA_ENROLL"):
            return error("E0000079" if token in self._transactions else "E0000011")
        wanted = (document.get("factorType"), document.get("provider"))
        if wanted != ("token:software:totp", "GOOGLE") or not self.switches.offer_google:
            return error("E0000079")
        secret = msgspec.structs.replace(self._new_secret(), label=self.account.username)
        factor = Factor(id=f"ostf{secrets.token_hex(8)}", secret=secret)
        described = being_enrolled(factor, secret, _USER_ID, address)
        reply = self._transaction(
            token, "MFA_ENROLL_ACTIVATE", {"user": self._user(), "factor": described}
        )
        self._transactions[token].factor = factor
        reply.document["_links"] = activation_links(factor, address)
        return reply

    def _activate(self, factor_id: str, document: dict[str, Any]) -> OktaReply:
        token, code = str(document.get("stateToken")), str(document.get("passCode"))
        if not self._is_in(token, "MFA_ENROLL_ACTIVATE"):
            return error("E0000011")
        factor = self._transactions[token].factor
        if factor is None or factor.id != factor_id:
            return error("E0000007")
        if self.account.locked:
            return error("E0000069")
        reply = self._check_code(token, factor, code)
        if reply.status == _OK:
            self.account.factors = (*self.account.factors, factor)
        return reply

    def _is_in(self, token: str, status: str) -> bool:
        """Tell whether a token is good and in this state; its life then begins anew."""
        transaction, now = self._transactions.get(token), self._clock.now()
        if transaction is None or transaction.expires <= now or transaction.status != status:
            return False
        transaction.expires = now + TRANSACTION_SECONDS
        return True

    def _check_code(self, token: str, factor: Factor, code: str) -> OktaReply:
        step = self._step(factor, code)
        if step is None:
            return self._wrong("E0000068", _WRONG_CODE)
        if (factor.id, step) in self.account.used_steps:
            return self._wrong("E0000082")
        self.account.used_steps.add((factor.id, step))
        self.account.wrong_codes = 0
        if self.switches.password_expired:
            return self._transaction(token, "PASSWORD_EXPIRED", {"user": self._user()})
        del self._transactions[token]
        return self._success()

    def _wrong(self, code: str, *causes: str) -> OktaReply:
        self.account.wrong_codes += 1
        if self.account.wrong_codes >= MAX_WRONG_CODES:
            self.account.locked = True
        return error(code, *causes)

    def _step(self, factor: Factor, code: str) -> int | None:
        if factor.secret is None:
            return None
        now = self._clock.now()
        first = max(0, factor.secret.step_at(now - SKEW_SECONDS))
        last = factor.secret.step_at(now + SKEW_SECONDS)
        for step in range(first, last + 1):
            if hmac.compare_digest(factor.secret.code_for_step(step).encode(), code.encode()):
                return step
        return None

    def _transaction(self, token: str, status: str, embedded: dict[str, Any]) -> OktaReply:
        expires = self._clock.now() + TRANSACTION_SECONDS
        self._transactions[token] = _Transaction(expires, status)
        document = {
            "stateToken": token,
            "expiresAt": timestamp(expires),
            "status": status,
            "_embedded": embedded,
        }
        return OktaReply(200, document)

    def _success(self) -> OktaReply:
        document = {
            "expiresAt": timestamp(self._clock.now() + TRANSACTION_SECONDS),
            "status": "SUCCESS",
            "sessionToken": secrets.token_urlsafe(24),
            "_embedded": {"user": self._user()},
        }
        return OktaReply(200, document)

    def _rate_limit(self) -> OktaReply:
        limit = error("E0000047")
        headers = {
            "X-Rate-Limit-Limit": "4",
            "X-Rate-Limit-Remaining": "0",
            "X-Rate-Limit-Reset": str(int(self._clock.now()) + 1),
        }
        return msgspec.structs.replace(limit, headers=headers)

    def _user(self) -> dict[str, Any]:
        return {"id": _USER_ID, "profile": {"login": self.account.username, "locale": "en"}}
