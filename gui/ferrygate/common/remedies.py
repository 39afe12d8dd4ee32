"""Sorts the kinds of errors by what may help."""

from __future__ import annotations

from ferrygate.common.errors import Kind

PERMANENT = frozenset({Kind.NO_SPACE, Kind.PERMISSION_DENIED, Kind.SIZE_MISMATCH})
"""Kinds that end the same way when tried again, until the server is changed."""

CONTACT_CANNOT_HELP = frozenset(
    {
        Kind.CANCELLED,
        Kind.CODE_NEEDED,
        Kind.INTERNAL,
        Kind.LOCAL_FILE,
        Kind.PASSPHRASE_MISSING,
        Kind.SECRETS_MISSING,
        Kind.USAGE,
    }
)
"""Kinds that a site's contact cannot help with: they lie at this computer, or are our fault."""

TRANSIENT = frozenset(
    {Kind.CANNOT_REACH, Kind.CONNECTION_LOST, Kind.SERVER_BUSY, Kind.SIGN_IN_UNANSWERED}
)
"""Kinds that may pass by themselves, so that another try helps; the rest needs a person."""
