"""Simulates an Okta organisation: accounts, and the authn API's rules for signing in.

Source: Okta developer documentation, Authentication API reference (``/api/v1/authn``). Where
Okta's behaviour is not documented the stricter guess is taken: a replayed code counts as wrong,
and so does one that was to activate a factor.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.sandbox.accounts import Account, AccountState, find_account
from ferrygate.sandbox.okta_replies import (
    Factor,
    OktaReply,
    activation_links,
    being_enrolled,
    enrolled,
    error,
    link,
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
_EARLY_STATUSES = {
    AccountState.WARNED: "PASSWORD_WARN",
    AccountState.RESET: "PASSWORD_RESET",
    AccountState.RECOVERY: "RECOVERY",
}


@dataclass
class Switches:
    """Sets this organisation up, where organisations differ.

    Attributes:
        demand_code: the sign-on policy asks for a factor.
        show_lock_outs: the password policy names a lock (LOCKED_OUT) instead of hiding it.
        password_expired: the password has expired, which Okta reports after the code.
        rate_limited: every request is one too many.
        list_key: the key of the factor list; the documentation prints ``factor``.
        max_wrong_passwords: wrong passwords in a row that lock an account.
        requests_per_second: requests of one user in a second, of which more are refused; Okta
            lets four through, and 0 stands for no limit.
        offer_google: Google Authenticator is among the factors that may be enrolled.
    """

    demand_code: bool = True
    show_lock_outs: bool = False
    password_expired: bool = False
    rate_limited: bool = False
    list_key: str = "factors"
    max_wrong_passwords: int = 10
    requests_per_second: int = 0
    offer_google: bool = True


@dataclass
class _Transaction:
    """Says what a state token is good for: until when, in which state, for which factor."""

    account: Account
    expires: float
    status: str
    factor: Factor | None = None


class Organization:
    """Answers authn requests; safe to use from several threads.

    Args:
        account: the person whom the sandbox was made for.
        clock: the time.
        new_secret: makes the secret that an enrolment hands out.
        others: more accounts.
    """

    def __init__(
        self,
        account: Account,
        clock: Clock,
        new_secret: Callable[[], CodeSecret],
        others: Sequence[Account] = (),
    ) -> None:
        self.account = account
        self._accounts = [account, *others]
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
            plain = {
                "/api/v1/authn/factors": self._enrol,
                "/api/v1/authn/cancel": self._cancel,
                "/api/v1/authn/skip": self._skip,
            }
            if path in plain:
                return plain[path](address, document)
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
        if "stateToken" in document:
            return self._current(address, str(document["stateToken"]))
        username, password = str(document.get("username")), str(document.get("password"))
        account = find_account(self._accounts, username)
        if account is None:
            return error("E0000004")
        limit = self.switches.requests_per_second
        if limit and account.is_too_fast(self._clock.now(), limit):
            return self._rate_limit()
        if account.locked and self.switches.show_lock_outs:
            return OktaReply(200, {"status": "LOCKED_OUT", "_embedded": {}})
        right = hmac.compare_digest(password.encode(), account.password.reveal().encode())
        if account.locked or not right:
            account.wrong_passwords += not right
            account.locked |= account.wrong_passwords >= self.switches.max_wrong_passwords
            return error("E0000004")
        account.wrong_passwords = 0
        return self._after_password(address, account)

    def _after_password(self, address: str, account: Account) -> OktaReply:
        """Begin the transaction that an account's state leads to."""
        if not self.switches.demand_code or account.state is AccountState.NOT_DEMANDED:
            return self._success(account)
        token = secrets.token_urlsafe(24)
        if account.state in _EARLY_STATUSES:
            return self._tell_state(token, address, account, _EARLY_STATUSES[account.state])
        return self._ask_for_code(token, address, account)

    def _ask_for_code(self, token: str, address: str, account: Account) -> OktaReply:
        if not account.factors:
            google = [("token:software:totp", "GOOGLE")] if self.switches.offer_google else []
            offers = [on_offer(*factor, address) for factor in [*google, ("push", "OKTA")]]
            embedded = {"user": _user(account), "factors": offers}
            return self._transaction(token, account, "MFA_ENROLL", embedded)
        factors = [enrolled(factor, address) for factor in account.factors]
        embedded = {"user": _user(account), self.switches.list_key: factors}
        return self._transaction(token, account, "MFA_REQUIRED", embedded)

    def _current(self, address: str, token: str) -> OktaReply:
        """Tell a transaction's state again."""
        transaction = self._transactions.get(token)
        if transaction is None or not self._is_in(token, transaction.status):
            return error("E0000011")
        if transaction.status in {"MFA_REQUIRED", "MFA_ENROLL"}:
            return self._ask_for_code(token, address, transaction.account)
        return self._tell_state(token, address, transaction.account, transaction.status)

    def _tell_state(self, token: str, address: str, account: Account, status: str) -> OktaReply:
        """Tell a state that a sign-in ends in, or may go on from by itself."""
        reply = self._transaction(token, account, status, {"user": _user(account)})
        if status == "PASSWORD_WARN":
            reply.document["_links"] = {"skip": link(f"{address}/api/v1/authn/skip")}
        return reply

    def _cancel(self, _address: str, document: dict[str, Any]) -> OktaReply:
        """End a transaction."""
        if self._transactions.pop(str(document.get("stateToken")), None) is None:
            return error("E0000011")
        return OktaReply(200, {"relayState": None})

    def _skip(self, address: str, document: dict[str, Any]) -> OktaReply:
        """Go on after the warning that a password will expire."""
        token = str(document.get("stateToken"))
        if not self._is_in(token, "PASSWORD_WARN"):
            return error("E0000079" if token in self._transactions else "E0000011")
        return self._ask_for_code(token, address, self._transactions[token].account)

    def _verify(self, factor_id: str, document: dict[str, Any]) -> OktaReply:
        token, code = str(document.get("stateToken")), str(document.get("passCode"))
        if not self._is_in(token, "MFA_REQUIRED"):
            return error("E0000011")
        account = self._transactions[token].account
        factor = next((each for each in account.factors if each.id == factor_id), None)
        if factor is None:
            return error("E0000007")
        if account.locked:
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
        account = self._transactions[token].account
        secret = msgspec.structs.replace(self._new_secret(), label=account.username)
        factor = Factor(id=f"ostf{secrets.token_hex(8)}", secret=secret)
        described = being_enrolled(factor, secret, _USER_ID, address)
        reply = self._transaction(
            token, account, "MFA_ENROLL_ACTIVATE", {"user": _user(account), "factor": described}
        )
        self._transactions[token].factor = factor
        reply.document["_links"] = activation_links(factor, address)
        return reply

    def _activate(self, factor_id: str, document: dict[str, Any]) -> OktaReply:
        token, code = str(document.get("stateToken")), str(document.get("passCode"))
        if not self._is_in(token, "MFA_ENROLL_ACTIVATE"):
            return error("E0000011")
        account, factor = self._transactions[token].account, self._transactions[token].factor
        if factor is None or factor.id != factor_id:
            return error("E0000007")
        if account.locked:
            return error("E0000069")
        reply = self._check_code(token, factor, code)
        if reply.status == _OK:
            account.factors = (*account.factors, factor)
        return reply

    def _is_in(self, token: str, status: str) -> bool:
        """Tell whether a token is good and in this state; its life then begins anew."""
        transaction, now = self._transactions.get(token), self._clock.now()
        if transaction is None or transaction.expires <= now or transaction.status != status:
            return False
        transaction.expires = now + TRANSACTION_SECONDS
        return True

    def _check_code(self, token: str, factor: Factor, code: str) -> OktaReply:
        account = self._transactions[token].account
        step = self._step(factor, code)
        if step is None:
            return self._wrong(account, "E0000068", _WRONG_CODE)
        if (factor.id, step) in account.used_steps:
            return self._wrong(account, "E0000082")
        account.used_steps.add((factor.id, step))
        account.wrong_codes = 0
        if self.switches.password_expired or account.state is AccountState.EXPIRED:
            embedded = {"user": _user(account)}
            return self._transaction(token, account, "PASSWORD_EXPIRED", embedded)
        del self._transactions[token]
        return self._success(account)

    def _wrong(self, account: Account, code: str, *causes: str) -> OktaReply:
        account.wrong_codes += 1
        if account.wrong_codes >= MAX_WRONG_CODES:
            account.locked = True
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

    def _transaction(
        self, token: str, account: Account, status: str, embedded: dict[str, Any]
    ) -> OktaReply:
        expires = self._clock.now() + TRANSACTION_SECONDS
        self._transactions[token] = _Transaction(account, expires, status)
        document = {
            "stateToken": token,
            "expiresAt": timestamp(expires),
            "status": status,
            "_embedded": embedded,
        }
        return OktaReply(200, document)

    def _success(self, account: Account) -> OktaReply:
        document = {
            "expiresAt": timestamp(self._clock.now() + TRANSACTION_SECONDS),
            "status": "SUCCESS",
            "sessionToken": secrets.token_urlsafe(24),
            "_embedded": {"user": _user(account)},
        }
        return OktaReply(200, document)

    def _rate_limit(self) -> OktaReply:
        limit = error("E0000047")
        headers = {
            "X-Rate-Limit-Limit": str(self.switches.requests_per_second or 4),
            "X-Rate-Limit-Remaining": "0",
            "X-Rate-Limit-Reset": str(int(self._clock.now()) + 1),
        }
        return msgspec.structs.replace(limit, headers=headers)


def _user(account: Account) -> dict[str, Any]:
    return {"id": _USER_ID, "profile": {"login": account.username, "locale": "en"}}
