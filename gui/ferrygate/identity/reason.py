"""Names why a sign-in was granted or denied, as the function's log has it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Names each way a sign-in can end."""

    GRANTED = "granted"

    CONFIGURATION = "configuration"
    MALFORMED_EVENT = "malformed-event"
    NO_PASSWORD = "no-password"  # noqa: S105  a log word
    USER_NAME = "user-name"
    NO_CODE = "no-code"
    ONLY_A_CODE = "only-a-code"

    OKTA_UNREACHABLE = "okta-unreachable"
    OKTA_TIMED_OUT = "okta-timed-out"
    OKTA_MALFORMED_ANSWER = "okta-malformed-answer"
    OKTA_UNKNOWN_STATUS = "okta-unknown-status"
    OKTA_UNKNOWN_ERROR = "okta-unknown-error"

    CODE_NOT_DEMANDED = "code-not-demanded"
    CODE_DEMANDED = "code-demanded"
    CODE_DEMANDED_AGAIN = "code-demanded-again"
    NO_CODE_FACTOR = "no-code-factor"
    CHALLENGE_OPEN = "challenge-open"
    NOT_ENROLLED = "not-enrolled"
    ENROLMENT_UNFINISHED = "enrolment-unfinished"
    PASSWORD_WARNING = "password-warning"  # noqa: S105  a log word
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105  a log word
    PASSWORD_RESET = "password-reset"  # noqa: S105  a log word
    LOCKED_OUT = "locked-out"
    RECOVERY = "recovery"
    RECOVERY_CHALLENGE = "recovery-challenge"
    UNAUTHENTICATED = "unauthenticated"

    REFUSED = "wrong-password-or-locked-or-policy"
    TRANSACTION_EXPIRED = "transaction-expired"
    FEATURE_FORBIDDEN = "feature-forbidden"
    RATE_LIMIT = "rate-limit"
    PASSWORD_MUST_CHANGE = "password-must-change"  # noqa: S105  a log word
    WRONG_CODE = "wrong-code"
    FACTOR_LOCKED = "factor-locked"
    STATE_FORBIDS = "state-forbids"
    CODE_REPLAYED = "code-replayed"
    ACCOUNT_LOCKED = "account-locked"


# Okta authn API reference, "Transaction state". SUCCESS and MFA_REQUIRED depend on the step.
STATUSES = {
    "LOCKED_OUT": Reason.LOCKED_OUT,
    "MFA_CHALLENGE": Reason.CHALLENGE_OPEN,
    "MFA_ENROLL": Reason.NOT_ENROLLED,
    "MFA_ENROLL_ACTIVATE": Reason.ENROLMENT_UNFINISHED,
    "PASSWORD_EXPIRED": Reason.PASSWORD_EXPIRED,
    "PASSWORD_RESET": Reason.PASSWORD_RESET,
    "PASSWORD_WARN": Reason.PASSWORD_WARNING,
    "RECOVERY": Reason.RECOVERY,
    "RECOVERY_CHALLENGE": Reason.RECOVERY_CHALLENGE,
    "UNAUTHENTICATED": Reason.UNAUTHENTICATED,
}

# Okta API reference, "Error codes". E0000004 has three causes that Okta does not tell apart.
ERRORS = {
    "E0000004": Reason.REFUSED,
    "E0000011": Reason.TRANSACTION_EXPIRED,
    "E0000015": Reason.FEATURE_FORBIDDEN,
    "E0000047": Reason.RATE_LIMIT,
    "E0000064": Reason.PASSWORD_MUST_CHANGE,
    "E0000068": Reason.WRONG_CODE,
    "E0000069": Reason.FACTOR_LOCKED,
    "E0000079": Reason.STATE_FORBIDS,
    "E0000082": Reason.CODE_REPLAYED,
    "E0000119": Reason.ACCOUNT_LOCKED,
}


class DeniedError(Exception):
    """The sign-in is denied; carries the reason and nothing that came from the person."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail
