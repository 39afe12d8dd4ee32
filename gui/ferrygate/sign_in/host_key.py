"""Is this the server it should be? Decided before anything secret leaves."""

from __future__ import annotations

from enum import Enum

from ferrygate.common.errors import HostKeyChangedError
from ferrygate.common.i18n import _
from ferrygate.sites.known_hosts import HostKey
from ferrygate.sites.site import Site


class Verdict(Enum):
    """What is known of the key a server showed."""

    KNOWN = "known"
    PINNED = "pinned"  # by the connection file, and not yet on record
    UNKNOWN = "unknown"  # a person must say


def check_host_key(site: Site, known: tuple[HostKey, ...], shown: HostKey) -> Verdict:
    """Compare the key a server proved to hold with what is on record.

    Keys on record come first, then the site's pins: a connection file is mail from a stranger and
    cannot replace a key a person has confirmed. Key types on record are asked for first when
    connecting, so a server that shows another one has dropped or changed its key.

    Raises:
        HostKeyChangedError: the key is not the one on record, or not the pinned one.
    """
    if shown in known:
        return Verdict.KNOWN
    if known:
        raise _changed(site, shown, [key.fingerprint for key in known])
    if shown.fingerprint in site.host_key_fingerprints:
        return Verdict.PINNED
    if site.host_key_fingerprints:
        raise _changed(site, shown, list(site.host_key_fingerprints))
    return Verdict.UNKNOWN


def _changed(site: Site, shown: HostKey, expected: list[str]) -> HostKeyChangedError:
    return HostKeyChangedError(
        _("{host} is not the server it was. Nothing was sent to it.").format(host=site.host),
        next_step=_("Ask your contact whether the server's key was changed, and do not sign in."),
        detail=f"{site.host}:{site.port} showed {shown.key_type} {shown.fingerprint};"
        f" expected {', '.join(expected)}",
        fingerprint=shown.fingerprint,
    )
