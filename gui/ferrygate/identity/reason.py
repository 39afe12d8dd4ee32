"""Names why a sign-in was granted or denied, as the function's log has it."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "granted",
    "public-keys",  # the first of two phases: the server checks a key, then asks again
    "configuration",
    "internal-error",
    "malformed-event",
    "protocol",
    "user-name",
    "source-network",
    "not-allowed",
    "no-keys",
    "no-password",
    "no-code",
    "only-a-code",
    "unusable-login",
    "other-login",
    "okta-name-not-found",
    "okta-tls",
    "okta-unreachable",
    "okta-timed-out",
    "okta-malformed-answer",
    "okta-unknown-status",
    "okta-unknown-error",
    "code-not-demanded",
    "code-demanded-again",
    "no-state-token",
    "no-code-factor",
    "challenge-open",
    "not-enrolled",
    "enrolment-unfinished",
    "password-warning",
    "password-expired",
    "password-reset",
    "locked-out",
    "recovery",
    "recovery-challenge",
    "unauthenticated",
    "wrong-password-or-locked-or-policy",
    "transaction-expired",
    "feature-forbidden",
    "rate-limit",
    "password-must-change",
    "wrong-code",
    "factor-locked",
    "state-forbids",
    "code-replayed",
    "account-locked",
    "okta-request-invalid",
    "okta-request-malformed",
    "okta-action-forbidden",
    "okta-not-found",
    "okta-internal-error",
    "okta-read-only",
    "factor-service-timed-out",
    "factor-service-failed",
    "code-out-of-time",
    "sign-on-denied",
    "factor-inactive",
    "user-inactive",
    "factor-suspended",
    "wrong-password",
    "password-breached",
]
"""Names each way a sign-in can end."""

# Okta authn API reference, "Transaction state". SUCCESS and MFA_REQUIRED depend on the step.
STATUSES: dict[str, Reason] = {
    "LOCKED_OUT": "locked-out",
    "MFA_CHALLENGE": "challenge-open",
    "MFA_ENROLL": "not-enrolled",
    "MFA_ENROLL_ACTIVATE": "enrolment-unfinished",
    "PASSWORD_EXPIRED": "password-expired",
    "PASSWORD_RESET": "password-reset",
    "PASSWORD_WARN": "password-warning",
    "RECOVERY": "recovery",
    "RECOVERY_CHALLENGE": "recovery-challenge",
    "UNAUTHENTICATED": "unauthenticated",
}

# Okta API reference, "Error codes". E0000004 has three causes that Okta does not tell apart.
ERRORS: dict[str, Reason] = {
    "E0000001": "okta-request-invalid",
    "E0000003": "okta-request-malformed",
    "E0000004": "wrong-password-or-locked-or-policy",
    "E0000006": "okta-action-forbidden",
    "E0000007": "okta-not-found",
    "E0000009": "okta-internal-error",
    "E0000010": "okta-read-only",
    "E0000011": "transaction-expired",
    "E0000015": "feature-forbidden",
    "E0000047": "rate-limit",
    "E0000064": "password-must-change",
    "E0000067": "factor-service-timed-out",
    "E0000068": "wrong-code",
    "E0000069": "factor-locked",
    "E0000074": "factor-service-failed",
    "E0000079": "state-forbids",
    "E0000082": "code-replayed",
    "E0000083": "code-out-of-time",
    "E0000085": "sign-on-denied",
    "E0000119": "account-locked",
    "E0000154": "factor-inactive",
    "E0000155": "user-inactive",
    "E0000180": "factor-suspended",
    "E0000207": "wrong-password",
    "E0000259": "password-breached",
}


class DeniedError(Exception):
    """Denies a sign-in.

    Attributes:
        reason: why.
        detail: what support needs beside it (HTTP status, Okta's own code); never a secret.
        facts: further fields of the log line: step, retry_in, Okta's request and error id.
    """

    def __init__(self, reason: Reason, detail: str = "", **facts: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.facts = facts
