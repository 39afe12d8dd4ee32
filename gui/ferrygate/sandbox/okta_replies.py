"""Makes answers in the form of Okta's.

Source: Okta developer documentation, Authentication API reference (``/api/v1/authn``).
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import msgspec

from ferrygate.codes.totp import CodeSecret

_SUMMARIES = {
    "E0000004": (401, "Authentication failed"),
    "E0000007": (404, "Not found: Resource not found"),
    "E0000011": (401, "Invalid token provided"),
    "E0000047": (429, "API call exceeded rate limit due to too many requests."),
    "E0000068": (403, "Invalid Passcode/Answer"),
    "E0000069": (403, "User Locked"),
    "E0000079": (403, "This operation is not allowed in the current authentication state."),
    "E0000082": (
        403,
        "Each code can only be used once. Please wait for a new code and try again.",
    ),
}


class OktaReply(msgspec.Struct, frozen=True):
    """Holds HTTP status, JSON document and extra headers."""

    status: int
    document: dict[str, Any]
    headers: dict[str, str] = {}


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """Describes one enrolled factor; one without a secret takes no code (a push, for example)."""

    id: str
    kind: str = "token:software:totp"
    provider: str = "GOOGLE"
    secret: CodeSecret | None = None


def error(code: str, *causes: str) -> OktaReply:
    """Make an error, with its HTTP status and summary from Okta's documentation."""
    status, summary = _SUMMARIES[code]
    document = {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": f"oae{secrets.token_hex(8)}",
        "errorCauses": [{"errorSummary": cause} for cause in causes],
    }
    return OktaReply(status, document)


def timestamp(seconds: float) -> str:
    """Write a time as Okta does.

    Args:
        seconds: since the epoch.
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def link(href: str) -> dict[str, Any]:
    """Make a link to POST to."""
    return {"href": href, "hints": {"allow": ["POST"]}}


def enrolled(factor: Factor, address: str) -> dict[str, Any]:
    """Make an entry of MFA_REQUIRED's factor list."""
    return {
        "id": factor.id,
        "factorType": factor.kind,
        "provider": factor.provider,
        "vendorName": factor.provider,
        "profile": {},
        "_links": {"verify": link(f"{address}/api/v1/authn/factors/{factor.id}/verify")},
    }


def on_offer(kind: str, provider: str, address: str) -> dict[str, Any]:
    """Make an entry of MFA_ENROLL's factor list."""
    return {
        "factorType": kind,
        "provider": provider,
        "vendorName": provider,
        "status": "NOT_SETUP",
        "enrollment": "REQUIRED",
        "_links": {"enroll": link(f"{address}/api/v1/authn/factors")},
    }


def being_enrolled(
    factor: Factor, secret: CodeSecret, user_id: str, address: str
) -> dict[str, Any]:
    """Make the factor of MFA_ENROLL_ACTIVATE, with its code secret.

    ``keyLength`` is documented as the number of digits.
    """
    picture = f"{address}/api/v1/users/{user_id}/factors/{factor.id}/qr/{secrets.token_hex(8)}"
    return {
        "id": factor.id,
        "factorType": factor.kind,
        "provider": factor.provider,
        "profile": {"credentialId": secret.label},
        "_embedded": {
            "activation": {
                "timeStep": secret.period,
                "sharedSecret": secret.key.reveal(),
                "encoding": "base32",
                "keyLength": secret.digits,
                "_links": {"qrcode": {"href": picture, "type": "image/png"}},
            }
        },
    }


def activation_links(factor: Factor, address: str) -> dict[str, Any]:
    """Make the links of MFA_ENROLL_ACTIVATE."""
    activate = f"{address}/api/v1/authn/factors/{factor.id}/lifecycle/activate"
    return {
        "next": {"name": "activate", **link(activate)},
        "cancel": link(f"{address}/api/v1/authn/cancel"),
        "prev": link(f"{address}/api/v1/authn/previous"),
    }
