"""Names why a sign-in was granted or denied, as the function's log has it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Names each way a sign-in can end."""

    GRANTED = "granted"
    PUBLIC_KEYS = "public-keys"  # the first of two phases: the server checks a key, then asks again

    CONFIGURATION = "configuration"
    INTERNAL_ERROR = "internal-error"
    MALFORMED_EVENT = "malformed-event"
    PROTOCOL = "protocol"
    USER_NAME = "user-name"
    SOURCE_NETWORK = "source-network"
    NOT_ALLOWED = "not-allowed"
    NO_KEYS = "no-keys"
    NO_PASSWORD = "no-password"  # noqa: S105  a log word
    NO_CODE = "no-code"
    ONLY_A_CODE = "only-a-code"
    UNUSABLE_LOGIN = "unusable-login"
    OTHER_LOGIN = "other-login"

    OKTA_NAME = "okta-name-not-found"
    OKTA_TLS = "okta-tls"
    OKTA_UNREACHABLE = "okta-unreachable"
    OKTA_TIMED_OUT = "okta-timed-out"
    OKTA_MALFORMED_ANSWER = "okta-malformed-answer"
    OKTA_UNKNOWN_STATUS = "okta-unknown-status"
    OKTA_UNKNOWN_ERROR = "okta-unknown-error"

    CODE_NOT_DEMANDED = "code-not-demanded"
    CODE_DEMANDED_AGAIN = "code-demanded-again"
    NO_STATE_TOKEN = "no-state-token"  # noqa: S105  a log word
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
    REQUEST_INVALID = "okta-request-invalid"
    REQUEST_MALFORMED = "okta-request-malformed"
    ACTION_FORBIDDEN = "okta-action-forbidden"
    NOT_FOUND = "okta-not-found"
    OKTA_INTERNAL_ERROR = "okta-internal-error"
    OKTA_READ_ONLY = "okta-read-only"
    FACTOR_SERVICE_TIMED_OUT = "factor-service-timed-out"
    FACTOR_SERVICE_FAILED = "factor-service-failed"
    CODE_OUT_OF_TIME = "code-out-of-time"
    SIGN_ON_DENIED = "sign-on-denied"
    FACTOR_INACTIVE = "factor-inactive"
    USER_INACTIVE = "user-inactive"
    FACTOR_SUSPENDED = "factor-suspended"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105  a log word
    PASSWORD_BREACHED = "password-breached"  # noqa: S105  a log word


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
    "E0000001": Reason.REQUEST_INVALID,
    "E0000003": Reason.REQUEST_MALFORMED,
    "E0000004": Reason.REFUSED,
    "E0000006": Reason.ACTION_FORBIDDEN,
    "E0000007": Reason.NOT_FOUND,
    "E0000009": Reason.OKTA_INTERNAL_ERROR,
    "E0000010": Reason.OKTA_READ_ONLY,
    "E0000011": Reason.TRANSACTION_EXPIRED,
    "E0000015": Reason.FEATURE_FORBIDDEN,
    "E0000047": Reason.RATE_LIMIT,
    "E0000064": Reason.PASSWORD_MUST_CHANGE,
    "E0000067": Reason.FACTOR_SERVICE_TIMED_OUT,
    "E0000068": Reason.WRONG_CODE,
    "E0000069": Reason.FACTOR_LOCKED,
    "E0000074": Reason.FACTOR_SERVICE_FAILED,
    "E0000079": Reason.STATE_FORBIDS,
    "E0000082": Reason.CODE_REPLAYED,
    "E0000083": Reason.CODE_OUT_OF_TIME,
    "E0000085": Reason.SIGN_ON_DENIED,
    "E0000119": Reason.ACCOUNT_LOCKED,
    "E0000154": Reason.FACTOR_INACTIVE,
    "E0000155": Reason.USER_INACTIVE,
    "E0000180": Reason.FACTOR_SUSPENDED,
    "E0000207": Reason.WRONG_PASSWORD,
    "E0000259": Reason.PASSWORD_BREACHED,
}


class DeniedError(Exception):
    """Denies a sign-in.

    Attributes:
        reason: why.
        detail: what support needs beside it (HTTP status, Okta's own code); never a secret.
        facts: further fields of the log line: step, retry_in, Okta's request and error id.
    """

    def __init__(self, reason: Reason, detail: str = "", **facts: str | int) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail
        self.facts = facts
