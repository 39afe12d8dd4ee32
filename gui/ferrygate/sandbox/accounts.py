"""Holds people's accounts at the local Okta, among them one for each state that Okta knows.

Source: Okta developer documentation, Authentication API reference, "Transaction state".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ferrygate.common.secret import Secret
from ferrygate.sandbox.okta_replies import Factor

DOMAIN = "sandbox.example"  # of the accounts that are named by their state
RATE_SECONDS = 1.0  # seconds that requests of one user are counted over
_PUSH = (Factor(id="opf1", kind="push", provider="OKTA"),)
_SMS = (*_PUSH, Factor(id="sms1", kind="sms", provider="OKTA"))


class AccountState(StrEnum):
    """Names how a sign-in with the right password goes on."""

    ACTIVE = "active"
    EXPIRED = "expired"  # the password has expired, which Okta reports after the code
    LOCKED = "locked"
    NOT_ENROLLED = "notenrolled"
    NO_CODES = "nocodes"  # factors that are no codes: push, text message
    NOT_DEMANDED = "notdemanded"  # no rule of the sign-on policy asks for a factor
    WARNED = "warned"  # the password will expire soon, and the organisation says so first
    RESET = "reset"  # an administrator has reset the password
    RECOVERY = "recovery"  # somebody follows a link of "forgot password"


@dataclass(kw_only=True)
class Account:
    """Holds one person's account and its state.

    Attributes:
        username: the login, an e-mail address or a plain name.
        requests: times of its latest requests, in seconds since the epoch.
    """

    username: str
    password: Secret
    factors: tuple[Factor, ...]
    state: AccountState = AccountState.ACTIVE
    wrong_codes: int = 0
    wrong_passwords: int = 0
    locked: bool = False
    used_steps: set[tuple[str, int]] = field(default_factory=set)
    requests: list[float] = field(default_factory=list)

    def is_too_fast(self, now: float, max_requests: int) -> bool:
        """Count a request, and tell whether the account has had too many of late."""
        recent = [each for each in self.requests if now - each < RATE_SECONDS]
        self.requests = [*recent, now]
        return len(recent) >= max_requests


def accounts_in_every_state(password: Secret, factors: tuple[Factor, ...]) -> list[Account]:
    """Make ``expired@sandbox.example`` and so on, with one password and code for all."""
    special = {
        AccountState.NOT_ENROLLED: (),
        AccountState.NO_CODES: _SMS,
    }
    return [
        Account(
            username=f"{state}@{DOMAIN}",
            password=password,
            factors=special.get(state, factors),
            state=state,
            locked=state is AccountState.LOCKED,
        )
        for state in AccountState
    ]


def find_account(accounts: Sequence[Account], username: str) -> Account | None:
    """Find the account of a login, or of what stands before its ``@``, in any case."""
    name = username.lower()
    logins = {account.username.lower(): account for account in accounts}
    shorts = [account for login, account in logins.items() if login.partition("@")[0] == name]
    return logins.get(name) or (shorts[0] if len(shorts) == 1 else None)
