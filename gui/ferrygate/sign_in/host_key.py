"""Checks whether a server is the right one by its host key, before anything secret leaves."""

from __future__ import annotations

from enum import Enum

from ferrygate.common.errors import HostKeyChangedError
from ferrygate.common.message import Message, message, sentences
from ferrygate.sites.known_hosts import HostKey
from ferrygate.sites.site import Site


class Verdict(Enum):
    """Names what is known of the key that a server showed."""

    KNOWN = "known"
    PINNED = "pinned"  # by the connection file, and not yet on record
    UNKNOWN = "unknown"  # a person must say


def check_host_key(site: Site, known: tuple[HostKey, ...], shown: HostKey) -> Verdict:
    """Compare the key a server proved to hold with what is on record, and with the site's pins.

    A connection file is mail from a stranger: its pins cannot replace a key on record. Nor can a
    key that another file brought on record stand in for the one this file pins. So where there are
    both, they have to agree. Key types on record are asked for first when connecting, so a server
    that shows another one has dropped or changed its key.

    Raises:
        HostKeyChangedError: the key is not the one on record or not the pinned one, or the two
            contradict each other.
    """
    pins = site.host_key_fingerprints
    recorded = [key.fingerprint for key in known]
    if known and pins and not set(recorded) & set(pins):
        raise _differs(
            message("The connection file for {host} names another server than the one known here."),
            site,
            shown,
            [*recorded, *pins],
        )
    if shown in known:
        return Verdict.KNOWN
    if known:
        raise _differs(message("{host} is not the server it was."), site, shown, recorded)
    if shown.fingerprint in pins:
        return Verdict.PINNED
    if pins:
        raise _differs(
            message("{host} does not show the key that the connection file names."),
            site,
            shown,
            list(pins),
        )
    return Verdict.UNKNOWN


def check_not_revoked(site: Site, revoked: tuple[bytes, ...], shown: HostKey) -> None:
    """Reject a key that known_hosts marks as revoked, whatever a person or a pin says of it.

    Raises:
        HostKeyChangedError: it is.
    """
    if shown.blob in revoked:
        raise _differs(message("The key that {host} shows has been revoked."), site, shown, [])


def _differs(
    sentence: Message, site: Site, shown: HostKey, expected: list[str]
) -> HostKeyChangedError:
    """Make the error, with both fingerprints, since only a comparison tells which is right.

    Args:
        sentence: tells what was met, of ``{host}``.
        site: the settings.
        shown: by the server.
        expected: fingerprints; none where no key is right in place of a revoked one.
    """
    keys = message("The server shows {shown}.", shown=shown.fingerprint)
    if expected:
        keys = message(
            "The server shows {shown}, and {expected} was expected.",
            shown=shown.fingerprint,
            expected=tuple(dict.fromkeys(expected)),
        )
    return HostKeyChangedError(
        sentences(sentence.filled(host=site.host), message("Nothing was sent to it.")),
        next_step=sentences(
            message("Ask your contact whether the server's key was changed, and do not sign in."),
            keys,
        ),
        detail=f"{site.host}:{site.port} showed {shown.key_type} {shown.fingerprint};"
        f" expected {', '.join(expected) or 'no such'}",
        fingerprint=shown.fingerprint,
    )
