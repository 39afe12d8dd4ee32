"""A local Okta organisation: one account, and the authn API's rules for signing in.

Source: Okta developer documentation, Authentication API reference (``/api/v1/authn``). Where
Okta's behaviour is not documented the stricter guess is taken: a replayed code counts as wrong.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.secret import Secret

SKEW = 120.0  # seconds either way
MAX_WRONG_CODES = 5
TRANSACTION_LIFE = 300.0  # seconds, counted anew with each use

_SUMMARIES = {
    "E0000004": (401, "Authentication failed"),
    "E0000007": (404, "Not found: Resource not found"),
    "E0000011": (401, "Invalid token provided"),
    "E0000047": (429, "API call exceeded rate limit due to too many requests."),
    "E0000068": (403, "Invalid Passcode/Answer"),
    "E0000069": (403, "User Locked"),
    "E0000082": (
        403,
        "Each code can only be used once. Please wait for a new code and try again.",
    ),
}
_WRONG_CODE = "Your passcode doesn't match our records. Please try again."
_VERIFY = re.compile(r"/api/v1/authn/factors/([^/]+)/verify")


class OktaReply(msgspec.Struct, frozen=True):
    """HTTP status, JSON document and extra headers."""

    status: int
    document: dict[str, Any]
    headers: dict[str, str] = {}


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """One enrolled factor; one without a secret takes no code (a push, for example)."""

    id: str
    kind: str = "token:software:totp"
    provider: str = "GOOGLE"
    secret: CodeSecret | None = None


@dataclass
class Switches:
    """How this organisation is set up, where organisations differ.

    Attributes:
        demand_code: the sign-on policy asks for a factor.
        show_lock_outs: the password policy names a lock (LOCKED_OUT) instead of hiding it.
        password_expired: the password has expired, which is told after the code.
        rate_limited: every request is one too many.
        list_key: the key of the factor list; the documentation prints ``factor``.
    """

    demand_code: bool = True
    show_lock_outs: bool = False
    password_expired: bool = False
    rate_limited: bool = False
    list_key: str = "factors"


@dataclass(kw_only=True)
class Account:
    """One person's account and its state."""

    username: str
    password: Secret
    factors: tuple[Factor, ...]
    wrong_codes: int = 0
    locked: bool = False
    used_steps: set[tuple[str, int]] = field(default_factory=set)


class Organization:
    """Answers authn requests; safe to use from several threads."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.account = account
        self.switches = Switches()
        self._clock = clock
        self._lock = threading.Lock()
        self._transactions: dict[str, float] = {}

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
            verify = _VERIFY.fullmatch(path)
            if verify:
                return self._verify(verify[1], document)
            return _error("E0000007")

    def step_of(self, code: str) -> int | None:
        """The time step inside the skew window whose code this is."""
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
            return _error("E0000004")
        if not self.switches.demand_code:
            return self._success()
        token = secrets.token_urlsafe(24)
        factors = [_described(factor, address) for factor in account.factors]
        embedded = {"user": self._user(), self.switches.list_key: factors}
        return self._transaction(token, "MFA_REQUIRED", embedded)

    def _verify(self, factor_id: str, document: dict[str, Any]) -> OktaReply:
        token, code = str(document.get("stateToken")), str(document.get("passCode"))
        expires = self._transactions.get(token)
        if expires is None or expires <= self._clock.now():
            return _error("E0000011")
        factor = next((each for each in self.account.factors if each.id == factor_id), None)
        if factor is None:
            return _error("E0000007")
        if self.account.locked:
            return _error("E0000069")
        self._transactions[token] = self._clock.now() + TRANSACTION_LIFE
        return self._check_code(token, factor, code)

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

    def _wrong(self, error: str, *causes: str) -> OktaReply:
        self.account.wrong_codes += 1
        if self.account.wrong_codes >= MAX_WRONG_CODES:
            self.account.locked = True
        return _error(error, *causes)

    def _step(self, factor: Factor, code: str) -> int | None:
        if factor.secret is None:
            return None
        now = self._clock.now()
        first = max(0, factor.secret.step_at(now - SKEW))
        last = factor.secret.step_at(now + SKEW)
        for step in range(first, last + 1):
            if hmac.compare_digest(factor.secret.code_for_step(step).encode(), code.encode()):
                return step
        return None

    def _transaction(self, token: str, status: str, embedded: dict[str, Any]) -> OktaReply:
        expires = self._clock.now() + TRANSACTION_LIFE
        self._transactions[token] = expires
        document = {
            "stateToken": token,
            "expiresAt": _timestamp(expires),
            "status": status,
            "_embedded": embedded,
        }
        return OktaReply(200, document)

    def _success(self) -> OktaReply:
        document = {
            "expiresAt": _timestamp(self._clock.now() + TRANSACTION_LIFE),
            "status": "SUCCESS",
            "sessionToken": secrets.token_urlsafe(24),
            "_embedded": {"user": self._user()},
        }
        return OktaReply(200, document)

    def _rate_limit(self) -> OktaReply:
        limit = _error("E0000047")
        headers = {
            "X-Rate-Limit-Limit": "4",
            "X-Rate-Limit-Remaining": "0",
            "X-Rate-Limit-Reset": str(int(self._clock.now()) + 1),
        }
        return msgspec.structs.replace(limit, headers=headers)

    def _user(self) -> dict[str, Any]:
        return {"id": "00u1", "profile": {"login": self.account.username, "locale": "en"}}


def _described(factor: Factor, address: str) -> dict[str, Any]:
    href = f"{address}/api/v1/authn/factors/{factor.id}/verify"
    return {
        "id": factor.id,
        "factorType": factor.kind,
        "provider": factor.provider,
        "vendorName": factor.provider,
        "profile": {},
        "_links": {"verify": {"href": href, "hints": {"allow": ["POST"]}}},
    }


def _error(code: str, *causes: str) -> OktaReply:
    status, summary = _SUMMARIES[code]
    document = {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": f"oae{secrets.token_hex(8)}",
        "errorCauses": [{"errorSummary": cause} for cause in causes],
    }
    return OktaReply(status, document)


def _timestamp(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
